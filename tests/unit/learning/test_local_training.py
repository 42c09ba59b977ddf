"""Local training: it learns, it is compiled once, and padding changes nothing."""

import jax
import numpy as np
import optax
import pytest

from fedsol.errors import ConfigError, LearningError, NotFinite
from fedsol.learning.datasets import load
from fedsol.learning.local_training import (
    Samples,
    evaluate,
    pad_samples,
    train,
    train_padded,
)
from fedsol.learning.models import model
from fedsol.learning.optimisers import optimiser
from fedsol.learning.parameters import flatten

LOGREG = model("logreg", features=30, classes=2)
START = LOGREG.init(jax.random.key(0))
KEY = jax.random.key(1)


@pytest.fixture(scope="module")
def data():
    return load("breast_cancer")


@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        (LOGREG, "breast_cancer"),
        (model("mlp", features=64, classes=10), "digits"),
        (model("cnn", side=8, classes=10), "digits"),
    ],
    ids=lambda value: str(value),
)
def test_each_model_learns(chosen, name):
    whole, test = load(name)
    params = chosen.init(jax.random.key(0))
    step = optimiser("adam", 0.01)
    trained = train(chosen, params, whole.x, whole.y, key=KEY, optimiser=step, epochs=5)
    assert evaluate(chosen, trained, test.x, test.y)[1] > 0.9


def test_the_same_key_gives_the_same_parameters(data):
    whole, _ = data
    runs = [
        train(LOGREG, START, whole.x, whole.y, key=KEY, optimiser=optimiser("sgd", 0.1))
        for _ in range(2)
    ]
    assert (flatten(runs[0])[0] == flatten(runs[1])[0]).all()


def test_participants_of_similar_size_share_one_compilation(data):
    whole, _ = data
    step = optimiser("sgd", 0.125)
    before = train_padded._cache_size()
    for count in (260, 300, 400, 455):
        part = whole.take(np.arange(count))
        train(LOGREG, START, part.x, part.y, key=KEY, optimiser=step, batch_size=16)
    assert train_padded._cache_size() == before + 1


def test_padding_changes_nothing(data):
    whole, _ = data
    part = whole.take(np.arange(8))
    step = optimiser("momentum", 0.1)
    # One full batch: its only order does not matter, so that plain gradient descent must agree.
    found = train(LOGREG, START, part.x, part.y, key=KEY, optimiser=step, epochs=3, batch_size=16)

    def loss(params):
        logits = LOGREG.apply(params, part.x)
        return optax.softmax_cross_entropy_with_integer_labels(logits, part.y).mean()

    params, memory = START, step.init(START)
    for _ in range(3):
        change, memory = step.update(jax.grad(loss)(params), memory, params)
        params = optax.apply_updates(params, change)
    assert np.allclose(flatten(found)[0], flatten(params)[0], atol=1e-6)


def test_batches_of_padding_change_nothing(data):
    whole, _ = data
    x, y = whole.x[:8], whole.y[:8]
    step = optimiser("momentum", 0.1)
    settings = {"key": KEY, "epochs": 3, "batch_size": 8}
    plain = train_padded(LOGREG, step, START, Samples(x, y, np.int32(8)), **settings)
    wide = Samples(np.pad(x, ((0, 24), (0, 0))), np.pad(y, (0, 24)), np.int32(8))
    padded = train_padded(LOGREG, step, START, wide, **settings)
    assert np.allclose(flatten(plain)[0], flatten(padded)[0], atol=1e-6)


def test_samples_are_padded_to_a_power_of_two_of_batches():
    samples = pad_samples(np.ones((33, 2), np.float32), np.ones(33, np.int32), 8)
    assert samples.x.shape == (64, 2)
    assert samples.y.sum() == samples.count == 33


def test_evaluation_leaves_padding_out(data):
    whole, _ = data
    loss, accuracy = evaluate(LOGREG, START, whole.x[:5], whole.y[:5])
    assert loss == pytest.approx(np.log(2), rel=1e-6)
    assert accuracy == pytest.approx((whole.y[:5] == 0).mean())


def test_training_that_diverges_is_refused(data):
    whole, _ = data
    step = optimiser("sgd", 1e38)
    with pytest.raises(NotFinite):
        train(LOGREG, START, whole.x * 1e6, whole.y, key=KEY, optimiser=step, epochs=3)


def test_no_samples_are_refused():
    x, y = np.empty((0, 30), np.float32), np.empty(0, np.int32)
    with pytest.raises(LearningError):
        train(LOGREG, START, x, y, key=KEY, optimiser=optimiser("sgd"))


@pytest.mark.parametrize("setting", ["epochs", "batch_size"])
def test_epochs_and_batches_must_be_positive(data, setting):
    whole, _ = data
    with pytest.raises(ConfigError):
        train(LOGREG, START, whole.x, whole.y, key=KEY, optimiser=optimiser("sgd"), **{setting: 0})
