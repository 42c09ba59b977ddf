"""What privacy has cost in a simulation, round by round, and the stop at its budget."""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fedsol.learning.privacy import (
    Budget,
    BudgetExhausted,
    ClientPrivacy,
    ExamplePrivacy,
    PrivacyLedger,
    Release,
    epsilon_of,
)
from fedsol.simulation.local import LocalTraining
from fedsol.simulation.participation import Turnout
from fedsol.simulation.private import ClientNoise
from fedsol.simulation.settings import Settings


class Spending(Protocol):
    """Books rounds before they are trained."""

    def spend(self, turnout: Turnout) -> None:
        """Books one round.

        Raises:
            BudgetExhausted: it would exceed the budget; it is not booked and must not be trained.
        """

    @property
    def epsilon(self) -> float:
        """What has been spent, at the budget's delta: by whoever spent the most."""


@dataclass(eq=False)
class ClientSpending:
    """One ledger for all: each round is one noisy sum of ``asked`` of ``clients`` updates."""

    mechanism: ClientPrivacy
    budget: Budget
    asked: int
    clients: int
    before: InitVar[Sequence[Turnout]] = ()

    def __post_init__(self, before: Sequence[Turnout]) -> None:
        done = [self._round.times(len(before))] if before else []
        self.ledger = PrivacyLedger(self.budget, done)

    def spend(self, turnout: Turnout) -> None:
        """See :class:`Spending`; who is asked pays, whoever comes."""
        self.ledger.spend(self._round)

    @property
    def epsilon(self) -> float:
        """See :class:`Spending`."""
        return self.ledger.epsilon

    @property
    def _round(self) -> Release:
        return Release(self.mechanism.noise_multiplier, self.asked, self.clients)


@dataclass(eq=False)
class MaskedSpending:
    """One ledger for all: each round is one sum to which each of who is left has added its noise.

    That few are asked makes nothing cheaper, as members know who was. A sum of fewer than ``least``
    is never unmasked; its round is booked, as one of so many.
    """

    noise: ClientNoise
    budget: Budget
    least: int
    before: InitVar[Sequence[Turnout]] = ()

    def __post_init__(self, before: Sequence[Turnout]) -> None:
        self.ledger = PrivacyLedger(self.budget, map(self._round, before))

    def spend(self, turnout: Turnout) -> None:
        """See :class:`Spending`."""
        self.ledger.spend(self._round(turnout))

    @property
    def epsilon(self) -> float:
        """See :class:`Spending`."""
        return self.ledger.epsilon

    def _round(self, turnout: Turnout) -> Release:
        return Release(self.noise.multiplier(max(self.least, len(turnout.present))))


@dataclass(eq=False)
class ExampleSpending:
    """A ledger for each client, as each is about its own samples; the worst one's is the figure.

    ``sizes`` (int64[n]) are everybody's numbers of samples. A client pays for the rounds in which it
    trained, too late or not: what it has sent is out. That few are asked makes nothing cheaper, as
    whoever sees the updates sees who was.
    """

    mechanism: ExamplePrivacy
    budget: Budget
    local: LocalTraining
    sizes: NDArray[np.int64]
    before: InitVar[Sequence[Turnout]] = ()

    def __post_init__(self, before: Sequence[Turnout]) -> None:
        self.rounds: NDArray[np.int64] = np.zeros(len(self.sizes), np.int64)
        for turnout in before:
            self.rounds = self._after(turnout)
        self.epsilon: float = self._worst(self.rounds)[1]

    def spend(self, turnout: Turnout) -> None:
        """See :class:`Spending`."""
        after = self._after(turnout)
        worst, epsilon = self._worst(after)
        if epsilon > self.budget.epsilon:
            raise BudgetExhausted(
                f"epsilon of client {worst} would be {epsilon:.4g} at delta"
                f" {self.budget.delta:.3g}; {self.budget.epsilon:.4g} is allowed"
            )
        self.rounds, self.epsilon = after, epsilon

    def ledger(self, client: int) -> PrivacyLedger:
        """One client's."""
        return PrivacyLedger(self.budget, self._releases(client, int(self.rounds[client])))

    def _after(self, turnout: Turnout) -> NDArray[np.int64]:
        rounds = self.rounds.copy()
        rounds[[*turnout.present, *turnout.late]] += 1
        return rounds

    def _worst(self, rounds: NDArray[np.int64]) -> tuple[int, float]:
        """Who would have spent the most after so many rounds (int64[n]), and how much."""
        spent = {}
        for size in np.unique(self.sizes):
            # Of clients of one size, whoever trained most often.
            client = int(np.argmax(np.where(self.sizes == size, rounds, -1)))
            done = self._releases(client, int(rounds[client]))
            spent[client] = epsilon_of(self.budget, done) if done else 0.0
        worst = max(spent, key=spent.__getitem__)
        return worst, spent[worst]

    def _releases(self, client: int, rounds: int) -> list[Release]:
        size, local = int(self.sizes[client]), self.local
        one = self.mechanism.release(size, epochs=local.epochs, batch_size=local.batch_size)
        return [one.times(rounds)] if rounds else []


def spending_of(settings: Settings, rounds: int) -> Spending | None:
    """The books after so many rounds; None where nothing limits what privacy costs."""
    privacy, people = settings.privacy, len(settings.population)
    if privacy is None or privacy.budget is None:
        return None
    everybody, asked = settings.population.sizes(range(people)), settings.participation
    before = [asked.draw(everybody, settings.seed, number) for number in range(1, rounds + 1)]
    if isinstance(privacy.mechanism, ClientPrivacy):
        if settings.masking is not None:
            noise, least = settings.client_noise(), settings.masked_plan.least_survivors
            assert noise is not None  # without one no budget is claimed
            return MaskedSpending(noise, privacy.budget, least, before)
        return ClientSpending(privacy.mechanism, privacy.budget, settings.asked, people, before)
    local = settings.local_training()
    return ExampleSpending(privacy.mechanism, privacy.budget, local, everybody, before)
