"""Clients that want to be paid without training."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.errors import ConfigError


@dataclass(frozen=True)
class FreeRider:
    """Sends ``zero``; the honest mean of the round before (``stale``); or either with ``noise`` of the
    honest updates' length (Fraboni et al. 2021).

    What was sent before is not known here: a stale update is stood in for by the mean of a random
    half of the honest ones, which is as close to it as one round is to the next.
    """

    kind: str = "zero"
    noise: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in ("zero", "stale"):
            raise ConfigError(f"a free rider sends zero or stale updates, not {self.kind!r}")

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """What the free riders send (float32[b, d])."""
        some, drawn = jax.random.split(key)
        base = jnp.zeros(honest.shape[1], jnp.float32)
        if self.kind == "stale":
            half = jax.random.permutation(some, honest, axis=0)[: -(-len(honest) // 2)]
            base = jnp.mean(half, axis=0)
        length = jnp.mean(jnp.linalg.norm(honest, axis=1))
        random = jax.random.normal(drawn, jnp.shape(own))
        unit = random / jnp.linalg.norm(random, axis=1, keepdims=True)
        result: Array = base + self.noise * length * unit
        return result
