import typing
from dataclasses import dataclass
from solders.pubkey import Pubkey
from solana.rpc.async_api import AsyncClient
from solana.rpc.commitment import Commitment
import borsh_construct as borsh
from anchorpy.coder.accounts import ACCOUNT_DISCRIMINATOR_SIZE
from anchorpy.error import AccountInvalidDiscriminator
from anchorpy.utils.rpc import get_multiple_accounts
from anchorpy.borsh_extension import BorshPubkey
from ..program_id import PROGRAM_ID
from .. import types


class RoundJSON(typing.TypedDict):
    version: int
    bump: int
    phase: types.phase.PhaseJSON
    number: int
    federation: str
    payer: str
    deadline: types.deadline.DeadlineJSON
    takeover: types.deadline.DeadlineJSON
    revealed: int
    claimed: int
    closed: int
    chosen: int
    weight_total: int
    pool: int
    share: int
    bond: int
    aggregator: str
    beacon: list[int]
    beacon_slot: int
    base_model_root: list[int]
    new_model_root: list[int]
    new_model_artifact: list[int]
    seq: int
    head: list[int]
    params: types.params.ParamsJSON
    aggregators: int
    reserved: list[int]


@dataclass
class Round:
    discriminator: typing.ClassVar = b"W\x7f\xa53INt\xae"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "phase" / types.phase.layout,
        "number" / borsh.U64,
        "federation" / BorshPubkey,
        "payer" / BorshPubkey,
        "deadline" / types.deadline.Deadline.layout,
        "takeover" / types.deadline.Deadline.layout,
        "revealed" / borsh.U32,
        "claimed" / borsh.U32,
        "closed" / borsh.U32,
        "chosen" / borsh.U32,
        "weight_total" / borsh.U64,
        "pool" / borsh.U64,
        "share" / borsh.U64,
        "bond" / borsh.U64,
        "aggregator" / BorshPubkey,
        "beacon" / borsh.U8[32],
        "beacon_slot" / borsh.U64,
        "base_model_root" / borsh.U8[32],
        "new_model_root" / borsh.U8[32],
        "new_model_artifact" / borsh.U8[32],
        "seq" / borsh.U64,
        "head" / borsh.U8[32],
        "params" / types.params.Params.layout,
        "aggregators" / borsh.U32,
        "reserved" / borsh.U8[60],
    )
    version: int
    bump: int
    phase: types.phase.PhaseKind
    number: int
    federation: Pubkey
    payer: Pubkey
    deadline: types.deadline.Deadline
    takeover: types.deadline.Deadline
    revealed: int
    claimed: int
    closed: int
    chosen: int
    weight_total: int
    pool: int
    share: int
    bond: int
    aggregator: Pubkey
    beacon: list[int]
    beacon_slot: int
    base_model_root: list[int]
    new_model_root: list[int]
    new_model_artifact: list[int]
    seq: int
    head: list[int]
    params: types.params.Params
    aggregators: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Round"]:
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
    ) -> typing.List[typing.Optional["Round"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Round"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Round":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Round.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            phase=types.phase.from_decoded(dec.phase),
            number=dec.number,
            federation=dec.federation,
            payer=dec.payer,
            deadline=types.deadline.Deadline.from_decoded(dec.deadline),
            takeover=types.deadline.Deadline.from_decoded(dec.takeover),
            revealed=dec.revealed,
            claimed=dec.claimed,
            closed=dec.closed,
            chosen=dec.chosen,
            weight_total=dec.weight_total,
            pool=dec.pool,
            share=dec.share,
            bond=dec.bond,
            aggregator=dec.aggregator,
            beacon=dec.beacon,
            beacon_slot=dec.beacon_slot,
            base_model_root=dec.base_model_root,
            new_model_root=dec.new_model_root,
            new_model_artifact=dec.new_model_artifact,
            seq=dec.seq,
            head=dec.head,
            params=types.params.Params.from_decoded(dec.params),
            aggregators=dec.aggregators,
            reserved=dec.reserved,
        )

    def to_json(self) -> RoundJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "phase": self.phase.to_json(),
            "number": self.number,
            "federation": str(self.federation),
            "payer": str(self.payer),
            "deadline": self.deadline.to_json(),
            "takeover": self.takeover.to_json(),
            "revealed": self.revealed,
            "claimed": self.claimed,
            "closed": self.closed,
            "chosen": self.chosen,
            "weight_total": self.weight_total,
            "pool": self.pool,
            "share": self.share,
            "bond": self.bond,
            "aggregator": str(self.aggregator),
            "beacon": self.beacon,
            "beacon_slot": self.beacon_slot,
            "base_model_root": self.base_model_root,
            "new_model_root": self.new_model_root,
            "new_model_artifact": self.new_model_artifact,
            "seq": self.seq,
            "head": self.head,
            "params": self.params.to_json(),
            "aggregators": self.aggregators,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: RoundJSON) -> "Round":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            phase=types.phase.from_json(obj["phase"]),
            number=obj["number"],
            federation=Pubkey.from_string(obj["federation"]),
            payer=Pubkey.from_string(obj["payer"]),
            deadline=types.deadline.Deadline.from_json(obj["deadline"]),
            takeover=types.deadline.Deadline.from_json(obj["takeover"]),
            revealed=obj["revealed"],
            claimed=obj["claimed"],
            closed=obj["closed"],
            chosen=obj["chosen"],
            weight_total=obj["weight_total"],
            pool=obj["pool"],
            share=obj["share"],
            bond=obj["bond"],
            aggregator=Pubkey.from_string(obj["aggregator"]),
            beacon=obj["beacon"],
            beacon_slot=obj["beacon_slot"],
            base_model_root=obj["base_model_root"],
            new_model_root=obj["new_model_root"],
            new_model_artifact=obj["new_model_artifact"],
            seq=obj["seq"],
            head=obj["head"],
            params=types.params.Params.from_json(obj["params"]),
            aggregators=obj["aggregators"],
            reserved=obj["reserved"],
        )
