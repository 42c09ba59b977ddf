"""What is done to updates before a rule, so that honest ones that differ do not look like attacks."""

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.learning.robust.distances import nearest, squared_distances


def mixing_matrix(updates: Array, byzantine: int) -> Array:
    """Row ``i`` (of float32[n, n]) averages the ``n - byzantine`` updates nearest to update ``i``."""
    count = len(updates)
    kept = nearest(squared_distances(updates), count - byzantine)
    rows = jnp.arange(count)[:, None]
    return jnp.zeros((count, count), jnp.float32).at[rows, kept].set(1 / (count - byzantine))


def nnm(updates: Array, byzantine: int) -> Array:
    """Each update replaced by the mean of its nearest (float32[n, d]; Allouah et al. 2023)."""
    return mixing_matrix(updates, byzantine) @ updates


def bucketing(updates: Array, size: int, key: Array) -> Array:
    """Means of random buckets of ``size`` updates, the last one smaller (Karimireddy et al. 2022).

    float32[ceil(n / size), d].
    """
    return bucketing_matrix(jax.random.permutation(key, len(updates)), size) @ updates


def bucketing_matrix(order: Array, size: int) -> Array:
    """Rows (float32[ceil(n / size), n]) that average ``size`` updates at a time of ``order`` (int[n])."""
    count = len(order)
    buckets = -(-count // size)
    bucket = jnp.zeros(count, jnp.int32).at[order].set(jnp.arange(count) // size)
    members = (bucket[None, :] == jnp.arange(buckets)[:, None]).astype(jnp.float32)
    return members / jnp.sum(members, axis=1, keepdims=True)
