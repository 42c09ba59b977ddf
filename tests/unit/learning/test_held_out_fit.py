"""Weights fitted on held-out data: whom they drop, how far they go, what a chain makes of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array

from fedsol.errors import ConfigError, LearningError
from fedsol.learning import load, model
from fedsol.learning.aggregation import Scale
from fedsol.learning.fixed_point import to_float
from fedsol.learning.parameters import flatten
from fedsol.learning.robust import mean
from fedsol.learning.robust.fitting import fitted_weights
from fedsol.learning.strategies import HeldOutFit, held_out_losses, strategy
from fedsol.learning.update import Scheme
from fedsol.simulation.gathering import exact_server

RANDOM = np.random.default_rng(0)
AIM = RANDOM.normal(size=30).astype(np.float32)
SEEN = (AIM + RANDOM.normal(0, 0.2, (40, 30))).astype(np.float32)
HONEST = (0.3 * AIM + RANDOM.normal(0, 0.1, (6, 30))).astype(np.float32)
ZERO = np.zeros(30, np.float32)


def losses(parameters: Array) -> Array:
    """Squared distances to noisy sights of the aim: a sample each."""
    return jnp.sum((parameters - SEEN) ** 2, axis=1)


def loss_at(vector: Array) -> float:
    return float(jnp.mean(losses(vector)))


def stepped(chosen: HeldOutFit, updates: np.ndarray) -> np.ndarray:
    after, state = chosen.aggregate(chosen.start(ZERO), ZERO, updates, np.ones(len(updates)))
    assert state == ()
    return np.asarray(after)


def fitted(updates: np.ndarray, penalty: float = 0.0) -> Array:
    def loss(weights: Array) -> Array:
        return jnp.mean(losses(weights @ updates))

    prior = jnp.full(len(updates), 1 / len(updates))
    return fitted_weights(loss, prior, penalty=penalty)


def test_what_harms_gets_no_weight_even_if_it_is_the_majority() -> None:
    weights = np.asarray(fitted(np.concatenate([HONEST[:3], -HONEST[:5]])))
    assert weights.sum() == pytest.approx(1, abs=1e-5)
    assert weights[3:].max() < 0.01 < 0.1 < weights[:3].max()


@pytest.mark.parametrize("seed", range(5))
def test_held_out_loss_is_never_above_the_mean_s(seed: int) -> None:
    drawn = np.random.default_rng(seed).normal(size=(7, 30)).astype(np.float32)
    assert loss_at(fitted(drawn) @ drawn) <= loss_at(jnp.asarray(drawn.mean(axis=0))) + 1e-4


def test_the_penalty_holds_weights_together() -> None:
    given = np.concatenate([HONEST, -HONEST[:2]])
    spread = [float(jnp.std(fitted(given, penalty))) for penalty in (0.0, 3.0, 1_000.0)]
    assert spread[0] > spread[1] > spread[2]
    assert spread[2] < 0.01


def test_a_step_is_as_long_as_pays_and_no_longer_than_allowed() -> None:
    short = HeldOutFit(losses, longest=1.0, own_steps=0)
    far = HeldOutFit(losses, longest=2.0, own_steps=0)
    one, two = stepped(short, HONEST), stepped(far, HONEST)
    longest = np.linalg.norm(HONEST, axis=1).max()
    assert np.linalg.norm(one) <= longest < np.linalg.norm(two) <= 2 * longest
    there = stepped(far, (3 * HONEST).astype(np.float32))  # nearly at the aim after one step
    assert np.linalg.norm(there) < 1.5 * np.linalg.norm(AIM)


def test_a_long_update_pulls_no_farther_than_the_others() -> None:
    # It points where the loss falls, so that only its length can be held against it.
    given = np.concatenate([HONEST, 1_000 * AIM[None]])
    reached = stepped(HeldOutFit(losses, longest=1.0, own_steps=0), given)
    assert np.linalg.norm(reached) <= np.linalg.norm(HONEST, axis=1).max()


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("own_steps", [0, 20])
def test_an_update_that_is_not_finite_does_not_spread(value: float, own_steps: int) -> None:
    given = np.concatenate([np.full((2, 30), value, np.float32), HONEST])
    chosen = HeldOutFit(losses, own_steps=own_steps, own_rate=0.01)
    assert loss_at(jnp.asarray(stepped(chosen, given))) < 0.5 * loss_at(jnp.asarray(ZERO))
    weights = np.asarray(chosen.weights(given, ZERO))
    assert np.isfinite(weights).all()


def test_the_own_update_stands_in_where_all_clients_lie() -> None:
    alone = stepped(HeldOutFit(losses, own_steps=0), -HONEST)
    helped = stepped(HeldOutFit(losses, own_rate=0.01), -HONEST)
    assert np.linalg.norm(helped - AIM) < 0.8 * np.linalg.norm(alone - AIM)


def test_an_own_update_that_only_remembers_its_samples_gets_no_weight() -> None:
    # Each sample has a coordinate of its own: what is learnt on some does the others harm.
    def apart(parameters: Array) -> Array:
        own, shared = parameters[:40], parameters[40:]
        return 40 * (own - 1) ** 2 + jnp.sum(own) + losses(shared)

    known = np.concatenate([np.zeros((6, 40), np.float32), HONEST], axis=1)
    start = np.zeros(70, np.float32)
    chosen = HeldOutFit(apart, own_rate=0.005)
    after, _ = chosen.aggregate((), start, known, np.ones(6))
    assert np.abs(after[:40]).max() < 0.02
    assert loss_at(after[40:]) < 0.5 * loss_at(jnp.asarray(ZERO))


def test_where_losses_say_nothing_those_that_krum_doubts_count_a_fifth() -> None:
    def indifferent(parameters: Array) -> Array:
        return 0 * parameters[:5]

    given = np.concatenate([HONEST, -9 * HONEST[:1]])
    weights = np.asarray(HeldOutFit(indifferent, 1).weights(given, ZERO))
    lengths = np.linalg.norm(given, axis=1)
    shares = weights / np.minimum(1, np.median(lengths) / lengths)
    np.testing.assert_allclose(shares / shares[0], [1] * 6 + [0.2], rtol=1e-4)
    with pytest.raises(LearningError, match="takes 5 updates"):
        HeldOutFit(indifferent, 1).weights(HONEST[:4], ZERO)


def test_settled_on_a_chain_it_is_the_mean_of_its_weights() -> None:
    given = np.concatenate([-20 * HONEST[:2], HONEST]).astype(np.float32)
    chosen, scheme = HeldOutFit(losses, 2), Scheme(frac_bits=16, update_bits=12)
    server = exact_server(chosen, ZERO, scheme, Scale(1, 1, 16, 12), clients=len(given))
    server.take(range(len(given)), given, np.ones(len(given), np.int64))
    server.finish(1)
    assert server.selected is not None
    assert server.selected.weights[:2].max() < 0.01 * server.selected.weights.max()
    settled = to_float(server.values, 16)
    weights = np.asarray(chosen.weights(given, ZERO))
    np.testing.assert_allclose(settled, mean(jnp.asarray(given), jnp.asarray(weights)), atol=1e-3)
    assert loss_at(jnp.asarray(settled)) < loss_at(jnp.asarray(HONEST.mean(axis=0))) + 0.1


def test_posted_weights_fit_the_federation_s_learning_rate() -> None:
    given = np.outer([0.5, 0.45, -0.4], AIM).astype(np.float32)

    def reached(fitted_for: float) -> float:
        weights = HeldOutFit(losses, server_learning_rate=fitted_for).weights(given, ZERO)
        return loss_at(3 * mean(jnp.asarray(given), weights))

    assert reached(3.0) < 0.5 * reached(1.0)  # three times the best one goes past the aim


def test_updates_of_no_length_count_alike() -> None:
    weights = np.asarray(HeldOutFit(losses).weights(np.zeros((4, 30), np.float32), ZERO))
    np.testing.assert_allclose(weights, 0.25)


def test_losses_of_a_model_are_its_cross_entropy() -> None:
    _, test = load("iris")
    net = model("mlp", features=4, classes=3)
    params = net.init(jax.random.key(1))
    logits = np.asarray(net.apply(params, jnp.asarray(test.x)), np.float64)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = -np.log(chances[np.arange(len(test)), test.y])
    found = held_out_losses(net, test)(jnp.asarray(flatten(params)[0]))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        {"num_malicious_nodes": -1},
        {"penalty": -1},
        {"longest": 0.5},
        {"own_steps": -1},
        {"own_rate": 0},
        {"folds": 1},
        {"server_learning_rate": 0},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        strategy("HeldOutFit", losses=losses, **settings)


def test_it_says_that_it_takes_losses() -> None:
    with pytest.raises(ConfigError, match="losses"):
        strategy("HeldOutFit")
