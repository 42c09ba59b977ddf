"""Sorting many short columns at once: what medians and trimmed means are made of.

A column is one coordinate's values, one per client; there are millions of columns and few clients.
A sorting network compares whole rows with each other, which a processor does many columns at a
time; a general sort looks at each column by itself and is an order of magnitude slower.
"""

from collections.abc import Callable
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import DTypeLike

# Most rows that are sorted by comparisons written out one by one, which the compiler makes one loop
# of: of more it does not, nor where more than one sum is made of the rows.
_UNROLLED_MAX = 32
# Columns sorted at a time otherwise: so that a block stays in a core's cache.
_COLUMNS = 128


def sum_sorted(values: Array, start: int, stop: int, dtype: DTypeLike) -> Array:
    """Sum of the ranks ``start`` up to but without ``stop`` of each column ([n, d]), as ``dtype``."""
    if len(values) > _UNROLLED_MAX:
        return over_sorted(values, lambda rows: jnp.sum(rows[start:stop], axis=0, dtype=dtype))
    ordered = _few_sorted(list(values))
    return reduce(jnp.add, [row.astype(dtype) for row in ordered[start:stop]])


def over_sorted(values: Array, combine: Callable[[Array], Array]) -> Array:
    """``combine`` of ``values`` ([n, d], any real dtype) with every column ascending.

    ``combine`` makes one row ([b]) of some sorted columns ([n, b]) at a time; the result is [d].
    """
    return _by_columns(lambda block: combine(_many_sorted(block)), values)


def network(count: int) -> list[tuple[int, int]]:
    """Comparisons that sort ``count`` values: Batcher's odd-even merge sort (1968).

    Each pair ``(low, high)`` puts the smaller of two at ``low``.
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


def _few_sorted(rows: list[Array]) -> list[Array]:
    for low, high in network(len(rows)):
        first, second = rows[low], rows[high]
        rows[low], rows[high] = jnp.minimum(first, second), jnp.maximum(first, second)
    return rows


def _many_sorted(rows: Array) -> Array:
    """Batcher's bitonic sort (1968): each stage is one comparison of half of the rows with half."""
    count, columns = rows.shape
    total = 1 << (count - 1).bit_length()
    last = jnp.full((total - count, columns), _largest(rows.dtype), rows.dtype)
    ordered = jnp.concatenate([rows, last])
    size = 2
    while size <= total:
        halves = ordered.reshape(total // size, 2, size // 2, columns)
        # Two ascending runs: the second one backwards makes the whole bitonic.
        ordered = _compared(halves[:, 0], halves[:, 1, ::-1])
        step = size // 4
        while step >= 1:
            halves = ordered.reshape(total // (2 * step), 2, step, columns)
            ordered = _compared(halves[:, 0], halves[:, 1])
            step //= 2
        size *= 2
    return ordered.reshape(total, columns)[:count]


def _compared(first: Array, second: Array) -> Array:
    return jnp.stack([jnp.minimum(first, second), jnp.maximum(first, second)], axis=1)


def _largest(dtype: np.dtype[Any]) -> float | int:
    return np.inf if np.issubdtype(dtype, np.floating) else int(np.iinfo(dtype).max)


def _by_columns(function: Callable[[Array], Array], values: Array) -> Array:
    """``function`` ([n, b] -> [b]) of a block of columns at a time."""
    rows, size = values.shape
    width = min(_COLUMNS, size)
    blocks = -(-size // width)

    def one(start: Array) -> Array:
        return function(jax.lax.dynamic_slice(values, (0, start), (rows, width)))

    # The last block starts early enough to be whole: it repeats some columns.
    starts = jnp.minimum(jnp.arange(blocks) * width, size - width)
    done = jax.lax.map(one, starts)
    return jnp.concatenate([done[:-1].reshape(-1), done[-1, blocks * width - size :]])
