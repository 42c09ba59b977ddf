"""Updates that a codec writes exactly: near what was learnt, and within the federation's bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedsol.errors import ConfigError, NotFinite
from fedsol.learning.codecs import Dense, Int8, TopK, TwoBit
from fedsol.learning.fixed_point import quantise_delta, squared_norm
from fedsol.learning.scheme import Scheme

ALL = [Dense(), Int8(), TopK(0.05), TwoBit()]
BY_NAME = pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
DELTA = np.random.default_rng(1).laplace(size=1_000, scale=0.01)


@BY_NAME
@given(
    values=st.lists(st.integers(-32_767, 32_767), min_size=1, max_size=150),
    qmax=st.integers(3, 32_767),
)
@settings(max_examples=60, deadline=None)
def test_no_value_passes_qmax_and_all_can_be_written(one, values, qmax):
    found = one.project(np.clip(np.array(values, np.int16), -qmax, qmax), qmax)
    assert abs(found.astype(int)).max() <= qmax
    one.encode(found)


@BY_NAME
@pytest.mark.parametrize("bound", [0, 1, 1_000, 10**7])
def test_the_norm_is_within_its_bound(one, bound):
    found = one.quantise(DELTA, Scheme(max_norm_squared=bound))
    assert squared_norm(found) <= bound
    one.encode(found)


@BY_NAME
def test_a_bound_that_binds_is_used(one):
    """Shrinking stops where it may: a bound is no reason to send nearly nothing."""
    free = squared_norm(one.quantise(DELTA, Scheme()))
    held = squared_norm(one.quantise(DELTA, Scheme(max_norm_squared=free // 4)))
    assert held > free // 4 * 0.9


@BY_NAME
def test_many_clients_at_once_are_each_as_alone(one):
    deltas = np.random.default_rng(2).normal(size=(5, 300)).astype(np.float32) / 50
    deltas[3] *= 40
    scheme = Scheme(qmax=20_000, max_norm_squared=10**9)
    block = one.quantise_block(deltas, scheme)
    assert (block == [one.quantise(row, scheme) for row in deltas]).all()
    assert squared_norm(block[3]) <= 10**9 < squared_norm(quantise_delta(deltas[3], 16, 20_000))


@BY_NAME
def test_what_is_not_finite_is_refused(one):
    with pytest.raises(NotFinite):
        one.quantise(np.array([0.0, np.nan]), Scheme())


def test_dense_is_the_plain_update():
    assert (Dense().quantise(DELTA, Scheme()) == quantise_delta(DELTA, 16, 32_767)).all()


def test_int8_errs_by_half_a_step_of_its_chunk_and_its_peak_by_one():
    dense = quantise_delta(DELTA, 16, 32_767).astype(int)
    found = Int8().project(dense.astype(np.int16), 32_767).astype(int)
    for at in range(0, 1_000, 128):
        step = 2 ** max(0, int(abs(dense[at : at + 128]).max()).bit_length() - 7)
        error = abs(found - dense)[at : at + 128]
        beyond = abs(dense[at : at + 128]) > 127 * step
        assert step > 1
        assert error[~beyond].max() <= step // 2
        assert error.max() < step


def test_int8_rounds_halves_away_from_zero():
    values = np.array([200, 3, -3, 1, -1], np.int16)
    assert Int8().project(values, 32_767).tolist() == [200, 4, -4, 2, -2]


def test_top_k_keeps_the_largest_and_of_equals_the_first():
    values = np.array([1, -9, 5, 5, -5, 0, 5, 7, 2, 0], np.int16)
    assert TopK(0.4).project(values, 32_767).tolist() == [0, -9, 5, 5, 0, 0, 0, 7, 0, 0]


def test_top_k_keeps_one_at_least():
    assert TopK(0.01).project(np.array([1, -2, 1], np.int16), 32_767).tolist() == [0, -2, 0]


def test_two_bits_point_where_the_update_points():
    dense = quantise_delta(DELTA, 16, 32_767).astype(float)
    found = TwoBit().project(dense.astype(np.int16), 32_767).astype(float)
    cosine = dense @ found / np.linalg.norm(dense) / np.linalg.norm(found)
    assert cosine > 0.88
    assert (np.sign(found)[dense != 0] == np.sign(dense)[dense != 0]).all()


def test_two_bits_take_their_scale_of_the_values_that_are_there():
    """A last chunk of few values is not scaled down by the padding behind them."""
    assert TwoBit().project(np.array([300, -300], np.int16), 32_767).tolist() == [200, -200]


def test_two_bits_need_room_for_their_levels():
    with pytest.raises(ConfigError):
        TwoBit().project(np.array([1], np.int16), 2)


@pytest.mark.parametrize(("one", "least"), [(Int8(), 3.9), (TopK(0.01), 130), (TwoBit(), 15)])
def test_encoded_updates_are_small(one, least):
    """Against float32."""
    values = one.quantise(np.random.default_rng(3).laplace(size=50_000, scale=0.01), Scheme())
    assert 4 * values.size / len(one.encode(values)) > least


def test_two_bits_keep_a_chunk_of_large_values_within_the_scale_s_bound() -> None:
    values = np.full(130, 7_283, np.int16)
    values[128:] = 32_000
    projected = TwoBit().project(values, 10_923)
    assert int(projected.max()) <= 10_923
    np.testing.assert_array_equal(TwoBit().decode(TwoBit().encode(projected), 130), projected)
