"""The aggregation rules: shared vectors, and NumPy, JAX and fractions agreeing on random ones."""

import json
from fractions import Fraction
from pathlib import Path

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedsol.errors import ConfigError, LearningError
from fedsol.learning import aggregation, aggregation_jax
from fedsol.learning.aggregation import MAX_UPDATES, Mean, Median, Rule, Scale, TrimmedMean

FILE = Path(__file__).parents[2] / "vectors" / "aggregation.json"
VECTORS = json.loads(FILE.read_text())["vectors"]
U32 = 2**32 - 1
FAST = aggregation_jax.aggregate
REFERENCE = aggregation.aggregate


def rule_of(vector: dict) -> Rule:
    rules = {"mean": Mean(), "median": Median(), "trimmed_mean": None}
    return rules[vector["rule"]] or TrimmedMean(vector["trim"])


def arguments(vector: dict) -> tuple:
    model = np.array([vector["model"]], np.int32)
    updates = np.array(vector["values"], np.int16).reshape(-1, 1)
    weights = np.array(vector["weights"], np.uint32)
    return model, updates, weights, rule_of(vector), Scale(*vector["lr"], *vector["bits"])


def by_fractions(model, updates, weights, rule, scale) -> list[int]:
    result = []
    for value, column in zip(model.tolist(), updates.T.tolist(), strict=True):
        if isinstance(rule, Mean):
            pairs = zip(column, weights.tolist(), strict=True)
            middle = Fraction(sum(q * w for q, w in pairs), sum(weights.tolist()))
        else:
            trim = rule.trim if isinstance(rule, TrimmedMean) else (len(column) - 1) // 2
            rest = sorted(column)[trim : len(column) - trim]
            middle = Fraction(sum(rest), len(rest))
        step = middle * scale.lr_num * 2**scale.frac_bits / scale.lr_den / 2**scale.update_bits
        rounded = int(abs(step) + Fraction(1, 2)) * (-1 if step < 0 else 1)
        result.append(min(max(value + rounded, -(2**31)), 2**31 - 1))
    return result


@st.composite
def rounds(draw):
    """A round of 1 to 9 updates of 3 parameters; JAX compiles once for each size."""
    count = draw(st.integers(1, 9))
    span = draw(st.sampled_from([3, 32_767]))
    value = st.integers(-span - (span > 3), span)
    updates = np.array(
        draw(st.lists(st.tuples(value, value, value), min_size=count, max_size=count))
    )
    weight = st.integers(1, draw(st.sampled_from([3, U32])))
    weights = draw(st.lists(weight, min_size=count, max_size=count))
    model = draw(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=3, max_size=3))
    trim = draw(st.integers(0, (count - 1) // 2))
    rule = draw(st.sampled_from([Mean(), Median(), TrimmedMean(trim)]))
    bits, rate = st.integers(0, 31), st.integers(1, draw(st.sampled_from([9, U32])))
    scale = Scale(draw(rate), draw(rate), draw(bits), draw(bits))
    arrays = np.array(model, np.int32), updates.astype(np.int16), np.array(weights, np.uint32)
    return *arrays, rule, scale


@given(rounds())
@settings(max_examples=300)
def test_the_reference_agrees_with_fractions(arguments):
    assert REFERENCE(*arguments).tolist() == by_fractions(*arguments)


@given(rounds())
@settings(max_examples=200, deadline=None)
def test_the_fast_one_agrees_with_the_reference(arguments):
    assert (FAST(*arguments) == REFERENCE(*arguments)).all()


@pytest.mark.parametrize("aggregate", [REFERENCE, FAST])
def test_every_shared_vector_agrees(aggregate):
    for vector in VECTORS:
        if vector["result"] is None:
            with pytest.raises(LearningError):
                aggregate(*arguments(vector))
        else:
            assert aggregate(*arguments(vector)).tolist() == [vector["result"]], vector


@pytest.mark.parametrize("rule", [Mean(), Median(), TrimmedMean(20)])
def test_many_updates_agree(rule):
    draw = np.random.default_rng(5)
    updates = draw.integers(-9, 9, (51, 40)).astype(np.int16)
    weights = draw.integers(1, 100, 51).astype(np.uint32)
    scale = Scale(1, 3, 16, 14)
    given = np.zeros(40, np.int32), updates, weights, rule, scale
    assert (FAST(*given) == REFERENCE(*given)).all()


def test_the_fast_one_leaves_jax_in_32_bits():
    FAST(*arguments(VECTORS[1]))
    assert jax.numpy.arange(3).dtype == np.int32


def plain(count: int = 3) -> tuple:
    return np.zeros(2, np.int32), np.ones((count, 2), np.int16), np.ones(count, np.uint32)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_another_dtype_is_refused(position):
    given = list(plain())
    given[position] = given[position].astype(np.int64)
    with pytest.raises(LearningError):
        REFERENCE(*given, Mean(), Scale())


def test_shapes_that_do_not_fit_are_refused():
    model, updates, weights = plain()
    with pytest.raises(LearningError):
        REFERENCE(model[:1], updates, weights, Mean(), Scale())


def test_too_many_updates_are_refused():
    with pytest.raises(LearningError):
        REFERENCE(*plain(MAX_UPDATES + 1), Mean(), Scale())


@pytest.mark.parametrize(
    "fields", [{"lr_den": 0}, {"lr_num": -1}, {"lr_num": 2**32}, {"frac_bits": 32}]
)
def test_a_scale_out_of_range_is_refused(fields):
    with pytest.raises(ConfigError):
        Scale(**fields)


def test_a_negative_trim_is_refused():
    with pytest.raises(ConfigError):
        TrimmedMean(-1)


@given(rounds(), st.randoms())
@settings(max_examples=100)
def test_the_order_of_updates_does_not_matter(arguments, random):
    model, updates, weights, rule, scale = arguments
    order = list(range(len(weights)))
    random.shuffle(order)
    again = REFERENCE(model, updates[order], weights[order], rule, scale)
    assert (again == REFERENCE(*arguments)).all()
