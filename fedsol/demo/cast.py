"""Who takes part in the demo, what each of them learns from, and what the script has them do."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

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

FEWEST_ROUNDS = 5
_HELD_OUT = 0.3
_ATTEMPTS = 20  # draws of the partition before giving up
_HOUR, _DAY = window(3_600), window(86_400)


@dataclass(frozen=True)
class Hospital:
    """One of the cast: what it stakes (tokens), and what the script has it do in which round."""

    name: str
    stake: int
    joins: int = 1
    silent: int | None = None
    leaves: int | None = None


@dataclass(frozen=True)
class Lesson:
    """What is learnt, from which data, and how every hospital trains in a round.

    ``alpha`` is the Dirichlet partition's concentration, ``smallest`` the least share (samples).
    """

    dataset: str
    title: str
    model: Model
    learning_rate: float
    epochs: int
    batch_size: int
    alpha: float
    smallest: int

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
    ),
}
"""What the demo can teach, by the name of ``--model``."""

ATTACKS = ("silent",)
"""What the demo can do wrong: one hospital commits and never reveals, in every telling."""


@dataclass(frozen=True)
class Scenario:
    """One telling of the story; everything that is learnt follows from ``seed``."""

    model: str = "logreg"
    seed: int = 0
    rounds: int = 10

    def __post_init__(self) -> None:
        if self.model not in LESSONS:
            raise ConfigError(
                f"the demo has no model {self.model!r}", hint=f"There are {', '.join(LESSONS)}."
            )
        if self.rounds < FEWEST_ROUNDS:
            raise ConfigError(f"the story needs {FEWEST_ROUNDS} rounds, not {self.rounds}")

    @property
    def lesson(self) -> Lesson:
        """What is learnt."""
        return LESSONS[self.model]

    @property
    def hospitals(self) -> tuple[Hospital, ...]:
        """The cast: four from the start, one late, one that goes silent, one that leaves early."""
        return (
            Hospital("Ashgrove", 1_500),
            Hospital("Bellwater", 1_200, leaves=max(4, self.rounds - 3)),
            Hospital("Cedarfield", 1_000, silent=4),
            Hospital("Dunmoor", 2_000),
            Hospital("Eastgate", 1_000, joins=3),
        )

    @property
    def params(self) -> Params:
        """The rules: a day to challenge each aggregate, two days until stake may leave."""
        two_days = window(2 * _DAY.seconds)
        return Params(
            commit=_HOUR,
            reveal=_HOUR,
            aggregate=_HOUR,
            challenge=_DAY,
            unbonding=two_days,
            min_submissions=3,
            max_submissions=100,
            min_stake=500 * TOKEN,
            aggregator_bond=200 * TOKEN,
            round_reward=1_000 * TOKEN,
        )

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
