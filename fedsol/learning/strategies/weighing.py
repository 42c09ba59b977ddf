"""Robust strategies that weigh every update, by its distance, its length or its direction."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from fedsol.errors import ConfigError
from fedsol.learning import robust
from fedsol.learning.strategies.base import Weighing, require


@dataclass(frozen=True)
class GeometricMedian(Weighing):
    """The smoothed geometric median (RFA, Pillutla et al. 2022)."""

    steps: int = 8
    floor: float = 1e-6

    def chosen(self, updates: Array) -> Array:
        """Inverse distances to the median."""
        result: Array = _geometric(updates, steps=self.steps, floor=self.floor)
        return result


@dataclass(frozen=True)
class NormClipping(Weighing):
    """The mean of updates that are clipped to the norm ``limit``, or to what follows from them.

    With ``num_malicious_nodes`` the limit follows the updates (ARC, Allouah et al. 2025). The form
    with weights divides by their sum ``Σ w`` instead of by ``n``: it steps ``n / Σ w`` times as far.
    """

    limit: float = 0.0
    num_malicious_nodes: int = 0

    def __post_init__(self) -> None:
        if (self.limit > 0) == (self.num_malicious_nodes > 0):
            raise ConfigError("norm clipping takes a limit above 0, or a number of malicious nodes")

    def step(self, updates: Array) -> Array:
        """See ``Stateless``."""
        return self.chosen(updates) @ updates / len(updates)

    def chosen(self, updates: Array) -> Array:
        """The factors that the updates are scaled by."""
        require(updates, self.num_malicious_nodes + 1, "NormClipping")
        limit = self.limit or robust.adaptive_limit(updates, self.num_malicious_nodes)
        return robust.clip_factors(updates, limit)


@dataclass(frozen=True)
class CenteredClipping:
    """The last step, moved towards each update by at most ``radius`` (Karimireddy et al. 2021).

    The form with weights is that of a first round, which begins at zero, and steps ``1 / Σ w`` times
    as far.
    """

    radius: float = 1.0
    steps: int = 1
    needs_only_mean: ClassVar[bool] = False

    def start(self, parameters: ArrayLike) -> Any:
        """The centre (float32[d]): no step yet."""
        return jnp.zeros(jnp.shape(parameters), jnp.float32)

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """See ``Strategy``."""
        step = _centered(jnp.asarray(updates), state, radius=self.radius, steps=self.steps)
        return jnp.asarray(parameters) + step, step

    def rule(self, clients: int) -> None:
        """None: the program does not hold the centre."""

    def weights(self, updates: ArrayLike, parameters: ArrayLike) -> Array | None:
        """By how much each update, from zero, moves the centre."""
        result: Array = _centered_weights(
            jnp.asarray(updates), radius=self.radius, steps=self.steps
        )
        return result


@dataclass(frozen=True, eq=False)
class FLTrust:
    """Updates count by how much they agree with the server's own (Cao et al. 2021).

    ``root`` makes of parameters (float32[d]) the update (float32[d]) that the server learns on a
    small set of clean data. The form with weights divides by their sum instead of by all trust.
    """

    root: Any = field(repr=False)
    needs_only_mean: ClassVar[bool] = False

    def start(self, parameters: ArrayLike) -> Any:
        """Nothing."""
        return ()

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """See ``Strategy``."""
        root = jnp.asarray(self.root(parameters))
        return jnp.asarray(parameters) + robust.fltrust(jnp.asarray(updates), root), state

    def rule(self, clients: int) -> None:
        """None: nobody else has the server's data."""

    def weights(self, updates: ArrayLike, parameters: ArrayLike) -> Array | None:
        """Trust, by which each has the length of the server's own update."""
        return robust.fltrust_weights(jnp.asarray(updates), jnp.asarray(self.root(parameters)))


_geometric = partial(jax.jit, static_argnames="steps")(robust.geometric_median_weights)
_centered = partial(jax.jit, static_argnames="steps")(robust.centered_clipping)
_centered_weights = partial(jax.jit, static_argnames="steps")(robust.centered_clipping_weights)
