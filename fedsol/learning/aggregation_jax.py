"""The aggregation rules in JAX: compiled, on whatever device there is, bit for bit the reference.

Sums are taken in 64-bit integers, which JAX has switched off by default: they are switched on
inside these calls only. What needs more than 64 bits (a learning rate with dozens of significant
bits, on weights near 2**32) goes to the reference, which has no limit.
"""

from functools import partial, reduce

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.learning import aggregation as reference
from fedsol.learning.aggregation import Mean, Rule, Scale, check_arguments, fits_64_bits, kept
from fedsol.learning.fixed_point import I32_MAX, I32_MIN

try:
    from jax import enable_x64
except ImportError:  # JAX before 0.8
    from jax.experimental import enable_x64  # type: ignore[attr-defined, no-redef]

# Most updates sorted by a network: a longer one costs more to compile than it saves.
_NETWORK_MAX = 32
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
        total = _sum(_sorted(updates)[window[0] : window[1]])
    scaled = total * numerator
    size = jnp.abs(scaled)
    quotient = size // denominator
    rest = size - quotient * denominator
    rounded = quotient + (rest >= denominator - rest)
    wide = model.astype(jnp.int64) + jnp.where(scaled < 0, -rounded, rounded)
    return jnp.clip(wide, I32_MIN, I32_MAX).astype(jnp.int32)


def _sum(rows: Array | list[Array]) -> Array:
    if isinstance(rows, Array):
        return jnp.sum(rows, axis=0, dtype=jnp.int64)
    return reduce(jnp.add, [row.astype(jnp.int64) for row in rows])


def _sorted(updates: Array) -> Array | list[Array]:
    """The rows of ``updates`` (int16[n, d]), each coordinate ascending."""
    if len(updates) > _NETWORK_MAX:
        return jnp.sort(updates, axis=0)
    rows = list(updates)
    for low, high in network(len(rows)):
        first, second = rows[low], rows[high]
        rows[low], rows[high] = jnp.minimum(first, second), jnp.maximum(first, second)
    return rows


def network(count: int) -> list[tuple[int, int]]:
    """Comparisons that sort ``count`` values: Batcher's odd-even merge sort (1968).

    Each pair ``(low, high)`` puts the smaller of two at ``low``. Every comparison works on whole
    vectors, which a processor does far faster than it sorts each coordinate by itself.
    """
    pairs = []
    block = 1
    while block < count:
        step = block
        while step >= 1:
            for start in range(step % block, count - step, 2 * step):
                for i in range(start, min(start + step, count - step)):
                    if i // (2 * block) == (i + step) // (2 * block):
                        pairs.append((i, i + step))
            step //= 2
        block *= 2
    return pairs
