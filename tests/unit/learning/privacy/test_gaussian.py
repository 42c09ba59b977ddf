"""Client-level noise: clipping bounds what one client can move, and the noise is as deep as said."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.learning.privacy import ClientPrivacy, clip


def test_long_updates_are_cut_and_short_ones_are_not():
    updates = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]], np.float32)
    expected = [[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]]
    np.testing.assert_allclose(clip(updates, 1.0), expected, rtol=1e-6)


@pytest.mark.parametrize("poison", [np.nan, np.inf, 3e38])
def test_no_value_of_one_client_moves_the_sum_beyond_the_bound(poison):
    others = np.random.default_rng(0).normal(size=(5, 20)).astype(np.float32)
    bad = np.zeros((1, 20), np.float32)
    bad[0, 3:5] = poison
    privacy, key = ClientPrivacy(2.0, 1.0), jax.random.key(0)
    moved = privacy.sum(np.concatenate([others, bad]), key) - privacy.sum(others, key)
    assert float(jnp.linalg.norm(moved)) <= 2.0 + 1e-4


def test_the_noise_is_the_multiplier_times_the_bound():
    noise = ClientPrivacy(0.5, 3.0).sum(np.zeros((4, 200_000), np.float32), jax.random.key(1))
    assert abs(float(noise.std()) / 1.5 - 1) < 0.01
    assert abs(float(noise.mean())) < 0.02


def test_the_mean_divides_by_what_was_expected_not_by_what_came():
    updates = np.ones((3, 2), np.float32) * 0.1
    found = ClientPrivacy(1.0, 0.0).mean(updates, jax.random.key(0), expected=6)
    np.testing.assert_allclose(found, [0.05, 0.05], rtol=1e-6)


@pytest.mark.parametrize(("norm", "noise"), [(0, 1), (-1, 1), (np.inf, 1), (1, -1), (1, np.nan)])
def test_what_is_no_mechanism_is_refused(norm, noise):
    with pytest.raises(ConfigError):
        ClientPrivacy(norm, noise)
