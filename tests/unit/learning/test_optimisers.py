"""Optimisers by name."""

import numpy as np
import optax
import pytest

from fedsol.errors import ConfigError
from fedsol.learning.optimisers import OPTIMISERS, optimiser


@pytest.mark.parametrize("name", OPTIMISERS)
def test_each_moves_against_the_gradient(name):
    chosen = optimiser(name, 0.1)
    params = np.array([1.0], np.float32)
    change, _ = chosen.update(np.array([1.0], np.float32), chosen.init(params), params)
    assert optax.apply_updates(params, change)[0] < 1.0


def test_the_same_call_gives_the_same_object():
    assert optimiser("adam", 0.01, b1=0.8) is optimiser("adam", 0.01, b1=0.8)


def test_an_unknown_optimiser_is_refused_with_those_known():
    with pytest.raises(ConfigError) as caught:
        optimiser("magic")
    assert "adamw" in caught.value.hint


def test_an_unknown_argument_is_refused():
    with pytest.raises(ConfigError):
        optimiser("sgd", 0.1, speed=3)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("inf"), float("nan")])
def test_a_learning_rate_must_be_positive(rate):
    with pytest.raises(ConfigError):
        optimiser("sgd", rate)
