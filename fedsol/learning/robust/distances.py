"""Distances between updates, which most robust rules look at."""

import jax.numpy as jnp
import numpy as np
from jax import Array

TINY = float(np.finfo(np.float32).tiny)
"""What a norm is taken for that would be divided by and is zero."""


# The updates are centred and multiplied in parts, which takes less memory: at most so many, and
# none with fewer coordinates than this but the last.
_PARTS, _LEAST = 16, 2**16
_SEEN = 256  # coordinates that are enough to find an update in the middle


def squared_distances(updates: Array) -> Array:
    """``‖u_i - u_j‖²`` of all pairs (float32[n, n]) of ``updates`` (float32[n, d]).

    By matrix products. One of the updates is subtracted from all first: differences of large equal
    parts would lose the digits that matter. It is one in the middle, because an attacker's, or a
    mean that an attacker pulls far away, would again leave large equal parts.
    """
    size = updates.shape[1]
    centre = updates[_middle(updates)]
    width = max(_LEAST, -(-size // _PARTS))
    gram = jnp.zeros((len(updates), len(updates)), jnp.float32)
    for start in range(0, size, width):
        part = updates[:, start : start + width] - centre[start : start + width]
        gram += jnp.matmul(part, part.T, precision="highest")
    norms = jnp.diagonal(gram)
    apart = jnp.maximum(norms[:, None] + norms[None, :] - 2 * gram, 0.0)
    return jnp.where(jnp.eye(len(updates), dtype=bool), 0.0, apart)


def _middle(updates: Array) -> Array:
    """The index of the update that is closest to the median, by some of the coordinates."""
    seen = jnp.nan_to_num(updates[:, :: -(-updates.shape[1] // _SEEN)])
    median = jnp.sort(seen, axis=0)[len(seen) // 2]
    return jnp.argmin(jnp.sum((seen - median) ** 2, axis=1))


def norms(updates: Array) -> Array:
    """Euclidean norms (float32[n]) of ``updates`` (float32[n, d])."""
    result: Array = jnp.linalg.norm(updates, axis=1)
    return result


def nearest(distances: Array, count: int) -> Array:
    """Indices (int32[n, count]) of the nearest to each, itself first: ties go to the lower index."""
    itself = jnp.where(jnp.eye(len(distances), dtype=bool), -1.0, distances)
    return jnp.argsort(itself, axis=1, stable=True)[:, :count]
