"""DP-SGD: exact per-example clipping, the noise that is accounted for, Poisson batches."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from scipy.stats import binom

from fedsol.errors import ConfigError
from fedsol.learning.local_training import batch_loss, evaluate, pad_samples
from fedsol.learning.models import LogisticRegression
from fedsol.learning.parameters import flatten
from fedsol.learning.privacy import ExamplePrivacy, Release, train_private, train_private_padded
from fedsol.learning.privacy.private_training import capacity

MODEL = LogisticRegression(features=4, classes=3)
SGD = optax.sgd(1.0)


def data(count, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count).astype(np.int32)
    x = rng.normal(size=(count, 4)).astype(np.float32) + 2 * np.eye(4, dtype=np.float32)[y]
    return x, y


def trained(x, y, privacy, *, key=0, **settings):
    start = MODEL.init(jax.random.key(9))
    after = train_private(
        MODEL, start, x, y, key=jax.random.key(key), optimiser=SGD, privacy=privacy, **settings
    )
    return flatten(start)[0], flatten(after)[0]


def test_a_step_on_all_samples_is_the_sum_of_gradients_clipped_one_by_one():
    x, y = data(12)
    before, after = trained(x, y, ExamplePrivacy(0.7, 0.0), batch_size=12)
    start, total = MODEL.init(jax.random.key(9)), np.zeros(before.size)
    for one, label in zip(x, y, strict=True):
        gradient = jax.grad(batch_loss)(start, MODEL, one[None], label[None], jnp.ones(1, bool))
        vector = flatten(gradient)[0].astype(np.float64)
        total += vector * min(1, 0.7 / np.linalg.norm(vector))
    np.testing.assert_allclose(before - after, total / 12, atol=1e-6)


@pytest.mark.parametrize("value", [1e6, 3e38, np.nan])
def test_one_sample_replaced_moves_a_step_by_twice_its_bound_at_most(value):
    x, y = data(12)
    wild = np.full((1, 4), value, np.float32)
    privacy = ExamplePrivacy(0.5, 1.0)
    _, without = trained(np.concatenate([x, x[:1]]), np.append(y, y[0]), privacy, batch_size=13)
    _, other = trained(np.concatenate([x, wild]), np.append(y, 0), privacy, batch_size=13)
    assert np.linalg.norm(without - other) * 13 <= 2 * 0.5 + 1e-4


def test_the_noise_of_a_step_is_the_multiplier_times_the_bound():
    x, y = data(8)
    quiet = trained(x, y, ExamplePrivacy(0.5, 0.0), batch_size=8)[1]
    noise = [
        8 * (trained(x, y, ExamplePrivacy(0.5, 3.0), key=key, batch_size=8)[1] - quiet)
        for key in range(60)
    ]
    assert abs(np.std(noise) / 1.5 - 1) < 0.08


def one_step(start, x, y, privacy, key):
    return train_private_padded(
        MODEL,
        SGD,
        start,
        pad_samples(x, y, 20),
        key=jax.random.key(key),
        privacy=privacy,
        expected=20,
        count=1,
    )


def test_batches_are_drawn_sample_by_sample():
    """One step on equal samples moves as far as samples were drawn: a binomial number."""
    x, y = np.ones((100, 4), np.float32), np.zeros(100, np.int32)
    privacy = ExamplePrivacy(1e-3, 0.0)
    start = MODEL.init(jax.random.key(9))
    drawn = []
    for key in range(40):
        after = one_step(start, x, y, privacy, key)
        drawn.append(20 * np.linalg.norm(flatten(after)[0] - flatten(start)[0]) / 1e-3)
    assert np.allclose(drawn, np.round(drawn), atol=0.05)
    assert abs(np.mean(drawn) - 20) < 2.5
    assert 2.5 < np.std(drawn) < 5.5  # binomial: 4


def test_a_batch_has_room_for_all_but_one_in_a_million_million():
    for expected, population in ((1, 1_000), (10, 60), (32, 10_000)):
        assert binom.sf(capacity(expected), population, expected / population) < 1e-12


def test_it_still_learns():
    x, y = data(300)
    start = MODEL.init(jax.random.key(9))
    after = train_private(
        MODEL,
        start,
        x,
        y,
        key=jax.random.key(0),
        optimiser=optax.sgd(0.5),
        privacy=ExamplePrivacy(1.0, 1.0),
        epochs=5,
        batch_size=30,
    )
    assert evaluate(MODEL, after, x, y)[1] > evaluate(MODEL, start, x, y)[1] + 0.2


def test_a_call_says_what_it_costs():
    privacy = ExamplePrivacy(1.0, 1.5)
    assert privacy.release(95, epochs=2, batch_size=10) == Release(1.5, 10, 95, 20)
    assert privacy.release(5, batch_size=10) == Release(1.5, 5, 5, 1)


def test_no_epoch_is_refused():
    x, y = data(5)
    with pytest.raises(ConfigError):
        trained(x, y, ExamplePrivacy(1.0, 1.0), epochs=0)
