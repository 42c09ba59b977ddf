"""Attackers that act together stand out along one direction."""

import jax
import jax.numpy as jnp
from jax import Array


def dnc_weights(
    updates: Array,
    byzantine: int,
    key: Array,
    *,
    iterations: int = 3,
    coordinates: int = 10_000,
    filter_fraction: float = 1.0,
) -> Array:
    """Ones for the updates that are trusted, else zeros (float32[n]; DnC, Shejwalkar et al. 2021).

    Each iteration looks at random ``coordinates``, all of them if there are no more, and drops the
    ``filter_fraction · f`` updates farthest along the direction in which all differ most. Trusted is
    who was never dropped; if that is nobody, who was dropped least often. Updates that are not
    finite are not trusted.
    """
    kept = len(updates) - int(filter_fraction * byzantine)
    finite, size = jnp.isfinite(updates).all(axis=1), updates.shape[1]
    given = jnp.where(finite[:, None], updates, 0.0)

    def keeps(key: Array) -> Array:
        seen = given
        if coordinates < size:
            seen = given[:, jax.random.randint(key, (coordinates,), 0, size)]
        centred = seen - jnp.mean(seen, axis=0)
        # The left singular vectors of n x n are those of n x size, and n is small.
        values, vectors = jnp.linalg.eigh(jnp.matmul(centred, centred.T, precision="highest"))
        order = jnp.argsort(values[-1] * vectors[:, -1] ** 2, stable=True)
        return jnp.ones(len(updates), jnp.float32).at[order[kept:]].set(0.0)

    kept_in = jax.lax.map(keeps, jax.random.split(key, iterations))
    times_kept = jnp.where(finite, jnp.sum(kept_in, axis=0), -1)
    return (times_kept == jnp.max(times_kept)).astype(jnp.float32)
