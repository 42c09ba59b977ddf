"""Rules that bound how far any one update can pull."""

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.learning.robust.coordinatewise import mean
from fedsol.learning.robust.distances import TINY, norms


def clip_factors(updates: Array, limit: float | Array) -> Array:
    """By how much each update is scaled so that its norm is at most ``limit`` (float32[n], at most 1)."""
    return jnp.minimum(1.0, limit / jnp.maximum(norms(updates), TINY))


def norm_clipping(updates: Array, limit: float) -> Array:
    """The updates (float32[n, d]), none longer than ``limit``."""
    return clip_factors(updates, limit)[:, None] * updates


def adaptive_limit(updates: Array, byzantine: int) -> Array:
    """The norm to which the longest are clipped (ARC, Allouah et al. 2025).

    ``2f/n · (n - f)`` updates are clipped to the longest of the others.
    """
    count = len(updates)
    clipped = int(2 * byzantine / count * (count - byzantine))
    return jnp.sort(norms(updates))[count - clipped - 1]


def centered_clipping(
    updates: Array, centre: Array | None = None, *, radius: float = 100.0, steps: int = 1
) -> Array:
    """``v + mean(clip(u - v))`` (float32[d]), ``steps`` times from ``centre`` (Karimireddy et al. 2021).

    ``centre`` (float32[d]) is zero unless given: best is the aggregate of the round before.
    """
    start = jnp.zeros(updates.shape[1], jnp.float32) if centre is None else centre

    def step(_: int, middle: Array) -> Array:
        return middle + mean(norm_clipping(updates - middle, radius))

    result: Array = jax.lax.fori_loop(0, steps, step, start)
    return result


def centered_clipping_weights(updates: Array, *, radius: float = 100.0, steps: int = 1) -> Array:
    """What each update counts (float32[n], sum at most 1) in :func:`centered_clipping` from zero.

    ``weights @ updates`` is its result.
    """

    def step(_: int, weights: Array) -> Array:
        moved = clip_factors(updates - weights @ updates, radius) / len(updates)
        return (1 - jnp.sum(moved)) * weights + moved

    result: Array = jax.lax.fori_loop(0, steps, step, jnp.zeros(len(updates), jnp.float32))
    return result
