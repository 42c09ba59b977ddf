"""Robust strategies that choose among updates: whom the others are close to, or who stands out."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from fedsol.errors import ConfigError
from fedsol.learning import robust
from fedsol.learning.strategies.base import Stateless, Weighing, require


@dataclass(frozen=True)
class MultiKrum(Weighing):
    """The mean of the updates that are closest to their nearest ones (Blanchard et al. 2017).

    As in Flower those that are chosen count by their samples, a number that nobody can check; the
    form with weights counts them alike.
    """

    num_malicious_nodes: int = 0
    num_nodes_to_select: int = 1

    def __post_init__(self) -> None:
        if self.num_malicious_nodes < 0 or self.num_nodes_to_select < 1:
            raise ConfigError("Krum selects at least one node, against none or more")

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """See ``Strategy``."""
        given = jnp.asarray(updates)
        counted = self.chosen(given) * jnp.asarray(weights, jnp.float32)
        finite = jnp.where(jnp.isfinite(given), given, 0.0)
        return jnp.asarray(parameters) + robust.mean(finite, counted), state

    def chosen(self, updates: Array) -> Array:
        """Ones and zeros."""
        least = max(2 * self.num_malicious_nodes + 3, self.num_nodes_to_select)
        require(updates, least, f"{type(self).__name__} against {self.num_malicious_nodes}")
        result: Array = krum_weights(updates, self.num_malicious_nodes, self.num_nodes_to_select)
        return result


@dataclass(frozen=True)
class Krum(MultiKrum):
    """The one update that is closest to its nearest ones."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_nodes_to_select != 1:
            raise ConfigError("Krum selects one update", hint="Use MultiKrum to select several.")


@dataclass(frozen=True)
class Bulyan(Stateless):
    """Krum's choice, then a mean around the median of each coordinate (El Mhamdi et al. 2018)."""

    num_malicious_nodes: int = 0

    def step(self, updates: Array) -> Array:
        """See ``Stateless``.

        Raises:
            LearningError: fewer than ``4f + 3`` updates.
        """
        least = 4 * self.num_malicious_nodes + 3
        require(updates, least, f"Bulyan against {self.num_malicious_nodes}")
        result: Array = _bulyan(updates, self.num_malicious_nodes)
        return result


@dataclass(frozen=True)
class DnC(Weighing):
    """Without those who stand out along the direction of most difference (Shejwalkar et al. 2021)."""

    num_malicious_nodes: int = 1
    iterations: int = 3
    coordinates: int = 10_000
    filter_fraction: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.filter_fraction <= 1:
            raise ConfigError(f"filter_fraction is above 0 and at most 1: {self.filter_fraction}")

    def start(self, parameters: ArrayLike) -> Any:
        """Rounds so far: each draws other coordinates."""
        return jnp.zeros((), jnp.int32)

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """See ``Strategy``; every update has one voice."""
        given = jnp.asarray(updates)
        finite = jnp.where(jnp.isfinite(given), given, 0.0)
        return jnp.asarray(parameters) + robust.mean(finite, self.drawn(given, state)), state + 1

    def chosen(self, updates: Array) -> Array:
        """Ones and zeros, of a first round."""
        return self.drawn(updates, 0)

    def drawn(self, updates: Array, rounds: int | Array) -> Array:
        """Ones and zeros, after so many rounds."""
        require(updates, self.num_malicious_nodes + 1, f"DnC against {self.num_malicious_nodes}")
        key = jax.random.fold_in(jax.random.key(self.seed), rounds)
        settings = (self.iterations, self.coordinates, self.filter_fraction)
        result: Array = _dnc(updates, self.num_malicious_nodes, key, *settings)
        return result


@partial(jax.jit, static_argnums=(1, 2))
def krum_weights(updates: Array, byzantine: int, keep: int) -> Array:
    """Ones for the ``keep`` of the updates that Krum trusts most, else zeros (float32[n])."""
    return robust.lowest(robust.krum_scores(robust.squared_distances(updates), byzantine), keep)


_bulyan = partial(jax.jit, static_argnums=1)(robust.bulyan)


@partial(jax.jit, static_argnums=(1, 3, 4, 5))
def _dnc(
    updates: Array, byzantine: int, key: Array, iterations: int, coordinates: int, share: float
) -> Array:
    return robust.dnc_weights(
        updates,
        byzantine,
        key,
        iterations=iterations,
        coordinates=coordinates,
        filter_fraction=share,
    )
