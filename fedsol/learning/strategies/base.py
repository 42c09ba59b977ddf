"""What a strategy is: how a server makes the next model of a round's updates."""

from typing import Any, ClassVar, Protocol

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from fedsol.errors import LearningError
from fedsol.learning.aggregation import Rule
from fedsol.learning.robust import mean


class Strategy(Protocol):
    """Combines client updates; a frozen dataclass, so that it can be compared and written down."""

    needs_only_mean: ClassVar[bool]
    """Whether the mean of the updates is all it looks at: then they need not be kept."""

    def start(self, parameters: ArrayLike) -> Any:
        """What it remembers before the first round: a pytree of arrays, ``()`` if nothing."""

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """The next parameters (float32[d]) and state.

        ``updates`` (float32[n, d]) are the clients' differences, ``weights`` (float32[n]) what each
        counts, as a rule its number of samples.
        """

    def rule(self, clients: int) -> Rule | None:
        """The program's rule that settles it exactly for so many updates; None if there is none."""

    def weights(self, updates: ArrayLike, parameters: ArrayLike) -> Array | None:
        """Its form as *selection + weights*: what each update counts (float32[n]), at least 0.

        ``Σ w u / Σ w`` is the step, but for a factor that the strategy names if there is one. None
        where it is no weighted mean.
        """


class Stateless:
    """A strategy that remembers nothing and whose step is :meth:`step` of the updates."""

    needs_only_mean: ClassVar[bool] = False

    def start(self, parameters: ArrayLike) -> Any:
        """Nothing."""
        return ()

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """See ``Strategy``; every update has one voice, whatever number of samples it claims."""
        return jnp.asarray(parameters) + self.step(jnp.asarray(updates)), state

    def step(self, updates: Array) -> Array:
        """What is added to the parameters (float32[d])."""
        raise NotImplementedError

    def rule(self, clients: int) -> Rule | None:
        """None: the program has no such rule."""
        return None

    def weights(self, updates: ArrayLike, parameters: ArrayLike) -> Array | None:
        """None: it is no weighted mean."""
        return None


class Weighing(Stateless):
    """A weighted mean of the updates: :meth:`chosen` says what each counts."""

    def step(self, updates: Array) -> Array:
        """``Σ w u / Σ w`` (float32[d])."""
        return mean(jnp.where(jnp.isfinite(updates), updates, 0.0), self.chosen(updates))

    def weights(self, updates: ArrayLike, parameters: ArrayLike) -> Array | None:
        """See ``Strategy``."""
        return self.chosen(jnp.asarray(updates))

    def chosen(self, updates: Array) -> Array:
        """What each update counts (float32[n])."""
        raise NotImplementedError


def require(updates: Array, least: int, what: str) -> None:
    """Refuse fewer than ``least`` updates (float32[n, d]).

    Raises:
        LearningError: there are fewer.
    """
    if len(updates) < least:
        raise LearningError(f"{what} takes {least} updates, not {len(updates)}")
