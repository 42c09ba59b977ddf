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


class EvaluationJSON(typing.TypedDict):
    version: int
    bump: int
    status: types.evaluation_status.EvaluationStatusJSON
    seat: int
    place: int
    round: str
    participant: str
    commitment: list[int]
    ticket: int
    weight: int
    liability: int
    credits: int
    strikes: int
    missed: int
    reserved: list[int]


@dataclass
class Evaluation:
    discriminator: typing.ClassVar = b"\xd4F\x19j\xef\x18]\xdc"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "status" / types.evaluation_status.layout,
        "seat" / borsh.U8,
        "place" / borsh.U8,
        "round" / BorshPubkey,
        "participant" / BorshPubkey,
        "commitment" / ByteArray(32),
        "ticket" / borsh.U64,
        "weight" / borsh.U64,
        "liability" / borsh.U64,
        "credits" / borsh.U32,
        "strikes" / borsh.U32,
        "missed" / borsh.U32,
        "reserved" / ByteArray(32),
    )
    version: int
    bump: int
    status: types.evaluation_status.EvaluationStatusKind
    seat: int
    place: int
    round: Pubkey
    participant: Pubkey
    commitment: list[int]
    ticket: int
    weight: int
    liability: int
    credits: int
    strikes: int
    missed: int
    reserved: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Evaluation"]:
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
    ) -> typing.List[typing.Optional["Evaluation"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Evaluation"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Evaluation":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Evaluation.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            status=types.evaluation_status.from_decoded(dec.status),
            seat=dec.seat,
            place=dec.place,
            round=dec.round,
            participant=dec.participant,
            commitment=dec.commitment,
            ticket=dec.ticket,
            weight=dec.weight,
            liability=dec.liability,
            credits=dec.credits,
            strikes=dec.strikes,
            missed=dec.missed,
            reserved=dec.reserved,
        )

    def to_json(self) -> EvaluationJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "status": self.status.to_json(),
            "seat": self.seat,
            "place": self.place,
            "round": str(self.round),
            "participant": str(self.participant),
            "commitment": self.commitment,
            "ticket": self.ticket,
            "weight": self.weight,
            "liability": self.liability,
            "credits": self.credits,
            "strikes": self.strikes,
            "missed": self.missed,
            "reserved": self.reserved,
        }

    @classmethod
    def from_json(cls, obj: EvaluationJSON) -> "Evaluation":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            status=types.evaluation_status.from_json(obj["status"]),
            seat=obj["seat"],
            place=obj["place"],
            round=Pubkey.from_string(obj["round"]),
            participant=Pubkey.from_string(obj["participant"]),
            commitment=obj["commitment"],
            ticket=obj["ticket"],
            weight=obj["weight"],
            liability=obj["liability"],
            credits=obj["credits"],
            strikes=obj["strikes"],
            missed=obj["missed"],
            reserved=obj["reserved"],
        )
