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
    closed: int
    accepted: int
    planted: int
    scored: int
    false_plants: int
    disputes: int
    demands: int
    attempt: int
    chosen: int
    score_total: int
    credit_total: int
    pool: int
    evaluator_pool: int
    score_pool: int
    plant_share: int
    share: int
    unpaid: int
    claims_left: int
    bond: int
    aggregator: str
    beacon: list[int]
    drawn: bool
    beacon_slot: int
    base_model_root: list[int]
    new_model_root: list[int]
    new_model_artifact: list[int]
    seq: int
    head: list[int]
    aggregators: int
    parameter_count: int
    parent_beacon: list[int]
    parent_beacon_slot: int
    seats: int
    tickets: list[int]
    score_reveals: int
    scores_closed: bool
    evaluations: int
    objectors: list[int]
    members: int
    reserved: list[int]
    params: types.params.ParamsJSON
    selection: typing.Optional[types.selection.SelectionJSON]


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
        "closed" / borsh.U32,
        "accepted" / borsh.U32,
        "planted" / borsh.U32,
        "scored" / borsh.U32,
        "false_plants" / borsh.U32,
        "disputes" / borsh.U32,
        "demands" / borsh.U8,
        "attempt" / borsh.U32,
        "chosen" / borsh.U32,
        "score_total" / borsh.U64,
        "credit_total" / borsh.U64,
        "pool" / borsh.U64,
        "evaluator_pool" / borsh.U64,
        "score_pool" / borsh.U64,
        "plant_share" / borsh.U64,
        "share" / borsh.U64,
        "unpaid" / borsh.U64,
        "claims_left" / borsh.U32,
        "bond" / borsh.U64,
        "aggregator" / BorshPubkey,
        "beacon" / ByteArray(32),
        "drawn" / borsh.Bool,
        "beacon_slot" / borsh.U64,
        "base_model_root" / ByteArray(32),
        "new_model_root" / ByteArray(32),
        "new_model_artifact" / ByteArray(32),
        "seq" / borsh.U64,
        "head" / ByteArray(32),
        "aggregators" / borsh.U32,
        "parameter_count" / borsh.U32,
        "parent_beacon" / ByteArray(32),
        "parent_beacon_slot" / borsh.U64,
        "seats" / borsh.U8,
        "tickets" / borsh.U64[16],
        "score_reveals" / borsh.U8,
        "scores_closed" / borsh.Bool,
        "evaluations" / borsh.U32,
        "objectors" / ByteArray(32),
        "members" / borsh.U32,
        "reserved" / ByteArray(24),
        "params" / types.params.Params.layout,
        "selection" / borsh.Option(types.selection.Selection.layout),
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
    closed: int
    accepted: int
    planted: int
    scored: int
    false_plants: int
    disputes: int
    demands: int
    attempt: int
    chosen: int
    score_total: int
    credit_total: int
    pool: int
    evaluator_pool: int
    score_pool: int
    plant_share: int
    share: int
    unpaid: int
    claims_left: int
    bond: int
    aggregator: Pubkey
    beacon: list[int]
    drawn: bool
    beacon_slot: int
    base_model_root: list[int]
    new_model_root: list[int]
    new_model_artifact: list[int]
    seq: int
    head: list[int]
    aggregators: int
    parameter_count: int
    parent_beacon: list[int]
    parent_beacon_slot: int
    seats: int
    tickets: list[int]
    score_reveals: int
    scores_closed: bool
    evaluations: int
    objectors: list[int]
    members: int
    reserved: list[int]
    params: types.params.Params
    selection: typing.Optional[types.selection.Selection]

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
            closed=dec.closed,
            accepted=dec.accepted,
            planted=dec.planted,
            scored=dec.scored,
            false_plants=dec.false_plants,
            disputes=dec.disputes,
            demands=dec.demands,
            attempt=dec.attempt,
            chosen=dec.chosen,
            score_total=dec.score_total,
            credit_total=dec.credit_total,
            pool=dec.pool,
            evaluator_pool=dec.evaluator_pool,
            score_pool=dec.score_pool,
            plant_share=dec.plant_share,
            share=dec.share,
            unpaid=dec.unpaid,
            claims_left=dec.claims_left,
            bond=dec.bond,
            aggregator=dec.aggregator,
            beacon=dec.beacon,
            drawn=dec.drawn,
            beacon_slot=dec.beacon_slot,
            base_model_root=dec.base_model_root,
            new_model_root=dec.new_model_root,
            new_model_artifact=dec.new_model_artifact,
            seq=dec.seq,
            head=dec.head,
            aggregators=dec.aggregators,
            parameter_count=dec.parameter_count,
            parent_beacon=dec.parent_beacon,
            parent_beacon_slot=dec.parent_beacon_slot,
            seats=dec.seats,
            tickets=dec.tickets,
            score_reveals=dec.score_reveals,
            scores_closed=dec.scores_closed,
            evaluations=dec.evaluations,
            objectors=dec.objectors,
            members=dec.members,
            reserved=dec.reserved,
            params=types.params.Params.from_decoded(dec.params),
            selection=(
                None
                if dec.selection is None
                else types.selection.Selection.from_decoded(dec.selection)
            ),
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
            "closed": self.closed,
            "accepted": self.accepted,
            "planted": self.planted,
            "scored": self.scored,
            "false_plants": self.false_plants,
            "disputes": self.disputes,
            "demands": self.demands,
            "attempt": self.attempt,
            "chosen": self.chosen,
            "score_total": self.score_total,
            "credit_total": self.credit_total,
            "pool": self.pool,
            "evaluator_pool": self.evaluator_pool,
            "score_pool": self.score_pool,
            "plant_share": self.plant_share,
            "share": self.share,
            "unpaid": self.unpaid,
            "claims_left": self.claims_left,
            "bond": self.bond,
            "aggregator": str(self.aggregator),
            "beacon": self.beacon,
            "drawn": self.drawn,
            "beacon_slot": self.beacon_slot,
            "base_model_root": self.base_model_root,
            "new_model_root": self.new_model_root,
            "new_model_artifact": self.new_model_artifact,
            "seq": self.seq,
            "head": self.head,
            "aggregators": self.aggregators,
            "parameter_count": self.parameter_count,
            "parent_beacon": self.parent_beacon,
            "parent_beacon_slot": self.parent_beacon_slot,
            "seats": self.seats,
            "tickets": self.tickets,
            "score_reveals": self.score_reveals,
            "scores_closed": self.scores_closed,
            "evaluations": self.evaluations,
            "objectors": self.objectors,
            "members": self.members,
            "reserved": self.reserved,
            "params": self.params.to_json(),
            "selection": (None if self.selection is None else self.selection.to_json()),
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
            closed=obj["closed"],
            accepted=obj["accepted"],
            planted=obj["planted"],
            scored=obj["scored"],
            false_plants=obj["false_plants"],
            disputes=obj["disputes"],
            demands=obj["demands"],
            attempt=obj["attempt"],
            chosen=obj["chosen"],
            score_total=obj["score_total"],
            credit_total=obj["credit_total"],
            pool=obj["pool"],
            evaluator_pool=obj["evaluator_pool"],
            score_pool=obj["score_pool"],
            plant_share=obj["plant_share"],
            share=obj["share"],
            unpaid=obj["unpaid"],
            claims_left=obj["claims_left"],
            bond=obj["bond"],
            aggregator=Pubkey.from_string(obj["aggregator"]),
            beacon=obj["beacon"],
            drawn=obj["drawn"],
            beacon_slot=obj["beacon_slot"],
            base_model_root=obj["base_model_root"],
            new_model_root=obj["new_model_root"],
            new_model_artifact=obj["new_model_artifact"],
            seq=obj["seq"],
            head=obj["head"],
            aggregators=obj["aggregators"],
            parameter_count=obj["parameter_count"],
            parent_beacon=obj["parent_beacon"],
            parent_beacon_slot=obj["parent_beacon_slot"],
            seats=obj["seats"],
            tickets=obj["tickets"],
            score_reveals=obj["score_reveals"],
            scores_closed=obj["scores_closed"],
            evaluations=obj["evaluations"],
            objectors=obj["objectors"],
            members=obj["members"],
            reserved=obj["reserved"],
            params=types.params.Params.from_json(obj["params"]),
            selection=(
                None
                if obj["selection"] is None
                else types.selection.Selection.from_json(obj["selection"])
            ),
        )
