"""What the property tests talk about: names, moments, rules, and steps that somebody wants to take.

Accounts have names: ``alice`` (a wallet), ``alice:X`` (her tokens of mint X), ``A`` (a federation),
``A.stake`` (a vault), ``A/alice`` (a participant), ``A#3`` (a round), ``A#3/alice`` (a submission),
``A#3~alice`` (an evaluation), ``A#3/alice!bob`` (what bob disputes of alice's submission), ``A#3!bob``
(what he disputes of the aggregate). Nothing here is taken from the program's code, and nothing here
knows a chain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from tests.property.trees import Model, Proof

if TYPE_CHECKING:
    from tests.property.selections import Choice

ACTORS = ("alice", "bob", "carol", "dave", "eve")
MINTS = ("X", "Y")
CREATOR = {"A": "alice", "B": "bob", "C": "carol"}
MINTS_OF = {"A": ("X", "X"), "B": ("X", "Y"), "C": ("Y", "X")}
VAULTS = ("stake", "reward", "treasury")
TRAINER, EVALUATOR, AGGREGATOR = 1, 2, 4
NOBODY = 2**32 - 1
U64 = 2**64 - 1
BPS = 10_000
HASHES_KEPT = 512  # slots that the sysvar remembers

Moment = tuple[int, int]


class Refused(Exception):
    """The reference refuses a step; ``error`` is the program's name for it, empty if it has none."""

    def __init__(self, error: str = "") -> None:
        super().__init__(error)
        self.error = error


def need(holds: bool, error: str = "") -> None:
    """Refuses unless the condition holds."""
    if not holds:
        raise Refused(error)


def digest(*words: object) -> bytes:
    """32 bytes that follow from the words."""
    return hashlib.sha256(" ".join(map(str, words)).encode()).digest()


@dataclass(frozen=True)
class Now:
    """The present: seconds, slot, and the slot hashes (anything bytes can be made of), newest first."""

    time: int
    slot: int
    hashes: Sequence[tuple[int, Any]] = ()

    def passed(self, moment: Moment) -> bool:
        """Whether both the time and the slot of a moment are reached."""
        return self.time >= moment[0] and self.slot >= moment[1]

    def after(self, window: tuple[int, int]) -> Moment:
        """The end of a window that starts now."""
        return self.time + window[0], self.slot + window[1]

    def has_forgotten(self, slot: int) -> bool:
        """Whether so old a slot may have had a hash that is no longer there."""
        return len(self.hashes) >= HASHES_KEPT and self.hashes[-1][0] > slot

    def first_hash(self, slot: int) -> bytes | None:
        """The oldest hash at or after a slot."""
        return next((bytes(value) for at, value in reversed(self.hashes) if at >= slot), None)


@dataclass(frozen=True)
class Step:
    """One instruction as somebody wants it; what it means is told in the methods of Reference."""

    name: str
    fed: str
    actor: str
    number: int = 0
    who: str = ""
    amount: int = 0
    last: str = ""
    tokens: str = ""
    flag: bool = False
    roles: int = 0
    word: str = "good"
    # Scores: those that are shown, or the evaluators whose scores are named.
    scores: tuple[int, ...] = ()
    evaluators: tuple[str, ...] = ()
    # A model that is posted. Disputes: whose submission is meant (empty: the aggregate), the chunk or
    # coordinate, what a path belongs to, the path, and the accounts that a verdict asks for.
    model: Model | None = None
    target: str = ""
    place: int = 0
    part: str = ""
    proof: Proof | None = None
    accused: str = ""
    original: str = ""
    aggregator: str = ""
    # Where the rule selects: what is posted beside a model; the second index of a claim; and bytes of
    # two updates that are compared, with their owners once all are there.
    choice: Choice | None = None
    other: int = 0
    data: bytes = b""
    pair: tuple[str, ...] = ()

    def __str__(self) -> str:
        given = [(f.name, getattr(self, f.name), f.default) for f in fields(self)[3:]]
        given = [(n, f"{len(v)} bytes" if n == "data" and v else v, d) for n, v, d in given]
        more = [f"{name}={value!r}" for name, value, usual in given if value != usual]
        return f"{self.actor}: {self.name} in {self.fed} {' '.join(more)}"


@dataclass(frozen=True)
class Rules:
    """The rules of a federation that matter to the reference; windows are (seconds, slots)."""

    commit: Moment = (20, 20)
    reveal: Moment = (20, 20)
    score: Moment = (0, 0)
    aggregate: Moment = (20, 20)
    challenge: Moment = (20, 20)
    dispute: Moment = (20, 20)
    unbonding: Moment = (200, 200)
    min_submissions: int = 1
    max_submissions: int = 3
    min_stake: int = 1_000
    bond: int = 500
    claim_bond: int = 50
    reward: int = 100
    norm: int = 1_000
    qmax: int = 20
    parameters: int = 200
    rule: str = "mean"
    keep: int = 2
    min_evaluators: int = 1
    max_evaluators: int = 2
    evaluator_pay: int = 1_000
    floor: int = 1_000
    band: int = 2_500
    audit_one_in: int = 1
    rate: int = 2_500
    evaluator_rate: int = 1_000
    fraud: int = 5_000
    cap: int = 10_000
    finder: int = 3_333
    treasury: int = 3_334

    @property
    def seat(self) -> int:
        """The stake with which an aggregator is on the list."""
        return self.min_stake + self.bond

    @property
    def scored(self) -> bool:
        """Whether evaluators score submissions."""
        return self.score != (0, 0)

    @property
    def selects(self) -> bool:
        """Whether an aggregator posts which updates count."""
        return self.rule in ("multi_krum", "weighted")

    @property
    def masked(self) -> bool:
        """Whether updates stay under masks."""
        return self.rule == "masked"

    @property
    def update_size(self) -> int:
        """How many values the tree of an update has: two for each masked word of 32 bits."""
        wide = self.masked and self.max_submissions * self.qmax >= 2**15
        return self.parameters * (2 if wide else 1)

    @property
    def bound(self) -> int:
        """The largest magnitude of a value of an update; masked words may be anything."""
        return 2**15 if self.masked else self.qmax

    @property
    def trim(self) -> int:
        """How many values a trimmed mean drops at either end."""
        return (self.min_submissions - 1) // 2


def dispute_of(fed: str, number: int, target: str, challenger: str) -> str:
    """The name of the account of a dispute."""
    return f"{fed}#{number}/{target}!{challenger}" if target else f"{fed}#{number}!{challenger}"
