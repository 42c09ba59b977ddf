"""Trust that begins at the server: how much an update agrees with one that is known to be good."""

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.learning.robust.distances import TINY, norms


def fltrust_weights(updates: Array, root: Array) -> Array:
    """What each update counts (float32[n]): its trust, by which its length is that of ``root``.

    Trust is the cosine to the update ``root`` (float32[d]) that the server learnt on its own small
    data, and none below zero (FLTrust, Cao et al. 2021).
    """
    length = jnp.linalg.norm(root)
    lengths = jnp.maximum(norms(updates), TINY)
    trust = jax.nn.relu(updates @ root / (lengths * length))
    result: Array = trust * length / lengths
    return result


def fltrust(updates: Array, root: Array) -> Array:
    """``Σ trust · (‖root‖ / ‖u‖) u / Σ trust`` (float32[d]); zero if nobody is trusted."""
    length = jnp.linalg.norm(root)
    lengths = jnp.maximum(norms(updates), TINY)
    weights = fltrust_weights(updates, root)
    trust = jnp.sum(weights * lengths / length)
    return jnp.where(trust > 0, weights @ updates / jnp.where(trust > 0, trust, 1.0), 0.0)
