"""The point with the least sum of distances to all updates."""

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.learning.robust.distances import norms


def geometric_median_weights(updates: Array, *, steps: int = 3, floor: float = 0.1) -> Array:
    """What each update counts (float32[n], sum 1) after ``steps`` of Weiszfeld's algorithm from zero.

    Smoothed (RFA, Pillutla et al. 2022): a distance below ``floor`` counts as that. Updates that are
    not finite count nothing.
    """
    finite = jnp.isfinite(updates).all(axis=1)
    usable = jnp.where(finite[:, None], updates, 0.0)

    def step(_: int, weights: Array) -> Array:
        apart = jnp.maximum(norms(usable - weights @ usable), floor)
        pull = jnp.where(finite, 1 / apart, 0.0)
        return pull / jnp.sum(pull)

    result: Array = jax.lax.fori_loop(0, steps, step, jnp.zeros(len(updates), jnp.float32))
    return result


def geometric_median(updates: Array, *, steps: int = 3, floor: float = 0.1) -> Array:
    """The smoothed geometric median (float32[d]) of ``updates`` (float32[n, d])."""
    weights = geometric_median_weights(updates, steps=steps, floor=floor)
    return weights @ jnp.where(weights[:, None] > 0, updates, 0.0)
