"""Optimisers on the server, which take the mean update for a gradient (Reddi et al. 2021).

They remember vectors from round to round. The program does not hold these, so that no rule of it can
settle them.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from fedsol.learning.aggregation import Rule
from fedsol.learning.robust import mean


class _ServerOptimiser:
    """Makes a step of the mean update and of what it remembers."""

    needs_only_mean: ClassVar[bool] = True

    def start(self, parameters: ArrayLike) -> Any:
        """First and second moment (float32[d] each), both zero, and rounds so far."""
        zero = jnp.zeros(jnp.shape(parameters), jnp.float32)
        return zero, zero, jnp.zeros((), jnp.int32)

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """See ``Strategy``."""
        change = mean(jnp.asarray(updates), jnp.asarray(weights, jnp.float32))
        step, after = self.step(change, state)
        return jnp.asarray(parameters) + step, after

    def step(self, change: Array, state: Any) -> tuple[Array, Any]:
        """The step (float32[d]) that the mean update ``change`` (float32[d]) makes, and the state."""
        raise NotImplementedError

    def rule(self, clients: int) -> Rule | None:
        """None: the program does not hold the state."""
        return None

    def weights(self, updates: ArrayLike, parameters: ArrayLike) -> Array | None:
        """None: the step is no mean of the updates."""
        return None


@dataclass(frozen=True)
class FedAvgM(_ServerOptimiser):
    """Momentum on the server (Hsu et al. 2019)."""

    server_learning_rate: float = 1.0
    server_momentum: float = 0.0

    def step(self, change: Array, state: Any) -> tuple[Array, Any]:
        """``v = momentum · v + change``; the step is ``rate · v``."""
        velocity, unused, rounds = state
        velocity = self.server_momentum * velocity + change
        return self.server_learning_rate * velocity, (velocity, unused, rounds + 1)


@dataclass(frozen=True)
class FedAdagrad(_ServerOptimiser):
    """Adagrad on the server; ``eta_l`` is the clients' learning rate, and only named here."""

    eta: float = 0.1
    eta_l: float = 0.1
    tau: float = 1e-3

    def step(self, change: Array, state: Any) -> tuple[Array, Any]:
        """``v += change²``."""
        first, second, rounds = state
        second = second + change**2
        return self.eta * change / (jnp.sqrt(second) + self.tau), (first, second, rounds + 1)


@dataclass(frozen=True)
class FedAdam(_ServerOptimiser):
    """Adam on the server, with its bias correction as Flower has it."""

    eta: float = 0.1
    eta_l: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.99
    tau: float = 1e-3

    def step(self, change: Array, state: Any) -> tuple[Array, Any]:
        """``m = β₁ m + (1 - β₁) change``, ``v = β₂ v + (1 - β₂) change²``."""
        first, second, rounds = state
        first = self.beta_1 * first + (1 - self.beta_1) * change
        second = self.beta_2 * second + (1 - self.beta_2) * change**2
        # Flower's rounds count from 1 and it adds 1 to them.
        power = rounds.astype(jnp.float32) + 2
        rate = self.eta * jnp.sqrt(1 - self.beta_2**power) / (1 - self.beta_1**power)
        return rate * first / (jnp.sqrt(second) + self.tau), (first, second, rounds + 1)


@dataclass(frozen=True)
class FedYogi(_ServerOptimiser):
    """Yogi on the server: the second moment moves by a bounded amount."""

    eta: float = 0.01
    eta_l: float = 0.0316
    beta_1: float = 0.9
    beta_2: float = 0.99
    tau: float = 1e-3

    def step(self, change: Array, state: Any) -> tuple[Array, Any]:
        """``v -= (1 - β₂) change² sign(v - change²)``."""
        first, second, rounds = state
        first = self.beta_1 * first + (1 - self.beta_1) * change
        square = change**2
        second = second - (1 - self.beta_2) * square * jnp.sign(second - square)
        return self.eta * first / (jnp.sqrt(second) + self.tau), (first, second, rounds + 1)
