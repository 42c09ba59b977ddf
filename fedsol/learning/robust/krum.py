"""Rules that trust whom many others are close to: Krum and what was made of it."""

import jax.numpy as jnp
from jax import Array

from fedsol.learning.robust.coordinatewise import closest_to_median
from fedsol.learning.robust.distances import squared_distances


def krum_scores(distances: Array, byzantine: int, *, neighbours: int | None = None) -> Array:
    """Sum of squared distances to the nearest others (float32[n]); the lower, the more trusted.

    ``distances`` (float32[n, n]) are squared. So many ``neighbours`` count: ``n - byzantine - 2``
    (Blanchard et al. 2017) unless given, at least one.
    """
    count = len(distances)
    nearest = max(1, count - byzantine - 2 if neighbours is None else neighbours)
    others = jnp.where(jnp.eye(count, dtype=bool), jnp.inf, distances)
    return jnp.sum(jnp.sort(others, axis=1)[:, :nearest], axis=1)


def lowest(scores: Array, count: int) -> Array:
    """Ones for the ``count`` lowest scores, else zeros (float32[n]); ties go to the lower index."""
    chosen = jnp.argsort(scores, stable=True)[:count]
    return jnp.zeros(len(scores), jnp.float32).at[chosen].set(1.0)


def krum(updates: Array, byzantine: int, *, neighbours: int | None = None) -> Array:
    """The update with the lowest score (float32[d])."""
    scores = krum_scores(squared_distances(updates), byzantine, neighbours=neighbours)
    return updates[jnp.argmin(scores)]


def multi_krum(
    updates: Array, byzantine: int, keep: int, *, neighbours: int | None = None
) -> Array:
    """Mean of the ``keep`` updates with the lowest scores (float32[d])."""
    scores = krum_scores(squared_distances(updates), byzantine, neighbours=neighbours)
    return lowest(scores, keep) @ updates / keep


def bulyan(updates: Array, byzantine: int) -> Array:
    """Krum's choice of ``n - 2f``, then of each coordinate the ``n - 4f`` closest to their median.

    (El Mhamdi et al. 2018, in the form that Flower has: the choice is made at once.) Needs
    ``n >= 4f + 3``.
    """
    selected = len(updates) - 2 * byzantine
    scores = krum_scores(squared_distances(updates), byzantine)
    trusted = updates[jnp.argsort(scores, stable=True)[:selected]]
    return closest_to_median(trusted, selected - 2 * byzantine)
