"""Error feedback: what a codec holds back comes later, none of it lost and none of it twice."""

import numpy as np
import pytest

from fedsol.errors import ArchitectureMismatch, ConfigError
from fedsol.learning.codecs import ErrorFeedback, TopK, TwoBit, compensate, residual_after
from fedsol.learning.fixed_point import dequantise
from fedsol.learning.scheme import Scheme

SCHEME = Scheme()
DELTAS = np.random.default_rng(0).normal(size=(3, 500)).astype(np.float32) / 100


@pytest.mark.parametrize("codec", [TopK(0.05), TwoBit()], ids=lambda one: one.name)
def test_what_was_sent_and_what_is_held_back_is_what_was_learnt(codec):
    feedback, residuals = ErrorFeedback(codec), np.zeros_like(DELTAS)
    sent = np.zeros(DELTAS.shape)
    for _ in range(30):
        values, residuals = feedback.quantise_block(DELTAS, residuals, SCHEME)
        sent += dequantise(values, 16)
    assert np.allclose(sent + residuals, 30 * DELTAS.astype(float), atol=1e-5)


def test_a_constant_small_value_gets_through_in_time():
    """Alone, top-k would leave the second value out for ever."""
    delta = np.array([[0.01, 0.004]], np.float32)
    feedback, residuals = ErrorFeedback(TopK(0.5)), np.zeros_like(delta)
    sent = np.zeros(2)
    for _ in range(50):
        values, residuals = feedback.quantise_block(delta, residuals, SCHEME)
        sent += dequantise(values, 16)[0]
    assert sent == pytest.approx([0.5, 0.2], abs=0.02)


def test_the_residual_of_an_exact_update_is_nothing():
    values = np.array([5, -7], np.int16)
    assert (residual_after(dequantise(values, 16), values, 16) == 0).all()


def test_many_clients_at_once_are_each_as_alone():
    feedback = ErrorFeedback(TwoBit())
    values, residuals = feedback.quantise_block(DELTAS, DELTAS[::-1], SCHEME)
    for row in range(3):
        alone = feedback.quantise_block(DELTAS[row : row + 1], DELTAS[2 - row][None], SCHEME)
        assert (values[row] == alone[0][0]).all()
        assert (residuals[row] == alone[1][0]).all()


def test_a_decay_forgets_by_its_share():
    values, kept = ErrorFeedback(TopK(0.01)).quantise_block(DELTAS, 0 * DELTAS, SCHEME)
    same, faded = ErrorFeedback(TopK(0.01), decay=0.5).quantise_block(DELTAS, 0 * DELTAS, SCHEME)
    assert (same == values).all()
    assert (faded == kept / 2).all()
    assert kept.any()


def test_a_residual_of_another_size_is_refused():
    with pytest.raises(ArchitectureMismatch):
        compensate(DELTAS, DELTAS[:, :-1])


@pytest.mark.parametrize("decay", [-0.1, 1.1])
def test_a_decay_is_a_share(decay):
    with pytest.raises(ConfigError):
        ErrorFeedback(TopK(), decay)
