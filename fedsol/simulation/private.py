"""Differential privacy in a simulation: of whole clients, or of single samples of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.learning.fixed_point import MAX_QMAX
from fedsol.learning.privacy import (
    Budget,
    ClientPrivacy,
    ExamplePrivacy,
    add_noise,
    clip,
    effective_multiplier,
)

_OWN = 0xD6A  # sets the clients' noise apart from what else is drawn from the seed


@dataclass(frozen=True)
class Privacy:
    """What is clipped and noised, and the ``budget`` at which the simulation stops.

    A :class:`ClientPrivacy` bounds and hides what a client moves, in the sum of a round; an
    :class:`ExamplePrivacy` what a sample moves, in each client's own training. The noise follows from
    the simulation's seed, so that a run can be repeated: it shows what privacy costs, and protects
    nobody. Simulated clients have nothing to hide.
    """

    mechanism: ClientPrivacy | ExamplePrivacy
    budget: Budget | None = None


@dataclass(frozen=True)
class Noise:
    """Clipping and noise of one run: ``expected`` clients a round, whoever comes."""

    mechanism: ClientPrivacy
    expected: int
    key: Array

    def clipped(self, updates: NDArray[np.float32]) -> NDArray[np.float32]:
        """Updates (float32[b, d]) that are no longer than the bound."""
        return np.asarray(clip(updates, self.mechanism.clip_norm))

    def mean(self, total: NDArray[np.float64], number: int) -> NDArray[np.float32]:
        """The noisy mean (float32[d]) of clipped updates with this sum (float64[d]), in a round."""
        deviation = self.mechanism.noise_multiplier * self.mechanism.clip_norm
        drawn = jax.random.normal(jax.random.fold_in(self.key, number), total.shape)
        return ((total + deviation * np.asarray(drawn)) / self.expected).astype(np.float32)


@dataclass(frozen=True)
class ClientNoise:
    """Under masks: each client's part of the noise, of one ``deviation`` in the update's integers.

    ``max_norm_squared`` is the bound of Σ q², ``size`` the number of values. The noise of ``liars``
    hides nobody: whom they help knows it.
    """

    deviation: float
    max_norm_squared: int
    size: int
    liars: int
    seed: int

    def added(
        self, clients: Sequence[int], updates: NDArray[np.int16], number: int
    ) -> NDArray[np.int16]:
        """The updates (int16[b, d]) with the noise of their clients, in a round."""
        drawn = (np.random.default_rng([self.seed, _OWN, number, client]) for client in clients)
        noisy = [
            add_noise(update, self.deviation, MAX_QMAX, generator)
            for update, generator in zip(updates, drawn, strict=True)
        ]
        return np.stack(noisy)

    def multiplier(self, survivors: int) -> float:
        """The noise of a sum of so many, to be accounted for, as a multiple of the bound."""
        honest = survivors - self.liars
        return effective_multiplier(self.deviation, honest, self.max_norm_squared, self.size)
