"""One sample is read out of an update exactly, and not out of a masked sum or a noisy one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fedsol.learning.local_training import batch_loss
from fedsol.learning.models import LogisticRegression
from fedsol.learning.privacy import ClientPrivacy
from fedsol.learning.privacy.inversion import peak_signal_to_noise, read_inputs, read_labels

MODEL = LogisticRegression(features=40, classes=10)
X = np.random.default_rng(0).random((10, 40)).astype(np.float32)
Y = np.arange(10, dtype=np.int32)


def gradient(rows):
    params = MODEL.init(jax.random.key(0))
    mask = jnp.ones(len(rows), bool)
    return jax.grad(batch_loss)(params, MODEL, X[rows], Y[rows], mask)["dense"]


def closest(layer):
    return peak_signal_to_noise(X[3], read_inputs(layer["kernel"], layer["bias"]))


def test_one_sample_is_read_exactly_and_so_is_its_label():
    layer = gradient([3])
    assert closest(layer) > 80
    assert read_labels(np.asarray(layer["bias"]), 1) == [3]


def test_clipping_alone_hides_nothing():
    layer = jax.tree.map(lambda leaf: leaf * 0.01, gradient([3]))
    assert closest(layer) > 80


def test_a_masked_sum_hides_it_among_the_others():
    assert closest(gradient(list(range(10)))) < 25


def test_noise_hides_it():
    layer = gradient([3])
    vector = jnp.concatenate([layer["bias"], layer["kernel"].reshape(-1)])
    noisy = ClientPrivacy(1.0, 1.0).sum(vector[None], jax.random.key(1))
    assert closest({"bias": noisy[:10], "kernel": noisy[10:].reshape(40, 10)}) < 10


@pytest.mark.parametrize(("error", "decibels"), [(0.1, 20), (0.01, 40), (0.0, 99)])
def test_decibels_are_of_the_closest_guess(error, decibels):
    sample = np.linspace(0, 1, 50)
    guesses = np.stack([sample + 5, sample + error])
    assert peak_signal_to_noise(sample, guesses) == pytest.approx(decibels)
