"""The federation as its events tell it: people, rounds, disputes and money.

``replaying`` writes this, event by event; the checks compare each event with what was there before
it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from solders.pubkey import Pubkey

from fedsol.audit.calls import Call
from fedsol.audit.report import Person
from fedsol.program.events import HEAD_START, Event

Scores = tuple[int, ...]


DEMANDS = ("Unavailable", "SelectionUnavailable")
"""The kinds of disputes that ask for a chunk."""


@dataclass
class Submission:
    """A trainer's update in a round; ``index`` is None until it is shown.

    In a masked round ``commitment`` is its author's channel key, and ``shares`` the hash of the
    shares that it has stored.
    """

    participant: Pubkey
    commitment: bytes
    committed_slot: int
    status: str = "Committed"
    index: int | None = None
    weight: int = 0
    root: bytes = b""
    norm_squared: int = 0
    artifact: bytes = b""
    shares: bytes = b""
    scored: bool = False
    score: int = 0
    claimed: bool = False
    closed: bool = False
    demands: int = 0
    seed: bytes = b""
    amplitude: int = 0

    @property
    def is_paid(self) -> bool:
        """Whether a settled round owes it something."""
        return self.status in ("Revealed", "Planted")

    @property
    def is_standing(self) -> bool:
        """Whether it was shown and no fault was proved."""
        return self.status in ("Revealed", "Rejected", "Planted")

    def is_before(self, other: "Submission") -> bool:
        """Whether it was committed before another that was shown: by slot, then by index."""
        mine, its = self.index or 0, other.index or 0
        return (self.committed_slot, mine) < (other.committed_slot, its)


@dataclass
class Evaluation:
    """An evaluator's scores in a round; ``scores`` is None until they are shown, or if they are lost."""

    participant: Pubkey
    commitment: bytes
    seat: int
    ticket: int
    weight: int
    status: str = "Committed"
    place: int = 0
    scores: Scores | None = None
    credits: int = 0
    strikes: int = 0
    missed: int = 0
    closed: bool = False


@dataclass(frozen=True)
class Aggregate:
    """A model that was posted, and the submissions that it should be made of.

    ``revealed`` are all that were shown, by index; ``selection`` is root and artifact of which of
    them count, where the rule selects.
    """

    attempt: int
    participant: Pubkey
    bond: int
    root: bytes
    artifact: bytes
    accepted: tuple[Submission, ...]
    revealed: tuple[Submission, ...] = ()
    selection: tuple[bytes, bytes] | None = None


@dataclass(frozen=True)
class Shares:
    """How a settled round's pool is divided. Token units."""

    evaluators: int = 0
    plant: int = 0
    scores: int = 0
    each: int = 0
    unpaid: int = 0
    claims: int = 0


@dataclass
class Round:
    """A round; ``fallen`` says of each attempt that failed whether its aggregate was proved wrong.

    ``objectors`` are the indices of those whose author has objected to the aggregate that stands,
    ``members`` how many have joined a masked round.
    """

    address: Pubkey
    number: int
    pool: int
    base_root: bytes
    parent_beacon: bytes
    parent_beacon_slot: int
    is_scored: bool
    phase: str = "Commit"
    submissions: dict[Pubkey, Submission] = field(default_factory=dict)
    evaluations: dict[Pubkey, Evaluation] = field(default_factory=dict)
    beacon: bytes = HEAD_START
    drawn: bool = False
    beacon_slot: int = 0
    aggregators: int = 0
    chosen: int | None = None
    window_slot: int = 0
    attempt: int = 0
    aggregates: list[Aggregate] = field(default_factory=list)
    fallen: dict[int, bool] = field(default_factory=dict)
    objectors: set[int] = field(default_factory=set)
    members: int = 0
    false_plants: int = 0
    demands: int = 0
    scores_closed: bool = False
    shares: Shares = Shares()
    unpaid: int = 0
    claims_left: int = 0
    closed: bool = False

    @property
    def shown(self) -> list[Submission]:
        """What was revealed, by index."""
        found = [one for one in self.submissions.values() if one.index is not None]
        return sorted(found, key=lambda one: one.index or 0)

    @property
    def accepted(self) -> list[Submission]:
        """What counts in the aggregate, by index."""
        return [one for one in self.shown if one.status == "Revealed"]

    @property
    def planted(self) -> list[Submission]:
        """What was told to be planted, by index."""
        return [one for one in self.shown if one.status == "Planted"]

    @property
    def voters(self) -> list[Evaluation]:
        """Evaluations that were shown and are neither paid nor punished yet, by place."""
        shown = [one for one in self.evaluations.values() if one.status == "Revealed"]
        return sorted(shown, key=lambda one: one.place)

    @property
    def standing(self) -> Aggregate | None:
        """The aggregate that is posted and has not fallen."""
        if self.phase not in ("Challenge", "Settled") or not self.aggregates:
            return None
        return self.aggregates[-1]

    @property
    def score_total(self) -> int:
        """Σ scores of what is accepted."""
        return sum(one.score for one in self.accepted if one.scored)

    @property
    def credit_total(self) -> int:
        """Σ credits of all evaluators."""
        return sum(one.credits for one in self.evaluations.values())

    @property
    def is_over(self) -> bool:
        """Whether it was settled or aborted."""
        return self.phase in ("Settled", "Aborted")


@dataclass
class Dispute:
    """A challenge or a demand, and what was shown to it, in order.

    ``place`` is a coordinate, a chunk or a submission's index, ``other`` a second index;
    ``has_table`` whether distances belong to the round's selections.
    """

    address: Pubkey
    kind: str
    place: int
    round: Pubkey
    target: Pubkey
    accused: Pubkey
    challenger: Pubkey
    bond: int
    attempt: int
    deadline_slot: int
    aggregate: Aggregate | None
    submission: Submission | None
    other: int = 0
    has_table: bool = False
    verdict: str = "Open"
    payout: int = 0
    to_treasury: int = 0
    burned: int = 0
    answered: bool = False
    decided_slot: int = 0
    calls: list[Call] = field(default_factory=list)

    @property
    def held(self) -> int:
        """What the stake vault still holds for it. Token units."""
        return self.bond if self.verdict == "Open" else self.payout + self.to_treasury + self.burned


@dataclass
class Ledger:
    """Everything; amounts in token units.

    ``disputes`` are those that are not closed, ``decided`` all that have a verdict. ``pieces`` are
    scores by evaluation as they were shown, ``kept`` scores by digest as open accounts have them.
    ``genesis`` is the cluster's hash.
    """

    created: Event
    genesis: bytes = b""
    people: dict[Pubkey, Person] = field(default_factory=dict)
    former: list[Person] = field(default_factory=list)
    rounds: dict[Pubkey, Round] = field(default_factory=dict)
    disputes: dict[Pubkey, Dispute] = field(default_factory=dict)
    decided: list[Dispute] = field(default_factory=list)
    pieces: dict[Pubkey, list[tuple[int, Scores]]] = field(default_factory=dict)
    kept: dict[bytes, Scores] = field(default_factory=dict)
    aggregators: list[Pubkey] = field(default_factory=list)
    beacon: bytes = HEAD_START
    beacon_slot: int = 0
    funded: int = 0
    available: int = 0
    reserved: int = 0
    owed: int = 0
    paid: int = 0
    treasury: int = 0
    burned: int = 0
    to_finders: int = 0
    closed: bool = False

    @property
    def params(self) -> Any:
        """The federation's rules, as its first event has them."""
        return self.created.data.params

    @property
    def is_scored(self) -> bool:
        """Whether evaluators score."""
        score = self.params.score
        return (score.seconds, score.slots) != (0, 0)

    @property
    def is_masked(self) -> bool:
        """Whether updates stay hidden under masks."""
        return type(self.params.rule).__name__ == "Masked"

    @property
    def update_length(self) -> int:
        """How many int16 values an update has: two for each parameter where masked words are wide."""
        wide = self.params.max_submissions * self.params.qmax >= 2**15
        return int(self.created.data.parameter_count) * (2 if self.is_masked and wide else 1)

    @property
    def members(self) -> Iterator[Person]:
        """Those whose account is open."""
        return (one for one in self.people.values() if not one.closed)

    @property
    def bonds(self) -> int:
        """Σ of what is posted, or still to be moved from disputes."""
        posted = sum(one.standing.bonded for one in self.members)
        return posted + sum(one.held for one in self.disputes.values())

    def owner(self, wallet: Pubkey) -> Person | None:
        """Whose wallet it is; None for somebody outside."""
        return next((one for one in self.members if one.owner == wallet), None)
