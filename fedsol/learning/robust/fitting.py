"""Weights fitted on held-out data: how much each update counts is what makes the next model good."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.learning.robust.clipping import clip_factors
from fedsol.learning.robust.distances import norms

Loss = Callable[[Array], Array]
"""Parameters (float32[d]) to losses; ``jax`` must be able to trace and differentiate it."""

_LEAST = 1e-12  # what is divided by, or logged, instead of less


def fitted_weights(
    loss: Loss, prior: Array, *, penalty: float = 0.0, rate: float = 0.5, steps: int = 20
) -> Array:
    """Weights (float32[n], sum 1) of least ``loss(weights) + penalty · KL(weights ‖ prior)``.

    Exponentiated gradient descent (Kivinen and Warmuth 1997) from ``prior`` (float32[n], sum 1), by
    ``rate`` along the steepest weight; the best that was tried is kept, so that the loss (a scalar)
    is never above the prior's. Few steps and the penalty keep weights near the prior where the data
    do not tell them apart.
    """

    def penalised(weights: Array) -> Array:
        apart = jnp.log(weights + _LEAST) - jnp.log(prior + _LEAST)
        return loss(weights) + penalty * jnp.sum(weights * apart)

    value = jax.value_and_grad(penalised)

    def step(_: int, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        scores, best, least = carry
        weights = jax.nn.softmax(scores)
        found, slope = value(weights)
        better = found < least
        slope = slope - weights @ slope
        longest = jnp.maximum(jnp.max(jnp.abs(slope)), _LEAST)
        moved = scores - jnp.nan_to_num(rate * slope / longest)
        return moved, jnp.where(better, weights, best), jnp.where(better, found, least)

    start = (jnp.log(prior + _LEAST), prior, jnp.float32(jnp.inf))
    _, best, _ = jax.lax.fori_loop(0, steps, step, start)
    result: Array = best
    return result


def level_factors(updates: Array) -> Array:
    """Factors (float32[n], at most 1) by which no update is longer than the median length."""
    lengths = norms(updates)
    # Nothing is shortened to nothing: somebody counts even where half of all sent zeros.
    return jnp.where(lengths > 0, clip_factors(updates, jnp.median(lengths)), 1.0)


def learnt(parameters: Array, losses: Loss, share: Array, *, rate: float, steps: int) -> Array:
    """The update (float32[d]) of ``steps`` of gradient descent on samples that ``share`` weighs.

    ``losses`` are of the samples (float32[m]), ``share`` (float32[m]) is what each counts.
    """

    def objective(vector: Array) -> Array:
        return share @ losses(vector) / jnp.sum(share)

    slope = jax.grad(objective)
    after = jax.lax.fori_loop(0, steps, lambda _, now: now - rate * slope(now), parameters)
    result: Array = after - parameters
    return result


def best_length(loss: Loss, parameters: Array, step: Array, lengths: Array) -> Array:
    """The one of ``lengths`` (float32[k]) times ``step`` (float32[d]) that lowers the loss most."""
    found = jax.lax.map(lambda length: loss(parameters + length * step), lengths)
    return lengths[jnp.argmin(jnp.where(jnp.isfinite(found), found, jnp.inf))]
