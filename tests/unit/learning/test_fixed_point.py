"""Floats to integers and back: rounding, bounds, refusals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedsol.errors import ConfigError, LearningError, NotFinite
from fedsol.learning import fixed_point as fp

FLOATS = st.floats(-1e4, 1e4, width=32)


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def half_even(value: Fraction) -> int:
    return round(value)  # Python's rounding of a fraction is half to even


def test_halves_become_even_fixed_point():
    assert fp.to_fixed(floats(0.5, 1.5, -0.5, -1.5, 2.5), 0).tolist() == [0, 2, 0, -2, 2]


def test_fixed_point_stops_at_the_bounds_of_int32():
    assert fp.to_fixed(floats(1e30, -1e30), 16).tolist() == [fp.I32_MAX, fp.I32_MIN]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_fixed_point_refuses_what_is_not_finite(bad):
    with pytest.raises(NotFinite):
        fp.to_fixed(floats(1.0, bad), 16)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_quantising_refuses_what_is_not_finite(bad):
    with pytest.raises(NotFinite):
        fp.quantise(np.zeros(2, np.int32), floats(1.0, bad), 16, 127)


@pytest.mark.parametrize("bits", [-1, 32])
def test_fractional_bits_have_bounds(bits):
    with pytest.raises(ConfigError):
        fp.to_fixed(floats(1.0), bits)


@pytest.mark.parametrize("qmax", [0, 32_768])
def test_qmax_has_bounds(qmax):
    with pytest.raises(ConfigError):
        fp.quantise_delta(floats(1.0), 16, qmax)


def test_quantising_refuses_parameters_of_another_shape():
    with pytest.raises(LearningError):
        fp.quantise(np.zeros(2, np.int32), floats(1.0), 16, 127)


@given(st.lists(st.integers(-(2**24), 2**24), max_size=20), st.integers(0, 31))
def test_what_a_float32_can_hold_survives_both_ways(values, bits):
    fixed = np.array(values, np.int32)
    assert fp.to_fixed(fp.to_float(fixed, bits), bits).tolist() == values


@given(st.integers(-(2**20), 2**20), FLOATS, st.integers(0, 20), st.integers(1, 32_767))
def test_quantising_follows_its_definition(before, after, bits, qmax):
    found = fp.quantise(np.array([before], np.int32), floats(after), bits, qmax)
    # In binary floats of 64 bits, as a trainer computes it: the sum may already be rounded there.
    delta = Fraction(float(np.float64(np.float32(after)) - before / 2**16))
    assert found.tolist() == [max(-qmax, min(qmax, half_even(delta * 2**bits)))]


@given(st.lists(FLOATS, min_size=1, max_size=20), st.integers(1, 32_767))
def test_quantising_the_negative_gives_the_negative(values, qmax):
    delta = floats(*values)
    assert (fp.quantise_delta(-delta, 8, qmax) == -fp.quantise_delta(delta, 8, qmax)).all()


@given(st.lists(st.integers(-32_767, 32_767), max_size=20), st.integers(0, 31))
def test_a_quantised_update_is_its_own_quantisation(values, bits):
    update = np.array(values, np.int16)
    assert (fp.quantise_delta(fp.dequantise(update, bits), bits, 32_767) == update).all()


@given(st.lists(st.integers(-32_768, 32_767), max_size=40))
def test_the_squared_norm_is_exact(values):
    assert fp.squared_norm(np.array(values, np.int16)) == sum(v * v for v in values)


def test_the_squared_norm_does_not_overflow():
    assert fp.squared_norm(np.full(3 << 20, -32_768, np.int16)) == (3 << 20) * 2**30


@given(st.lists(FLOATS, min_size=1, max_size=30), st.integers(0, 2**34), st.integers(0, 16))
def test_a_fitted_update_is_within_the_bound(values, bound, bits):
    fitted = fp.fit_norm(floats(*values), bound, bits, 32_767)
    assert fp.squared_norm(fp.quantise_delta(fitted, bits, 32_767)) <= bound


def test_a_fitted_update_uses_most_of_the_bound():
    delta = np.random.default_rng(0).normal(size=10_000)
    fitted = fp.fit_norm(delta, 10**9, 16, 32_767)
    assert fp.squared_norm(fp.quantise_delta(fitted, 16, 32_767)) > 0.999 * 10**9


def test_what_fits_is_left_as_it_is():
    delta = np.array([0.25, -0.5])
    assert (fp.fit_norm(delta, 2**40, 8, 32_767) == delta).all()


def test_a_negative_bound_is_refused():
    with pytest.raises(ConfigError):
        fp.fit_norm(floats(1.0), -1, 8, 127)


@given(st.integers(-(2**40), 2**40), st.integers(1, 2**20))
def test_division_rounds_halves_away_from_zero(numerator, denominator):
    exact = Fraction(abs(numerator), denominator) + Fraction(1, 2)
    expected = int(exact) if numerator >= 0 else -int(exact)
    found = fp.divide_half_away(np.array([numerator]), denominator)
    assert found.tolist() == [expected]


def test_an_update_applied_gives_what_its_trainer_had():
    before = np.array([65_536, -3, 0], np.int32)
    update = np.array([256, -256, 1], np.int16)
    after = fp.apply_update(before, update, frac_bits=16, update_bits=8)
    assert after.tolist() == [2 * 65_536, -65_539, 256]


def test_an_applied_update_stops_at_the_bounds_of_int32():
    before = np.array([fp.I32_MAX, fp.I32_MIN], np.int32)
    update = np.array([1, -1], np.int16)
    after = fp.apply_update(before, update, frac_bits=16, update_bits=16)
    assert after.tolist() == [fp.I32_MAX, fp.I32_MIN]


def test_an_update_of_another_length_is_not_applied():
    with pytest.raises(LearningError):
        fp.apply_update(np.zeros(2, np.int32), np.zeros(3, np.int16), frac_bits=16, update_bits=16)
