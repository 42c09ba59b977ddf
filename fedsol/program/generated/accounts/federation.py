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


class FederationJSON(typing.TypedDict):
    version: int
    bump: int
    stake_vault_bump: int
    reward_vault_bump: int
    treasury_vault_bump: int
    paused: bool
    round_active: bool
    creator: str
    stake_mint: str
    reward_mint: str
    genesis: list[int]
    architecture_hash: list[int]
    agreement_hash: list[int]
    model_root: list[int]
    model_artifact: list[int]
    parameter_count: int
    round: int
    participants: int
    rounds_open: int
    aggregators: int
    stake_total: int
    unbonding_total: int
    bond_total: int
    reward_available: int
    reward_reserved: int
    reward_owed: int
    treasury_total: int
    seq: int
    head: list[int]
    beacon: list[int]
    beacon_slot: int
    reserved: list[int]
    params: types.params.ParamsJSON
    name: str


@dataclass
class Federation:
    discriminator: typing.ClassVar = b"\xea\x8e&\x16\xf2S+\x83"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "stake_vault_bump" / borsh.U8,
        "reward_vault_bump" / borsh.U8,
        "treasury_vault_bump" / borsh.U8,
        "paused" / borsh.Bool,
        "round_active" / borsh.Bool,
        "creator" / BorshPubkey,
        "stake_mint" / BorshPubkey,
        "reward_mint" / BorshPubkey,
        "genesis" / ByteArray(32),
        "architecture_hash" / ByteArray(32),
        "agreement_hash" / ByteArray(32),
        "model_root" / ByteArray(32),
        "model_artifact" / ByteArray(32),
        "parameter_count" / borsh.U32,
        "round" / borsh.U64,
        "participants" / borsh.U32,
        "rounds_open" / borsh.U32,
        "aggregators" / borsh.U32,
        "stake_total" / borsh.U64,
        "unbonding_total" / borsh.U64,
        "bond_total" / borsh.U64,
        "reward_available" / borsh.U64,
        "reward_reserved" / borsh.U64,
        "reward_owed" / borsh.U64,
        "treasury_total" / borsh.U64,
        "seq" / borsh.U64,
        "head" / ByteArray(32),
        "beacon" / ByteArray(32),
        "beacon_slot" / borsh.U64,
        "reserved" / ByteArray(128),
        "params" / types.params.Params.layout,
        "name" / borsh.String,
    )
    version: int
    bump: int
    stake_vault_bump: int
    reward_vault_bump: int
    treasury_vault_bump: int
    paused: bool
    round_active: bool
    creator: Pubkey
    stake_mint: Pubkey
    reward_mint: Pubkey
    genesis: list[int]
    architecture_hash: list[int]
    agreement_hash: list[int]
    model_root: list[int]
    model_artifact: list[int]
    parameter_count: int
    round: int
    participants: int
    rounds_open: int
    aggregators: int
    stake_total: int
    unbonding_total: int
    bond_total: int
    reward_available: int
    reward_reserved: int
    reward_owed: int
    treasury_total: int
    seq: int
    head: list[int]
    beacon: list[int]
    beacon_slot: int
    reserved: list[int]
    params: types.params.Params
    name: str

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Federation"]:
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
    ) -> typing.List[typing.Optional["Federation"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Federation"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Federation":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Federation.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            stake_vault_bump=dec.stake_vault_bump,
            reward_vault_bump=dec.reward_vault_bump,
            treasury_vault_bump=dec.treasury_vault_bump,
            paused=dec.paused,
            round_active=dec.round_active,
            creator=dec.creator,
            stake_mint=dec.stake_mint,
            reward_mint=dec.reward_mint,
            genesis=dec.genesis,
            architecture_hash=dec.architecture_hash,
            agreement_hash=dec.agreement_hash,
            model_root=dec.model_root,
            model_artifact=dec.model_artifact,
            parameter_count=dec.parameter_count,
            round=dec.round,
            participants=dec.participants,
            rounds_open=dec.rounds_open,
            aggregators=dec.aggregators,
            stake_total=dec.stake_total,
            unbonding_total=dec.unbonding_total,
            bond_total=dec.bond_total,
            reward_available=dec.reward_available,
            reward_reserved=dec.reward_reserved,
            reward_owed=dec.reward_owed,
            treasury_total=dec.treasury_total,
            seq=dec.seq,
            head=dec.head,
            beacon=dec.beacon,
            beacon_slot=dec.beacon_slot,
            reserved=dec.reserved,
            params=types.params.Params.from_decoded(dec.params),
            name=dec.name,
        )

    def to_json(self) -> FederationJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "stake_vault_bump": self.stake_vault_bump,
            "reward_vault_bump": self.reward_vault_bump,
            "treasury_vault_bump": self.treasury_vault_bump,
            "paused": self.paused,
            "round_active": self.round_active,
            "creator": str(self.creator),
            "stake_mint": str(self.stake_mint),
            "reward_mint": str(self.reward_mint),
            "genesis": self.genesis,
            "architecture_hash": self.architecture_hash,
            "agreement_hash": self.agreement_hash,
            "model_root": self.model_root,
            "model_artifact": self.model_artifact,
            "parameter_count": self.parameter_count,
            "round": self.round,
            "participants": self.participants,
            "rounds_open": self.rounds_open,
            "aggregators": self.aggregators,
            "stake_total": self.stake_total,
            "unbonding_total": self.unbonding_total,
            "bond_total": self.bond_total,
            "reward_available": self.reward_available,
            "reward_reserved": self.reward_reserved,
            "reward_owed": self.reward_owed,
            "treasury_total": self.treasury_total,
            "seq": self.seq,
            "head": self.head,
            "beacon": self.beacon,
            "beacon_slot": self.beacon_slot,
            "reserved": self.reserved,
            "params": self.params.to_json(),
            "name": self.name,
        }

    @classmethod
    def from_json(cls, obj: FederationJSON) -> "Federation":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            stake_vault_bump=obj["stake_vault_bump"],
            reward_vault_bump=obj["reward_vault_bump"],
            treasury_vault_bump=obj["treasury_vault_bump"],
            paused=obj["paused"],
            round_active=obj["round_active"],
            creator=Pubkey.from_string(obj["creator"]),
            stake_mint=Pubkey.from_string(obj["stake_mint"]),
            reward_mint=Pubkey.from_string(obj["reward_mint"]),
            genesis=obj["genesis"],
            architecture_hash=obj["architecture_hash"],
            agreement_hash=obj["agreement_hash"],
            model_root=obj["model_root"],
            model_artifact=obj["model_artifact"],
            parameter_count=obj["parameter_count"],
            round=obj["round"],
            participants=obj["participants"],
            rounds_open=obj["rounds_open"],
            aggregators=obj["aggregators"],
            stake_total=obj["stake_total"],
            unbonding_total=obj["unbonding_total"],
            bond_total=obj["bond_total"],
            reward_available=obj["reward_available"],
            reward_reserved=obj["reward_reserved"],
            reward_owed=obj["reward_owed"],
            treasury_total=obj["treasury_total"],
            seq=obj["seq"],
            head=obj["head"],
            beacon=obj["beacon"],
            beacon_slot=obj["beacon_slot"],
            reserved=obj["reserved"],
            params=types.params.Params.from_json(obj["params"]),
            name=obj["name"],
        )
