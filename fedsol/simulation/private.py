"""Client-level differential privacy in a simulation: who may move the model how far, and for how long."""

from dataclasses import dataclass

import jax
import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.learning.privacy import Budget, ClientPrivacy, PrivacyLedger, Release, clip


@dataclass(frozen=True)
class Privacy:
    """What is clipped and noised, and the ``budget`` at which the simulation stops.

    The noise follows from the simulation's seed, so that a run can be repeated: it shows what
    privacy costs, and protects nobody. Simulated clients have nothing to hide.
    """

    mechanism: ClientPrivacy
    budget: Budget | None = None

    def ledger(self, rounds: int, asked: int, clients: int) -> PrivacyLedger | None:
        """The ledger after so many rounds; None without a budget."""
        if self.budget is None:
            return None
        done = [Release(self.mechanism.noise_multiplier, asked, clients, rounds)] if rounds else []
        return PrivacyLedger(self.budget, done)

    def release(self, asked: int, clients: int) -> Release:
        """What one round costs."""
        return Release(self.mechanism.noise_multiplier, asked, clients)


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
