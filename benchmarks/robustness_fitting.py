"""Weights of updates fitted on held-out data: the rule that the study recommends."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.learning import robust
from fedsol.learning.robust.distances import norms

Loss = Callable[[Array], Array]
"""Mean loss (nats) on the held-out data of parameters (float32[d])."""


def fitted_weights(
    parameters: Array, updates: Array, loss: Loss, *, rate: float = 0.5, steps: int = 20
) -> Array:
    """Weights (float32[n], sum 1) with which the next model does well on held-out data.

    Exponentiated gradient descent of ``loss(parameters + weights @ updates)`` from equal weights
    (Kivinen and Warmuth 1997), by ``rate`` along the steepest weight; the best that was tried is
    kept, so that held-out loss is never worse than the mean's. An auxiliary data set gives weights
    as in ByGARS (Regatti et al. 2020). Updates (float32[n, d]) should be of like length.
    """
    value = jax.value_and_grad(lambda weights: loss(parameters + weights @ updates))

    def step(_: int, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        scores, best, least = carry
        weights = jax.nn.softmax(scores)
        found, slope = value(weights)
        better = found < least
        slope = slope - jnp.mean(slope)
        longest = jnp.maximum(jnp.max(jnp.abs(slope)), 1e-12)
        moved = scores - jnp.nan_to_num(rate * slope / longest)
        return moved, jnp.where(better, weights, best), jnp.where(better, found, least)

    count = len(updates)
    start = (jnp.zeros(count), jnp.full(count, 1 / count, jnp.float32), jnp.float32(jnp.inf))
    _, best, _ = jax.lax.fori_loop(0, steps, step, start)
    result: Array = best
    return result


def fitted_mean(parameters: Array, updates: Array, loss: Loss, root: Array | None = None) -> Array:
    """The aggregate (float32[d]): none longer than the median length, then fitted weights.

    ``root`` (float32[d]) is one update more, learnt on the held-out data.
    """
    given = updates if root is None else jnp.concatenate([updates, root[None]])
    level = robust.norm_clipping(given, jnp.median(norms(updates)))  # type: ignore[arg-type]
    return fitted_weights(parameters, level, loss) @ level


def gainful_mean(parameters: Array, updates: Array, loss: Loss) -> Array:
    """Mean (float32[d]) of the updates that improve the model on their own; zero if none does."""
    after = jax.lax.map(lambda update: loss(parameters + update), updates)
    helps = (after < loss(parameters)).astype(jnp.float32)
    result: Array = helps @ updates / jnp.maximum(jnp.sum(helps), 1.0)
    return result
