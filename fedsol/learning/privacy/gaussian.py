"""Client-level differential privacy: clip every client's update, and hide each in noise of the sum.

McMahan et al., Learning Differentially Private Recurrent Language Models, ICLR 2018. Adding or
removing one client changes the sum of clipped updates by ``clip_norm`` at most, so that noise of
``noise_multiplier * clip_norm`` is the Gaussian mechanism that a ledger accounts for. The key must
be drawn from the system's randomness and be forgotten: who knows it can take the noise off.
"""

import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from fedsol.errors import ConfigError


@dataclass(frozen=True)
class ClientPrivacy:
    """The bound of an update's Euclidean norm, and the noise as a multiple of it.

    Raises:
        ConfigError: the bound is not positive, or the multiplier negative.
    """

    clip_norm: float
    noise_multiplier: float

    def __post_init__(self) -> None:
        check_noise(self.clip_norm, self.noise_multiplier)

    def sum(self, updates: ArrayLike, key: Array) -> Array:
        """The noisy sum (float32[d]) of clipped updates (float32[n, d])."""
        clipped = jnp.sum(clip(updates, self.clip_norm), axis=0)
        return clipped + self.noise_multiplier * self.clip_norm * jax.random.normal(
            key, clipped.shape, clipped.dtype
        )

    def mean(self, updates: ArrayLike, key: Array, *, expected: float) -> Array:
        """The noisy sum over the number of clients that was *expected*.

        The number that came is itself private under sampling, and must not divide.
        """
        if expected <= 0:
            raise ConfigError(f"a mean is of a positive number of clients, not {expected}")
        return self.sum(updates, key) / expected


def clip(updates: ArrayLike, clip_norm: float) -> Array:
    """Updates (float32[n, d]), each scaled down to the norm if it is longer.

    An update whose norm is NaN or overflows float32 counts as zero: it would pass every bound.
    """
    rows = jnp.asarray(updates)
    norms = jnp.linalg.norm(rows, axis=1, keepdims=True)
    return jnp.where(jnp.isfinite(norms), rows, 0.0) * clip_factors(norms, clip_norm)


def clip_factors(norms: Array, clip_norm: float) -> Array:
    """What scales vectors of these norms (float32, any shape) down to the bound; 0 for no norm."""
    factors = jnp.minimum(1.0, clip_norm / jnp.maximum(norms, 1e-30))
    return jnp.where(jnp.isfinite(norms), factors, 0.0)


def check_noise(clip_norm: float, noise_multiplier: float) -> None:
    """Refuse what is no mechanism. Raises ConfigError."""
    if not 0 < clip_norm < math.inf:
        raise ConfigError(f"clip_norm must be positive, not {clip_norm}")
    if not 0 <= noise_multiplier < math.inf:
        raise ConfigError(f"noise_multiplier must not be negative, nor is it {noise_multiplier}")
