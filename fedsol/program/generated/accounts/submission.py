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


class SubmissionJSON(typing.TypedDict):
    version: int
    bump: int
    status: types.submission_status.SubmissionStatusJSON
    claimed: bool
    revealed: bool
    index: int
    weight: int
    round: str
    participant: str
    commitment: list[int]
    committed_slot: int
    liability: int
    scored: bool
    score: int
    disputes: int
    demands: int
    plant_seed: list[int]
    plant_amplitude: int
    root: list[int]
    norm_squared: int
    artifact: list[int]
    shares: list[int]


@dataclass
class Submission:
    discriminator: typing.ClassVar = b":\xc2\x9f\x9eKf\xb2\xc5"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "status" / types.submission_status.layout,
        "claimed" / borsh.Bool,
        "revealed" / borsh.Bool,
        "index" / borsh.U32,
        "weight" / borsh.U32,
        "round" / BorshPubkey,
        "participant" / BorshPubkey,
        "commitment" / ByteArray(32),
        "committed_slot" / borsh.U64,
        "liability" / borsh.U64,
        "scored" / borsh.Bool,
        "score" / borsh.U16,
        "disputes" / borsh.U16,
        "demands" / borsh.U8,
        "plant_seed" / ByteArray(32),
        "plant_amplitude" / borsh.U16,
        "root" / ByteArray(32),
        "norm_squared" / borsh.U64,
        "artifact" / ByteArray(32),
        "shares" / ByteArray(32),
    )
    version: int
    bump: int
    status: types.submission_status.SubmissionStatusKind
    claimed: bool
    revealed: bool
    index: int
    weight: int
    round: Pubkey
    participant: Pubkey
    commitment: list[int]
    committed_slot: int
    liability: int
    scored: bool
    score: int
    disputes: int
    demands: int
    plant_seed: list[int]
    plant_amplitude: int
    root: list[int]
    norm_squared: int
    artifact: list[int]
    shares: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Submission"]:
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
    ) -> typing.List[typing.Optional["Submission"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Submission"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Submission":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Submission.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            status=types.submission_status.from_decoded(dec.status),
            claimed=dec.claimed,
            revealed=dec.revealed,
            index=dec.index,
            weight=dec.weight,
            round=dec.round,
            participant=dec.participant,
            commitment=dec.commitment,
            committed_slot=dec.committed_slot,
            liability=dec.liability,
            scored=dec.scored,
            score=dec.score,
            disputes=dec.disputes,
            demands=dec.demands,
            plant_seed=dec.plant_seed,
            plant_amplitude=dec.plant_amplitude,
            root=dec.root,
            norm_squared=dec.norm_squared,
            artifact=dec.artifact,
            shares=dec.shares,
        )

    def to_json(self) -> SubmissionJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "status": self.status.to_json(),
            "claimed": self.claimed,
            "revealed": self.revealed,
            "index": self.index,
            "weight": self.weight,
            "round": str(self.round),
            "participant": str(self.participant),
            "commitment": self.commitment,
            "committed_slot": self.committed_slot,
            "liability": self.liability,
            "scored": self.scored,
            "score": self.score,
            "disputes": self.disputes,
            "demands": self.demands,
            "plant_seed": self.plant_seed,
            "plant_amplitude": self.plant_amplitude,
            "root": self.root,
            "norm_squared": self.norm_squared,
            "artifact": self.artifact,
            "shares": self.shares,
        }

    @classmethod
    def from_json(cls, obj: SubmissionJSON) -> "Submission":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            status=types.submission_status.from_json(obj["status"]),
            claimed=obj["claimed"],
            revealed=obj["revealed"],
            index=obj["index"],
            weight=obj["weight"],
            round=Pubkey.from_string(obj["round"]),
            participant=Pubkey.from_string(obj["participant"]),
            commitment=obj["commitment"],
            committed_slot=obj["committed_slot"],
            liability=obj["liability"],
            scored=obj["scored"],
            score=obj["score"],
            disputes=obj["disputes"],
            demands=obj["demands"],
            plant_seed=obj["plant_seed"],
            plant_amplitude=obj["plant_amplitude"],
            root=obj["root"],
            norm_squared=obj["norm_squared"],
            artifact=obj["artifact"],
            shares=obj["shares"],
        )
