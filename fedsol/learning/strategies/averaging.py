"""Federated averaging, and its form that changes nothing on the server."""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from fedsol.errors import ConfigError
from fedsol.learning.aggregation import Mean, Rule
from fedsol.learning.robust import mean


@dataclass(frozen=True)
class FedAvg:
    """The mean of the updates, weighted (McMahan et al. 2017)."""

    needs_only_mean: ClassVar[bool] = True

    def start(self, parameters: ArrayLike) -> Any:
        """Nothing."""
        return ()

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """See ``Strategy``."""
        step = mean(jnp.asarray(updates), jnp.asarray(weights, jnp.float32))
        return jnp.asarray(parameters) + step, state

    def rule(self, clients: int) -> Rule | None:
        """The program's mean."""
        return Mean()

    def weights(self, updates: ArrayLike, parameters: ArrayLike) -> Array | None:
        """All count alike: a chain cannot check how many samples somebody has."""
        return jnp.ones(jnp.shape(updates)[0], jnp.float32)


@dataclass(frozen=True)
class FedProx(FedAvg):
    """``FedAvg`` of clients that are held near the model by ``proximal_mu`` (Li et al. 2020)."""

    proximal_mu: float = 0.1

    def __post_init__(self) -> None:
        if self.proximal_mu < 0:
            raise ConfigError(f"proximal_mu must not be negative: {self.proximal_mu}")
