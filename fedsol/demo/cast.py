"""Who takes part in the demo, what each of them learns from, and what the script has them do."""

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
import optax  # type: ignore[import-untyped]
from solders.keypair import Keypair

from fedsol.errors import ConfigError
from fedsol.learning import Dataset, Model, load, model, optimiser, partition
from fedsol.learning.partitioners import DirichletPartitioner
from fedsol.program.params import Params, window

DECIMALS = 6
TOKEN = 10**DECIMALS
"""Token units of one token: both of the demo's tokens have six decimals."""

CONVENER = "Convener"
"""Founds the federation, pays for the rewards and opens the rounds."""
BYSTANDER = "Bystander"
"""Has no stake and no role: moves rounds on and proves silence, as anybody may."""
WATCHER = "Watcher"
"""In a story of an attack: a bystander that checks everything again, with tokens for bonds."""

FEWEST_ROUNDS = 5
CHEAT_ROUND = 2
"""The round of an attack; a story of one needs no more."""
_PURSE = 500  # what the watcher brings for bonds, in tokens
_HELD_OUT = 0.3
_ATTEMPTS = 20  # draws of the partition before giving up
_HOUR, _DAY = window(3_600), window(86_400)
_TWO_HOURS, _TWO_DAYS = window(7_200), window(172_800)


@dataclass(frozen=True)
class Hospital:
    """One of the cast: what it stakes (tokens), and what the script has it do in which round.

    ``trains``, ``evaluates``: whether it learns, and whether it scores what others learnt; ``plants``:
    it audits those who score.
    """

    name: str
    stake: int
    joins: int = 1
    silent: int | None = None
    leaves: int | None = None
    trains: bool = True
    evaluates: bool = False
    plants: bool = False


@dataclass(frozen=True)
class Lesson:
    """What is learnt, from which data, and how every hospital trains in a round.

    ``alpha`` is the Dirichlet partition's concentration, ``smallest`` the least share (samples);
    ``longest`` bounds Σ q² of an update where the story is about that.
    """

    dataset: str
    title: str
    model: Model
    learning_rate: float
    epochs: int
    batch_size: int
    alpha: float
    smallest: int
    longest: int

    @property
    def optimiser(self) -> optax.GradientTransformation:
        """Plain gradient descent."""
        return optimiser("sgd", learning_rate=self.learning_rate)


LESSONS = {
    "logreg": Lesson(
        dataset="breast_cancer",
        title="logistic regression on Wisconsin breast cancer",
        model=model("logreg", features=30, classes=2),
        learning_rate=0.1,
        epochs=4,
        batch_size=16,
        alpha=0.3,
        smallest=15,
        longest=2**29,
    ),
    "digits": Lesson(
        dataset="digits",
        title="a small convolutional network on handwritten digits",
        model=model("cnn", side=8, classes=10),
        learning_rate=0.2,
        epochs=3,
        batch_size=32,
        alpha=1.0,
        smallest=60,
        longest=2**32,
    ),
}
"""What the demo can teach, by the name of ``--model``."""
_SCORED_LESSONS = {
    "logreg": replace(LESSONS["logreg"], epochs=1, learning_rate=0.02),
    "digits": replace(LESSONS["digits"], epochs=5, learning_rate=0.05, alpha=100.0),
}
"""The same where updates are scored: slowly, so that every update helps. Where most of them do not, a
little noise may help as much as they do, and an honest evaluator says so."""

ATTACKS = ("wrong-aggregate", "fake-norm", "copy", "withhold", "silent", "lazy-evaluator")
"""What can go wrong in a story of its own, by the name of ``--attack``."""
_SCORED = ("lazy-evaluator",)


def default_rounds(attack: str | None) -> int:
    """How many rounds a story has unless told otherwise: an attack's is the one before and after."""
    return 10 if attack is None else CHEAT_ROUND + 1


@dataclass(frozen=True)
class Scenario:
    """One telling of the story; everything that is learnt follows from ``seed``.

    With an ``attack`` it is that attack's story, unless it is told ``honest``: then the same people
    do the same things, and nobody cheats.
    """

    model: str = "logreg"
    seed: int = 0
    rounds: int = 10
    attack: str | None = None
    honest: bool = False

    def __post_init__(self) -> None:
        if self.model not in LESSONS:
            raise ConfigError(
                f"the demo has no model {self.model!r}", hint=f"There are {', '.join(LESSONS)}."
            )
        if self.attack is not None and self.attack not in ATTACKS:
            raise ConfigError(
                f"the demo has no attack {self.attack!r}", hint=f"There are {', '.join(ATTACKS)}."
            )
        fewest = FEWEST_ROUNDS if self.attack is None else CHEAT_ROUND
        if self.rounds < fewest:
            raise ConfigError(f"the story needs {fewest} rounds, not {self.rounds}")

    @property
    def lesson(self) -> Lesson:
        """What is learnt, and how."""
        return (_SCORED_LESSONS if self.attack in _SCORED else LESSONS)[self.model]

    @property
    def hospitals(self) -> tuple[Hospital, ...]:
        """The cast: four from the start, one late, one that goes silent, one that leaves early.

        In a story of an attack all of them come at once and stay.
        """
        scored = self.attack in _SCORED
        if self.attack is not None:
            return (
                Hospital("Ashgrove", 1_500, plants=scored),
                Hospital("Bellwater", 1_200, evaluates=scored),
                # Only scores, so that what it earns is what its scores earn.
                Hospital("Cedarfield", 1_000, trains=not scored, evaluates=scored),
                Hospital("Dunmoor", 2_000, evaluates=scored),
                Hospital("Eastgate", 1_000),
            )
        return (
            Hospital("Ashgrove", 1_500),
            Hospital("Bellwater", 1_200, leaves=max(4, self.rounds - 3)),
            Hospital("Cedarfield", 1_000, silent=4),
            Hospital("Dunmoor", 2_000),
            Hospital("Eastgate", 1_000, joins=3),
        )

    @property
    def outsider(self) -> str:
        """Who moves the rounds on, and has no stake."""
        return BYSTANDER if self.attack is None else WATCHER

    @property
    def brings(self) -> dict[str, tuple[int, int]]:
        """What everybody has at the start: stake and reward tokens, in token units."""
        bonds = 0 if self.attack is None else _PURSE * TOKEN
        rewards = self.rounds * self.params.round_reward
        return {
            **{one.name: (one.stake * TOKEN, 0) for one in self.hospitals},
            CONVENER: (0, rewards),
            self.outsider: (bonds, 0),
        }

    @property
    def params(self) -> Params:
        """The rules: a day to challenge each aggregate, two days until stake may leave."""
        rules = Params(
            commit=_HOUR,
            reveal=_HOUR,
            aggregate=_HOUR,
            challenge=_DAY,
            dispute=_HOUR,
            unbonding=_TWO_DAYS,
            min_submissions=3,
            max_submissions=100,
            min_stake=500 * TOKEN,
            aggregator_bond=200 * TOKEN,
            challenge_bond=50 * TOKEN,
            round_reward=1_000 * TOKEN,
        )
        if self.attack is None:
            return rules
        # Longer than a dispute: then a round can wait for the end of one and still go on.
        rules = replace(rules, aggregate=_TWO_HOURS, max_norm_squared=self.lesson.longest)
        if self.attack not in _SCORED:
            return rules
        # Whoever is armed plants in the next round that it may: the story need not wait for chance.
        return replace(rules, score=_HOUR, audit_one_in=1, score_floor=0, score_band=5_000)

    def key(self, name: str) -> Keypair:
        """The key of one of the cast: the same in every telling with the same seed."""
        return Keypair.from_seed(sha256(f"fedsol demo {self.seed} {name}".encode()).digest())

    def deal(self) -> "Data":
        """Splits the data: a share for each hospital, and a held-out part for nobody."""
        lesson = self.lesson
        train, test = load(lesson.dataset, test_fraction=_HELD_OUT, seed=self.seed)
        return Data(_shares(train, lesson, len(self.hospitals), self.seed), train, test)


@dataclass(frozen=True)
class Data:
    """``shares``: in the order of the hospitals, each seen by its own Trainer alone.

    ``pooled`` is all of them together, for comparison only; nobody trains on ``test``.
    """

    shares: list[Dataset]
    pooled: Dataset
    test: Dataset

    def held_out(self, place: int) -> Dataset:
        """What the hospital at a place scores others with: a part of ``test``, its own.

        The parts overlap: each leaves out every fifth sample, another one in each hospital.
        """
        kept = np.arange(len(self.test)) % len(self.shares) != place
        return self.test.take(np.flatnonzero(kept))


def _shares(train: Dataset, lesson: Lesson, count: int, seed: int) -> list[Dataset]:
    """Uneven shares; a draw that leaves somebody with next to nothing is drawn again."""
    rules: dict[str, Any] = {"alpha": lesson.alpha, "min_partition_size": lesson.smallest}
    for attempt in range(_ATTEMPTS):
        try:
            drawn = DirichletPartitioner(count, seed=seed + 1_000_003 * attempt, **rules)
            return partition(train, drawn)
        except ConfigError:
            continue
    raise ConfigError(f"no division of {lesson.dataset} for seed {seed}", hint="Try another seed.")
