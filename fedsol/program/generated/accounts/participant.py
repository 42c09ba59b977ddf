import typing
from dataclasses import dataclass
from solders.pubkey import Pubkey
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Commitment
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray
from anchorpy.coder.accounts import ACCOUNT_DISCRIMINATOR_SIZE
from anchorpy.error import AccountInvalidDiscriminator
from anchorpy.utils.rpc import get_multiple_accounts
from anchorpy.borsh_extension import BorshPubkey
from ..program_id import PROGRAM_ID
from .. import types


class ParticipantJSON(typing.TypedDict):
    version: int
    bump: int
    roles: int
    listed: bool
    aggregator_index: int
    federation: str
    owner: str
    agreement: list[int]
    stake: int
    locked: int
    duties: int
    unbonding: list[types.unbonding.UnbondingJSON]
    revealed: int
    aggregated: int
    offences: int
    rewarded: int
    slashed: int
    seq: int
    head: list[int]
    bonded: int
    seated_slot: int
    stake_slot: int
    barred_round: int
    slash_round: int
    slash_round_base: int
    slash_round_taken: int
    audit_commitment: list[int]
    audit_slot: int
    evaluated: int
    reserved: list[int]


@dataclass
class Participant:
    discriminator: typing.ClassVar = b" \x8elO\xf7\xb36\x06"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "roles" / borsh.U8,
        "listed" / borsh.Bool,
        "aggregator_index" / borsh.U32,
        "federation" / BorshPubkey,
        "owner" / BorshPubkey,
        "agreement" / ByteArray(32),
        "stake" / borsh.U64,
        "locked" / borsh.U64,
        "duties" / borsh.U32,
        "unbonding" / types.unbonding.Unbonding.layout[4],
        "revealed" / borsh.U32,
        "aggregated" / borsh.U32,
        "offences" / borsh.U32,
        "rewarded" / borsh.U64,
        "slashed" / borsh.U64,
        "seq" / borsh.U64,
        "head" / ByteArray(32),
        "bonded" / borsh.U64,
        "seated_slot" / borsh.U64,
        "stake_slot" / borsh.U64,
        "barred_round" / borsh.U64,
        "slash_round" / borsh.U64,
        "slash_round_base" / borsh.U64,
        "slash_round_taken" / borsh.U64,
        "audit_commitment" / ByteArray(32),
        "audit_slot" / borsh.U64,
        "evaluated" / borsh.U32,
        "reserved" / ByteArray(48),
    )
    version: int
    bump: int
    roles: int
    listed: bool
    aggregator_index: int
    federation: Pubkey
    owner: Pubkey
    agreement: list[int]
    stake: int
    locked: int
    duties: int
    unbonding: list[types.unbonding.Unbonding]
    revealed: int
    aggregated: int
    offences: int
    rewarded: int
    slashed: int
    seq: int
    head: list[int]
    bonded: int
    seated_slot: int
    stake_slot: int
    barred_round: int
    slash_round: int
    slash_round_base: int
    slash_round_taken: int
    audit_commitment: list[int]
    audit_slot: int
    evaluated: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Participant"]:
        resp = await conn.get_account_info(address, commitment=commitment)
        info = resp.value
        if info is None:
            return None
        if info.owner != program_id:
            raise ValueError("Account does not belong to this program")
        bytes_data = info.data
        return cls.decode(bytes_data)

    @classmethod
    async def fetch_multiple(
        cls,
        conn: AsyncClient,
        addresses: list[Pubkey],
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.List[typing.Optional["Participant"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Participant"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Participant":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Participant.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            roles=dec.roles,
            listed=dec.listed,
            aggregator_index=dec.aggregator_index,
            federation=dec.federation,
            owner=dec.owner,
            agreement=dec.agreement,
            stake=dec.stake,
            locked=dec.locked,
            duties=dec.duties,
            unbonding=list(
                map(
                    lambda item: types.unbonding.Unbonding.from_decoded(item),
                    dec.unbonding,
                )
            ),
            revealed=dec.revealed,
            aggregated=dec.aggregated,
            offences=dec.offences,
            rewarded=dec.rewarded,
            slashed=dec.slashed,
            seq=dec.seq,
            head=dec.head,
            bonded=dec.bonded,
            seated_slot=dec.seated_slot,
            stake_slot=dec.stake_slot,
            barred_round=dec.barred_round,
            slash_round=dec.slash_round,
            slash_round_base=dec.slash_round_base,
            slash_round_taken=dec.slash_round_taken,
            audit_commitment=dec.audit_commitment,
            audit_slot=dec.audit_slot,
            evaluated=dec.evaluated,
            reserved=dec.reserved,
        )

    def to_json(self) -> ParticipantJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "roles": self.roles,
            "listed": self.listed,
            "aggregator_index": self.aggregator_index,
            "federation": str(self.federation),
            "owner": str(self.owner),
            "agreement": self.agreement,
            "stake": self.stake,
            "locked": self.locked,
            "duties": self.duties,
            "unbonding": list(map(lambda item: item.to_json(), self.unbonding)),
            "revealed": self.revealed,
            "aggregated": self.aggregated,
            "offences": self.offences,
            "rewarded": self.rewarded,
            "slashed": self.slashed,
            "seq": self.seq,
            "head": self.head,
            "bonded": self.bonded,
            "seated_slot": self.seated_slot,
            "stake_slot": self.stake_slot,
            "barred_round": self.barred_round,
            "slash_round": self.slash_round,
            "slash_round_base": self.slash_round_base,
            "slash_round_taken": self.slash_round_taken,
            "audit_commitment": self.audit_commitment,
            "audit_slot": self.audit_slot,
            "evaluated": self.evaluated,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: ParticipantJSON) -> "Participant":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            roles=obj["roles"],
            listed=obj["listed"],
            aggregator_index=obj["aggregator_index"],
            federation=Pubkey.from_string(obj["federation"]),
            owner=Pubkey.from_string(obj["owner"]),
            agreement=obj["agreement"],
            stake=obj["stake"],
            locked=obj["locked"],
            duties=obj["duties"],
            unbonding=list(
                map(
                    lambda item: types.unbonding.Unbonding.from_json(item),
                    obj["unbonding"],
                )
            ),
            revealed=obj["revealed"],
            aggregated=obj["aggregated"],
            offences=obj["offences"],
            rewarded=obj["rewarded"],
            slashed=obj["slashed"],
            seq=obj["seq"],
            head=obj["head"],
            bonded=obj["bonded"],
            seated_slot=obj["seated_slot"],
            stake_slot=obj["stake_slot"],
            barred_round=obj["barred_round"],
            slash_round=obj["slash_round"],
            slash_round_base=obj["slash_round_base"],
            slash_round_taken=obj["slash_round_taken"],
            audit_commitment=obj["audit_commitment"],
            audit_slot=obj["audit_slot"],
            evaluated=obj["evaluated"],
            reserved=obj["reserved"],
        )
