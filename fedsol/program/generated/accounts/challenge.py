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


class ChallengeJSON(typing.TypedDict):
    version: int
    bump: int
    kind: types.challenge_kind.ChallengeKindJSON
    evidence: types.evidence.EvidenceJSON
    verdict: types.verdict.VerdictJSON
    payout: int
    to_treasury: int
    burned: int
    federation: str
    round: str
    target: str
    accused: str
    challenger: str
    bond: int
    deadline: types.deadline.DeadlineJSON
    attempt: int
    parameter_count: int
    qmax: int
    submissions: int
    base_root: list[int]
    posted_root: list[int]
    selected: typing.Optional[types.selected.SelectedJSON]
    needed: int
    have: int
    weighted_sum: int
    weight: int
    base: typing.Optional[int]
    posted: typing.Optional[int]
    ascent: typing.Optional[types.ascent.AscentJSON]
    seq: int
    head: list[int]


@dataclass
class Challenge:
    discriminator: typing.ClassVar = b"w\xfa\xa1ywQ\x16\xd0"
    layout: typing.ClassVar = borsh.CStruct(
        "version" / borsh.U8,
        "bump" / borsh.U8,
        "kind" / types.challenge_kind.layout,
        "evidence" / types.evidence.layout,
        "verdict" / types.verdict.layout,
        "payout" / borsh.U64,
        "to_treasury" / borsh.U64,
        "burned" / borsh.U64,
        "federation" / BorshPubkey,
        "round" / BorshPubkey,
        "target" / BorshPubkey,
        "accused" / BorshPubkey,
        "challenger" / BorshPubkey,
        "bond" / borsh.U64,
        "deadline" / types.deadline.Deadline.layout,
        "attempt" / borsh.U32,
        "parameter_count" / borsh.U32,
        "qmax" / borsh.U16,
        "submissions" / borsh.U32,
        "base_root" / ByteArray(32),
        "posted_root" / ByteArray(32),
        "selected" / borsh.Option(types.selected.Selected.layout),
        "needed" / borsh.U32,
        "have" / borsh.U32,
        "weighted_sum" / borsh.I64,
        "weight" / borsh.U64,
        "base" / borsh.Option(borsh.I32),
        "posted" / borsh.Option(borsh.I32),
        "ascent" / borsh.Option(types.ascent.Ascent.layout),
        "seq" / borsh.U64,
        "head" / ByteArray(32),
    )
    version: int
    bump: int
    kind: types.challenge_kind.ChallengeKindKind
    evidence: types.evidence.EvidenceKind
    verdict: types.verdict.VerdictKind
    payout: int
    to_treasury: int
    burned: int
    federation: Pubkey
    round: Pubkey
    target: Pubkey
    accused: Pubkey
    challenger: Pubkey
    bond: int
    deadline: types.deadline.Deadline
    attempt: int
    parameter_count: int
    qmax: int
    submissions: int
    base_root: list[int]
    posted_root: list[int]
    selected: typing.Optional[types.selected.Selected]
    needed: int
    have: int
    weighted_sum: int
    weight: int
    base: typing.Optional[int]
    posted: typing.Optional[int]
    ascent: typing.Optional[types.ascent.Ascent]
    seq: int
    head: list[int]

    @classmethod
    async def fetch(
        cls,
        conn: AsyncClient,
        address: Pubkey,
        commitment: typing.Optional[Commitment] = None,
        program_id: Pubkey = PROGRAM_ID,
    ) -> typing.Optional["Challenge"]:
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
    ) -> typing.List[typing.Optional["Challenge"]]:
        infos = await get_multiple_accounts(conn, addresses, commitment=commitment)
        res: typing.List[typing.Optional["Challenge"]] = []
        for info in infos:
            if info is None:
                res.append(None)
                continue
            if info.account.owner != program_id:
                raise ValueError("Account does not belong to this program")
            res.append(cls.decode(info.account.data))
        return res

    @classmethod
    def decode(cls, data: bytes) -> "Challenge":
        if data[:ACCOUNT_DISCRIMINATOR_SIZE] != cls.discriminator:
            raise AccountInvalidDiscriminator(
                "The discriminator for this account is invalid"
            )
        dec = Challenge.layout.parse(data[ACCOUNT_DISCRIMINATOR_SIZE:])
        return cls(
            version=dec.version,
            bump=dec.bump,
            kind=types.challenge_kind.from_decoded(dec.kind),
            evidence=types.evidence.from_decoded(dec.evidence),
            verdict=types.verdict.from_decoded(dec.verdict),
            payout=dec.payout,
            to_treasury=dec.to_treasury,
            burned=dec.burned,
            federation=dec.federation,
            round=dec.round,
            target=dec.target,
            accused=dec.accused,
            challenger=dec.challenger,
            bond=dec.bond,
            deadline=types.deadline.Deadline.from_decoded(dec.deadline),
            attempt=dec.attempt,
            parameter_count=dec.parameter_count,
            qmax=dec.qmax,
            submissions=dec.submissions,
            base_root=dec.base_root,
            posted_root=dec.posted_root,
            selected=(
                None
                if dec.selected is None
                else types.selected.Selected.from_decoded(dec.selected)
            ),
            needed=dec.needed,
            have=dec.have,
            weighted_sum=dec.weighted_sum,
            weight=dec.weight,
            base=dec.base,
            posted=dec.posted,
            ascent=(
                None
                if dec.ascent is None
                else types.ascent.Ascent.from_decoded(dec.ascent)
            ),
            seq=dec.seq,
            head=dec.head,
        )

    def to_json(self) -> ChallengeJSON:
        return {
            "version": self.version,
            "bump": self.bump,
            "kind": self.kind.to_json(),
            "evidence": self.evidence.to_json(),
            "verdict": self.verdict.to_json(),
            "payout": self.payout,
            "to_treasury": self.to_treasury,
            "burned": self.burned,
            "federation": str(self.federation),
            "round": str(self.round),
            "target": str(self.target),
            "accused": str(self.accused),
            "challenger": str(self.challenger),
            "bond": self.bond,
            "deadline": self.deadline.to_json(),
            "attempt": self.attempt,
            "parameter_count": self.parameter_count,
            "qmax": self.qmax,
            "submissions": self.submissions,
            "base_root": self.base_root,
            "posted_root": self.posted_root,
            "selected": (None if self.selected is None else self.selected.to_json()),
            "needed": self.needed,
            "have": self.have,
            "weighted_sum": self.weighted_sum,
            "weight": self.weight,
            "base": self.base,
            "posted": self.posted,
            "ascent": (None if self.ascent is None else self.ascent.to_json()),
            "seq": self.seq,
            "head": self.head,
        }

    @classmethod
    def from_json(cls, obj: ChallengeJSON) -> "Challenge":
        return cls(
            version=obj["version"],
            bump=obj["bump"],
            kind=types.challenge_kind.from_json(obj["kind"]),
            evidence=types.evidence.from_json(obj["evidence"]),
            verdict=types.verdict.from_json(obj["verdict"]),
            payout=obj["payout"],
            to_treasury=obj["to_treasury"],
            burned=obj["burned"],
            federation=Pubkey.from_string(obj["federation"]),
            round=Pubkey.from_string(obj["round"]),
            target=Pubkey.from_string(obj["target"]),
            accused=Pubkey.from_string(obj["accused"]),
            challenger=Pubkey.from_string(obj["challenger"]),
            bond=obj["bond"],
            deadline=types.deadline.Deadline.from_json(obj["deadline"]),
            attempt=obj["attempt"],
            parameter_count=obj["parameter_count"],
            qmax=obj["qmax"],
            submissions=obj["submissions"],
            base_root=obj["base_root"],
            posted_root=obj["posted_root"],
            selected=(
                None
                if obj["selected"] is None
                else types.selected.Selected.from_json(obj["selected"])
            ),
            needed=obj["needed"],
            have=obj["have"],
            weighted_sum=obj["weighted_sum"],
            weight=obj["weight"],
            base=obj["base"],
            posted=obj["posted"],
            ascent=(
                None
                if obj["ascent"] is None
                else types.ascent.Ascent.from_json(obj["ascent"])
            ),
            seq=obj["seq"],
            head=obj["head"],
        )
