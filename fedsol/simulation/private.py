"""Differential privacy in a simulation: of whole clients, or of single samples of each."""

from dataclasses import dataclass

import jax
import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.learning.privacy import Budget, ClientPrivacy, ExamplePrivacy, clip


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
