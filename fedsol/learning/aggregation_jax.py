"""The aggregation rules in JAX: compiled, on whatever device there is, bit for bit the reference.

Sums are taken in 64-bit integers, which JAX has switched off by default: they are switched on
inside these calls only. What needs more than 64 bits (a learning rate with dozens of significant
bits, on weights near 2**32) goes to the reference, which has no limit.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.learning import aggregation as reference
from fedsol.learning.aggregation import Mean, Rule, Scale, check_arguments, fits_64_bits, kept
from fedsol.learning.fixed_point import I32_MAX, I32_MIN
from fedsol.learning.sorting import sum_sorted

try:
    from jax import enable_x64
except ImportError:  # JAX before 0.8
    from jax.experimental import enable_x64  # type: ignore[attr-defined, no-redef]

_Q_LIMIT = 2**15


def aggregate(
    model: NDArray[np.int32],
    updates: NDArray[np.int16],
    weights: NDArray[np.uint32],
    rule: Rule,
    scale: Scale,
) -> NDArray[np.int32]:
    """The next model; arguments, result and errors as the reference's ``aggregate``."""
    check_arguments(model, updates, weights, rule)
    if isinstance(rule, Mean):
        denominator = int(np.sum(weights, dtype=np.int64))
        largest, window = _Q_LIMIT * denominator, None
    else:
        window = kept(len(weights), rule)
        denominator = window[1] - window[0]
        largest = _Q_LIMIT * denominator
    factor = scale.factor / denominator
    if not fits_64_bits(largest, factor):
        return reference.aggregate(model, updates, weights, rule, scale)
    with enable_x64(True):
        fraction = np.int64(factor.numerator), np.int64(factor.denominator)
        return np.asarray(_aggregate(model, updates, weights, *fraction, window))


@partial(jax.jit, static_argnames="window")
def _aggregate(
    model: Array,
    updates: Array,
    weights: Array,
    numerator: Array,
    denominator: Array,
    window: tuple[int, int] | None,
) -> Array:
    if window is None:
        total = jnp.sum(updates.astype(jnp.int64) * weights.astype(jnp.int64)[:, None], axis=0)
    else:
        total = sum_sorted(updates, *window, jnp.int64)
    scaled = total * numerator
    size = jnp.abs(scaled)
    quotient = size // denominator
    rest = size - quotient * denominator
    rounded = quotient + (rest >= denominator - rest)
    wide = model.astype(jnp.int64) + jnp.where(scaled < 0, -rounded, rounded)
    return jnp.clip(wide, I32_MIN, I32_MAX).astype(jnp.int32)
