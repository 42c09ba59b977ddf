"""Robust strategies that look at one coordinate at a time: the program settles them exactly."""

from dataclasses import dataclass
from functools import partial

import jax
from jax import Array

from fedsol.errors import ConfigError
from fedsol.learning.aggregation import Median, Rule, TrimmedMean
from fedsol.learning.robust import median, trimmed_mean
from fedsol.learning.strategies.base import Stateless

_median = jax.jit(median)
_trimmed_mean = partial(jax.jit, static_argnames="trim")(trimmed_mean)


@dataclass(frozen=True)
class FedMedian(Stateless):
    """The median of each coordinate (Yin et al. 2018)."""

    def step(self, updates: Array) -> Array:
        """See ``Stateless``."""
        result: Array = _median(updates)
        return result

    def rule(self, clients: int) -> Rule | None:
        """The program's median."""
        return Median()


@dataclass(frozen=True)
class FedTrimmedAvg(Stateless):
    """The mean without the share ``beta`` of lowest and of highest values (Yin et al. 2018)."""

    beta: float = 0.2

    def __post_init__(self) -> None:
        if not 0 <= self.beta < 0.5:
            raise ConfigError(f"beta is at least 0 and below 0.5, not {self.beta}")

    def trim(self, clients: int) -> int:
        """How many are cut at each end of so many."""
        return int(self.beta * clients)

    def step(self, updates: Array) -> Array:
        """See ``Stateless``."""
        result: Array = _trimmed_mean(updates, self.trim(len(updates)))
        return result

    def rule(self, clients: int) -> Rule | None:
        """The program's trimmed mean."""
        return TrimmedMean(self.trim(clients))
