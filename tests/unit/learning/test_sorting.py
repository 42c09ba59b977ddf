"""Sorting columns: every size, type and width gives what NumPy's sort gives."""

import itertools

import jax.numpy as jnp
import numpy as np
import pytest

from fedsol.learning.sorting import network, over_sorted, sum_sorted

RANDOM = np.random.default_rng(5)


@pytest.mark.parametrize("count", range(1, 10))
def test_a_network_sorts_every_order_of_zeros_and_ones(count: int) -> None:
    """What sorts these sorts everything (Knuth's 0-1 principle)."""
    for bits in itertools.product((0, 1), repeat=count):
        values = list(bits)
        for low, high in network(count):
            if values[low] > values[high]:
                values[low], values[high] = values[high], values[low]
        assert values == sorted(bits)


@pytest.mark.parametrize("dtype", [np.float32, np.int16])
@pytest.mark.parametrize(
    ("count", "size"), [(1, 3), (2, 1), (32, 300), (33, 300), (64, 7), (65, 128), (129, 257)]
)
def test_every_rank_is_numpys(count: int, size: int, dtype: type) -> None:
    values = RANDOM.normal(0, 20_000, (count, size)).clip(-32_768, 32_767).astype(dtype)
    values[:, 0] = np.iinfo(np.int16).max  # as large as what fills up the last rows
    expected = np.sort(values, axis=0)
    for rank in {0, count // 3, count - 1}:
        found = over_sorted(jnp.asarray(values), lambda rows, rank=rank: rows[rank])
        np.testing.assert_array_equal(found, expected[rank])


@pytest.mark.parametrize("count", [7, 32, 33])
def test_a_window_of_ranks_is_summed_in_the_type_asked_for(count: int) -> None:
    """Sums that int16 cannot hold."""
    values = RANDOM.integers(30_000, 32_767, (count, 300)).astype(np.int16)
    found = sum_sorted(jnp.asarray(values), 1, count - 2, jnp.int32)
    expected = np.sort(values, axis=0)[1 : count - 2].sum(axis=0, dtype=np.int32)
    assert found.dtype == jnp.int32
    np.testing.assert_array_equal(found, expected)
