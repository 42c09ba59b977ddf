"""A federation's state in plain Python: what the reference keeps, under names instead of addresses."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.property.model import NOBODY, Moment, Rules
from tests.property.selections import Choice
from tests.property.trees import Model
from tests.property.updates import Update

ENTRIES = 4


@dataclass
class Entry:
    """One place in the unbonding queue; free while its amount is zero."""

    amount: int = 0
    release: Moment = (0, 0)
    round: int = 0


@dataclass
class Person:
    """A participant, with the sum of all that it ever paid in, won and took out."""

    roles: int
    stake: int = 0
    locked: int = 0
    duties: int = 0
    queue: list[Entry] = field(default_factory=lambda: [Entry() for _ in range(ENTRIES)])
    deposited: int = 0
    won: int = 0
    withdrawn: int = 0
    slashed: int = 0
    rewarded: int = 0
    offences: int = 0
    overdrawn: bool = False
    bonded: int = 0
    seated_slot: int = 0
    stake_slot: int = 0
    barred: int = 0
    # What it was armed with, and when; empty: nothing.
    secret: str = ""
    armed_slot: int = 0
    # The round of the last fine, all that was staked when the first one of it came, and what they took.
    fines: tuple[int, int, int] = (0, 0, 0)

    @property
    def slashable(self) -> int:
        """All that a slash can reach."""
        return self.stake + sum(entry.amount for entry in self.queue)


@dataclass
class Submission:
    """A submission: its status, what it locks, and the update that was committed under a word."""

    word: str
    author: str
    update: Update
    liability: int
    slot: int
    status: str = "Committed"
    claimed: bool = False
    revealed: bool = False
    index: int = 0
    scored: bool = False
    score: int = 0
    disputes: int = 0
    demands: int = 0
    seed: bytes = bytes(32)
    amplitude: int = 0
    shares: bytes = bytes(32)

    @property
    def hidden(self) -> bool:
        """Whether its update was never shown."""
        return self.status in ("Committed", "Shared")

    @property
    def standing(self) -> bool:
        """Whether it was shown and no fault was proved."""
        return self.status in ("Revealed", "Rejected", "Planted")


@dataclass
class Evaluation:
    """An evaluator's scores of a round: those that it committed, and those that it has shown."""

    word: str
    scores: tuple[int, ...]
    seat: int
    ticket: int
    weight: int
    liability: int
    shown: list[int]
    status: str = "Committed"
    place: int = 0
    credits: int = 0
    strikes: int = 0
    missed: int = 0


@dataclass
class Ascent:
    """A path that is being climbed: what it belongs to, where it stands, and what its chunk says."""

    part: str
    whose: str
    node: tuple[bytes, int]
    position: int
    chunks: int = 0
    level: int = 0
    value: int = 0
    faulty: bool = False
    overflowed: bool = False


@dataclass
class Dispute:
    """A claim or a demand; ``target`` is whose submission is meant, empty for the aggregate."""

    kind: str
    place: int
    target: str
    accused: str
    challenger: str
    bond: int
    deadline: Moment
    attempt: int
    needed: int
    base_root: bytes
    posted_root: bytes
    size: int
    evidence: str = "Incomplete"
    verdict: str = "Open"
    payout: int = 0
    to_treasury: int = 0
    burned: int = 0
    values: dict[str, int] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    base: int | None = None
    posted: int | None = None
    ascent: Ascent | None = None
    kept: bytearray = field(default_factory=bytearray)
    # Of a selection: what was posted, how many were accepted then, the chunks that are here by place,
    # what the table says of a distance, what it is, and the bytes that were compared.
    other: int = 0
    choice: Choice | None = None
    accepted: int = 0
    shown: dict[int, bytes] = field(default_factory=dict)
    entry: int | None = None
    measured: int | None = None
    stream: bytes = b""

    @property
    def held(self) -> int:
        """What of the stake vault is kept for it."""
        if self.verdict == "Open":
            return self.bond
        return self.payout + self.to_treasury + self.burned


@dataclass
class Round:
    """A round with the rules it opened under."""

    rules: Rules
    payer: str
    deadline: Moment
    pool: int
    base: Model
    parent: tuple[bytes, int]
    phase: str = "Commit"
    takeover: Moment = (0, 0)
    revealed: int = 0
    closed: int = 0
    accepted: int = 0
    planted: int = 0
    scored: int = 0
    false_plants: int = 0
    disputes: int = 0
    demands: int = 0
    attempt: int = 0
    chosen: int = NOBODY
    bond: int = 0
    aggregator: str = ""
    posted: Model | None = None
    choice: Choice | None = None
    beacon: bytes = bytes(32)
    drawn: bool = False
    beacon_slot: int = 0
    aggregators: int = 0
    # Who evaluates, by seat; who has shown its scores, by place; how many evaluations have an account.
    panel: list[str] = field(default_factory=list)
    tickets: list[int] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    scores_closed: bool = False
    evaluations: int = 0
    score_total: int = 0
    credit_total: int = 0
    evaluator_pool: int = 0
    score_pool: int = 0
    plant_share: int = 0
    share: int = 0
    unpaid: int = 0
    claims_left: int = 0
    # Of a masked round: who has joined, if only their number.
    members: int = 0
    # Whose objection to the posted aggregate is counted, by index.
    objectors: set[int] = field(default_factory=set)

    @property
    def full(self) -> bool:
        """Whether no more reveals fit."""
        return self.revealed >= self.rules.max_submissions

    @property
    def ended(self) -> bool:
        """Whether nothing can move it any more."""
        return self.phase in ("Settled", "Aborted")

    @property
    def quorum(self) -> bool:
        """Whether enough submissions are left to aggregate."""
        return self.accepted >= self.rules.min_submissions


@dataclass
class Federation:
    """A federation's ledger; ``seats`` is the list of aggregators."""

    rules: Rules
    stake_mint: str
    reward_mint: str
    model: Model
    paused: bool = False
    active: bool = False
    round: int = 0
    beacon: tuple[bytes, int] = (bytes(32), 0)
    seats: list[str] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    rounds: dict[int, Round] = field(default_factory=dict)
    submissions: dict[tuple[int, str], Submission] = field(default_factory=dict)
    evaluations: dict[tuple[int, str], Evaluation] = field(default_factory=dict)
    # By round, whose submission is meant (empty: the aggregate), and challenger.
    disputes: dict[tuple[int, str, str], Dispute] = field(default_factory=dict)
    available: int = 0
    reserved: int = 0
    owed: int = 0
    treasury: int = 0
