"""Strategies around another one: updates are mixed first, so that honest ones are more alike."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from fedsol.errors import ConfigError
from fedsol.learning import robust
from fedsol.learning.aggregation import Rule
from fedsol.learning.strategies.base import Strategy, require
from fedsol.learning.strategies.coordinatewise import FedTrimmedAvg

_mixing_matrix = partial(jax.jit, static_argnums=1)(robust.mixing_matrix)


class _Mixing:
    """Averages of some updates each, made before ``inner`` combines them."""

    inner: Strategy
    needs_only_mean: ClassVar[bool] = False

    def start(self, parameters: ArrayLike) -> Any:
        """What the inner strategy remembers, and rounds so far."""
        return self.inner.start(parameters), jnp.zeros((), jnp.int32)

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """See ``Strategy``; averages count alike."""
        inner, rounds = state
        given = jnp.asarray(updates)
        mixed = self.matrix(given, rounds) @ jnp.where(jnp.isfinite(given), given, 0.0)
        ones = jnp.ones(len(mixed), jnp.float32)
        after, inner = self.inner.aggregate(inner, parameters, mixed, ones)
        return after, (inner, rounds + 1)

    def rule(self, clients: int) -> Rule | None:
        """None: the program combines the updates that were revealed, not averages of them."""
        return None

    def weights(self, updates: ArrayLike, parameters: ArrayLike) -> Array | None:
        """The inner strategy's of a first round, carried back through the averages."""
        given = jnp.asarray(updates)
        matrix = self.matrix(given, 0)
        inner = self.inner.weights(matrix @ given, parameters)
        return None if inner is None else inner @ matrix

    def matrix(self, updates: Array, rounds: int | Array) -> Array:
        """Which updates each row averages (float32[m, n]), after so many rounds."""
        raise NotImplementedError


@dataclass(frozen=True)
class NearestNeighborMixing(_Mixing):
    """Each update replaced by the mean of its nearest, then ``inner`` (Allouah et al. 2023)."""

    num_malicious_nodes: int = 1
    inner: Strategy = field(default_factory=FedTrimmedAvg)

    def matrix(self, updates: Array, rounds: int | Array) -> Array:
        """Each with its nearest; the same in every round."""
        require(updates, self.num_malicious_nodes + 1, type(self).__name__)
        result: Array = _mixing_matrix(updates, self.num_malicious_nodes)
        return result


@dataclass(frozen=True)
class Bucketing(_Mixing):
    """Means of random buckets of ``size`` updates, then ``inner`` (Karimireddy et al. 2022)."""

    size: int = 2
    inner: Strategy = field(default_factory=FedTrimmedAvg)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.size < 1:
            raise ConfigError(f"a bucket holds at least one update, not {self.size}")

    def matrix(self, updates: Array, rounds: int | Array) -> Array:
        """Buckets drawn anew each round."""
        key = jax.random.fold_in(jax.random.key(self.seed), rounds)
        return robust.bucketing_matrix(jax.random.permutation(key, len(updates)), self.size)
