"""The rules that only the robustness study has: weights fitted on held-out data."""

import jax.numpy as jnp
import numpy as np
from jax import Array

from benchmarks.robustness_fitting import fitted_mean, fitted_weights, gainful_mean

AIM = jnp.asarray(np.random.default_rng(0).normal(size=30).astype(np.float32))
START = jnp.zeros(30)
NOISE = jnp.asarray(np.random.default_rng(1).normal(0, 0.3, (6, 30)).astype(np.float32))
HONEST = 0.5 * AIM + NOISE


def loss(parameters: Array) -> Array:
    return jnp.sum((parameters - AIM) ** 2)


def test_what_harms_gets_no_weight() -> None:
    weights = fitted_weights(START, jnp.concatenate([HONEST, -HONEST[:2]]), loss)
    assert abs(float(weights.sum()) - 1) < 1e-5
    assert float(weights[6:].max()) < 0.01 < 0.1 < float(weights[:6].max())


def test_held_out_loss_is_never_worse_than_the_mean_s() -> None:
    for seed in range(5):
        drawn = np.random.default_rng(seed).normal(size=(7, 30)).astype(np.float32)
        weights = fitted_weights(START, jnp.asarray(drawn), loss)
        assert float(loss(weights @ drawn)) <= float(loss(drawn.mean(axis=0))) + 1e-4


def test_a_long_update_pulls_no_farther_than_the_others() -> None:
    # It points where the loss falls, so that only its length can be held against it.
    given = jnp.concatenate([HONEST, 1_000 * AIM[None]])
    reached = fitted_mean(START, given, loss)
    assert float(jnp.linalg.norm(reached)) <= float(jnp.linalg.norm(HONEST, axis=1).max())


def test_an_update_that_is_not_finite_leaves_the_others_their_share() -> None:
    weights = fitted_weights(START, HONEST.at[0, 0].set(jnp.nan), loss)
    assert bool(jnp.isfinite(weights).all())


def test_the_mean_of_what_helps_leaves_out_what_does_not() -> None:
    given = jnp.concatenate([HONEST, -HONEST[:2]])
    np.testing.assert_allclose(gainful_mean(START, given, loss), HONEST.mean(axis=0), rtol=1e-5)
    assert not bool(gainful_mean(START, -HONEST, loss).any())
