"""The rules that only the robustness study has."""

import jax.numpy as jnp
import numpy as np
from jax import Array

from benchmarks.robustness_rules import Round, Rule, fitted_length, gainful_mean
from fedsol.learning import robust

AIM = jnp.asarray(np.random.default_rng(0).normal(size=30).astype(np.float32))
START = jnp.zeros(30)
NOISE = jnp.asarray(np.random.default_rng(1).normal(0, 0.3, (6, 30)).astype(np.float32))
HONEST = 0.5 * AIM + NOISE


def made(rule: Rule, updates: Array) -> Array:
    def losses(parameters: Array) -> Array:
        return jnp.sum((parameters - AIM) ** 2)[None]

    return rule(Round(START, updates, jnp.ones(len(updates)), START, AIM, losses, 2))


def test_the_mean_of_what_helps_leaves_out_what_does_not() -> None:
    given = jnp.concatenate([HONEST, -HONEST[:2]])
    np.testing.assert_allclose(made(gainful_mean, given), HONEST.mean(axis=0), rtol=1e-5)
    assert not bool(made(gainful_mean, -HONEST).any())


def test_a_length_is_fitted_from_one_to_three() -> None:
    longer = fitted_length(lambda given: robust.mean(given.updates))
    for scale, expected in ((0.5, 3.0), (5.0, 1.0)):
        given = scale * HONEST / 2
        apart = made(longer, given) / given.mean(axis=0)
        np.testing.assert_allclose(apart, expected, rtol=1e-4)
