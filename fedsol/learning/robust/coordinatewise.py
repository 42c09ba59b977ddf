"""Rules that look at one coordinate at a time: what the program settles exactly."""

import jax.numpy as jnp
from jax import Array

from fedsol.learning.sorting import over_sorted, sum_sorted


def mean(updates: Array, weights: Array | None = None) -> Array:
    """``Σ w u / Σ w`` (float32[d]) of ``updates`` (float32[n, d]); all count alike unless given."""
    counted = jnp.ones(len(updates), jnp.float32) if weights is None else weights
    # A product of matrices: XLA's mean over rows takes up to fifty times as long on a processor.
    return (counted / jnp.sum(counted)) @ updates


def median(updates: Array) -> Array:
    """The middle value of each coordinate, or the mean of the two in the middle (float32[d])."""
    start, stop = (len(updates) - 1) // 2, len(updates) // 2 + 1
    return sum_sorted(updates, start, stop, updates.dtype) / (stop - start)


def trimmed_mean(updates: Array, trim: int) -> Array:
    """Mean without the ``trim`` lowest and highest of each coordinate (Yin et al. 2018)."""
    stop = len(updates) - trim
    return sum_sorted(updates, trim, stop, updates.dtype) / (stop - trim)


def closest_to_median(updates: Array, count: int) -> Array:
    """Mean of the ``count`` values of each coordinate that are closest to its median (float32[d])."""
    total = len(updates)

    def combine(ordered: Array) -> Array:
        middle = (ordered[(total - 1) // 2] + ordered[total // 2]) / 2
        # The closest are neighbours in order: they begin where the farther end is nearest.
        below = middle - ordered[: total - count + 1]
        above = ordered[count - 1 :] - middle
        first = jnp.argmin(jnp.maximum(below, above), axis=0)
        rank = jnp.arange(total)[:, None] - first
        return jnp.sum(jnp.where((rank >= 0) & (rank < count), ordered, 0.0), axis=0) / count

    return over_sorted(updates, combine)
