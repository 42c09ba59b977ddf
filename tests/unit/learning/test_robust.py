"""Robust rules: as their papers say, as byzfl computes them, and as a chain can settle them."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError
from fedsol.learning import robust, strategies
from fedsol.learning.aggregation import Mean, Scale
from fedsol.learning.aggregation_jax import aggregate
from fedsol.learning.fixed_point import quantise_delta, to_fixed, to_float
from fedsol.learning.selection import LARGEST_WEIGHT, to_weights
from fedsol.learning.strategies import STRATEGIES, strategy
from tests.unit.learning.robust_cases import CASES, RULES, key_of, updates

VECTORS = Path(__file__).parents[2] / "vectors" / "aggregators.npz"
HONEST = np.random.default_rng(0).normal(1.0, 0.1, (9, 50)).astype(np.float32)
FAR = np.full((2, 50), -40.0, np.float32)
BOTH = np.concatenate([FAR, HONEST])
RESISTING = [
    strategies.FedMedian(),
    strategies.FedTrimmedAvg(0.2),
    strategies.Krum(2),
    strategies.MultiKrum(2, 5),
    strategies.Bulyan(2),
    strategies.GeometricMedian(),
    strategies.DnC(2),
    strategies.NearestNeighborMixing(2, strategies.FedTrimmedAvg(0.2)),
    strategies.FLTrust(lambda parameters: HONEST[0]),
]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("name", RULES)
def test_it_is_what_byzfl_said(name: str, case: tuple[int, int, int]) -> None:
    with np.load(VECTORS) as kept:
        expected = kept[key_of(name, case)]
    found = RULES[name](updates(*case, seed=0), case[1])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("chosen", RESISTING, ids=repr)
def test_two_far_away_of_eleven_change_little(chosen: strategies.Strategy) -> None:
    start = np.zeros(50, np.float32)
    after, _ = chosen.aggregate(chosen.start(start), start, BOTH, np.ones(11, np.float32))
    assert np.abs(np.asarray(after) - HONEST.mean(axis=0)).max() < 0.3


def test_the_mean_resists_nobody() -> None:
    mean = strategies.FedAvg()
    after, _ = mean.aggregate((), np.zeros(50, np.float32), BOTH, np.ones(11, np.float32))
    assert np.abs(np.asarray(after) - HONEST.mean(axis=0)).max() > 5


def test_distances_of_updates_with_a_large_common_part_are_right() -> None:
    given = (updates(12, 2, 500, 1) / 100 + 100).astype(np.float32)
    wide = given.astype(np.float64)
    expected = ((wide[:, None] - wide[None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(robust.squared_distances(given), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("outlier", [1e8, np.inf, np.nan])
def test_distances_between_honest_updates_are_right_whatever_an_attacker_sends(
    outlier: float,
) -> None:
    given = updates(12, 0, 500, 1)
    given[:3] = outlier
    wide = given[3:].astype(np.float64)
    expected = ((wide[:, None] - wide[None]) ** 2).sum(axis=2)
    found = robust.squared_distances(given)[3:, 3:]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_krum_does_not_count_an_update_as_its_own_neighbour() -> None:
    apart = np.array([[0.0, 1, 4], [1, 0, 9], [4, 9, 0]], np.float32)
    np.testing.assert_array_equal(robust.krum_scores(jnp.asarray(apart), 0), [1, 1, 4])


def test_ties_go_to_the_first() -> None:
    np.testing.assert_array_equal(robust.lowest(jnp.asarray([2.0, 1, 1, 1]), 2), [0, 1, 1, 0])


def test_the_geometric_median_is_where_no_step_lowers_the_sum_of_distances() -> None:
    found = np.asarray(robust.geometric_median(BOTH, steps=200, floor=1e-6), np.float64)
    directions = (BOTH - found) / np.linalg.norm(BOTH - found, axis=1, keepdims=True)
    assert np.linalg.norm(directions.sum(axis=0)) < 1e-3


def test_the_geometric_median_leaves_out_what_is_not_finite() -> None:
    broken = np.concatenate([HONEST, np.full((1, 50), np.inf, np.float32)])
    found = robust.geometric_median(broken)
    np.testing.assert_allclose(found, robust.geometric_median(HONEST), rtol=1e-5)


def test_centred_clipping_moves_at_most_its_radius() -> None:
    far = 100 * np.ones((4, 50), np.float32)
    step = robust.centered_clipping(far, radius=2.0)
    assert np.linalg.norm(step) == pytest.approx(2.0, rel=1e-5)


def test_centred_clipping_starts_from_the_last_step() -> None:
    chosen, zero = strategies.CenteredClipping(radius=1.0), np.zeros(50, np.float32)
    after, centre = chosen.aggregate(chosen.start(zero), zero, HONEST, np.ones(9))
    np.testing.assert_allclose(after, centre)
    _, second = chosen.aggregate(centre, after, HONEST, np.ones(9))
    assert np.linalg.norm(second) > 1.5 * np.linalg.norm(centre)


def test_fltrust_trusts_by_cosine_and_gives_all_the_root_s_length() -> None:
    root = np.array([3.0, 0.0], np.float32)
    given = np.array([[10.0, 0.0], [0.0, 7.0], [-5.0, 0.0], [2.0, 2.0]], np.float32)
    trust = np.array([1.0, 0.0, 0.0, np.sqrt(0.5)])
    unit = given / np.linalg.norm(given, axis=1, keepdims=True)
    expected = 3 * (trust[:, None] * unit).sum(axis=0) / trust.sum()
    np.testing.assert_allclose(
        robust.fltrust(jnp.asarray(given), jnp.asarray(root)), expected, rtol=1e-6
    )


def test_fltrust_stands_still_when_it_trusts_nobody() -> None:
    found = robust.fltrust(jnp.asarray(-HONEST), jnp.asarray(HONEST[0]))
    np.testing.assert_array_equal(found, np.zeros(50))


def test_dnc_drops_who_acts_together() -> None:
    random = np.random.default_rng(1)
    together = (random.normal(1, 0.1, (1, 50)) + 3 * np.eye(1, 50)).repeat(2, axis=0)
    given = np.concatenate([HONEST, together]).astype(np.float32)
    weights = robust.dnc_weights(given, 2, jax.random.key(0), coordinates=50)
    np.testing.assert_array_equal(np.flatnonzero(np.asarray(weights) == 0), [9, 10])


def test_dnc_trusts_somebody_even_if_each_was_dropped_once() -> None:
    given = np.random.default_rng(6).normal(size=(4, 1_000)).astype(np.float32)
    weights = robust.dnc_weights(given, 3, jax.random.key(1), iterations=20, coordinates=2)
    assert 0 < float(weights.sum()) < 4


@pytest.mark.parametrize(
    "mixed",
    [
        strategies.NearestNeighborMixing(2, strategies.FedAvg()),
        strategies.NearestNeighborMixing(2, strategies.MultiKrum(2, 5)),
        strategies.Bucketing(2, strategies.Krum(1)),
    ],
    ids=repr,
)
def test_mixing_has_a_weighted_form_if_what_follows_has(mixed: strategies.Strategy) -> None:
    zero = np.zeros(50, np.float32)
    weights = mixed.weights(BOTH, zero)
    assert weights is not None
    after, _ = mixed.aggregate(mixed.start(zero), zero, BOTH, np.ones(11, np.float32))
    np.testing.assert_allclose(robust.mean(BOTH, weights), after, atol=1e-4)


@pytest.mark.parametrize(
    "chosen",
    [
        strategies.Krum(2),
        strategies.MultiKrum(2, 5),
        strategies.GeometricMedian(),
        strategies.DnC(2),
        strategies.FedAvg(),
    ],
    ids=repr,
)
def test_the_weighted_form_is_the_step(chosen: strategies.Strategy) -> None:
    zero = np.zeros(50, np.float32)
    weights = chosen.weights(BOTH, zero)
    assert weights is not None
    assert np.asarray(weights).min() >= 0
    after, _ = chosen.aggregate(chosen.start(zero), zero, BOTH, np.ones(11, np.float32))
    np.testing.assert_allclose(robust.mean(BOTH, weights), after, atol=1e-5)


@pytest.mark.parametrize(
    "chosen", [strategies.NormClipping(4.0), strategies.CenteredClipping(4.0, 3)], ids=repr
)
def test_the_weighted_form_of_clipping_goes_farther_the_same_way(
    chosen: strategies.Strategy,
) -> None:
    zero = np.zeros(50, np.float32)
    weights = chosen.weights(BOTH, zero)
    assert weights is not None
    after, _ = chosen.aggregate(chosen.start(zero), zero, BOTH, np.ones(11, np.float32))
    shrunk = float(weights.sum()) / (11 if isinstance(chosen, strategies.NormClipping) else 1)
    assert shrunk < 0.99
    np.testing.assert_allclose(shrunk * robust.mean(BOTH, weights), after, atol=1e-5)


def test_the_weighted_form_of_fltrust_has_its_direction() -> None:
    chosen, zero = strategies.FLTrust(lambda parameters: 2 * HONEST[0]), np.zeros(50, np.float32)
    weights = chosen.weights(BOTH, zero)
    assert weights is not None
    after, _ = chosen.aggregate((), zero, BOTH, np.ones(11, np.float32))
    settled = robust.mean(BOTH, weights)
    cosine = after @ settled / np.linalg.norm(after) / np.linalg.norm(settled)
    assert float(cosine) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    "chosen",
    [
        strategies.MultiKrum(2, 5),
        strategies.GeometricMedian(),
        strategies.NearestNeighborMixing(2, strategies.MultiKrum(2, 7)),
    ],
    ids=repr,
)
def test_settled_in_fixed_point_it_is_within_the_stated_bound(chosen: strategies.Strategy) -> None:
    """What docs/aggregation.md derives: rounding of values, of the model and of the weights."""
    bits = 12
    random = np.random.default_rng(3)
    for _ in range(5):
        given = random.uniform(-0.5, 0.5, (11, 200)).astype(np.float32)
        start = to_float(random.integers(-(2**20), 2**20, 200).astype(np.int32), 16)
        weights = np.asarray(chosen.weights(given, start), np.float64)
        quantised = quantise_delta(given, bits, 32_767)
        scale = Scale(frac_bits=16, update_bits=bits)
        settled = aggregate(to_fixed(start, 16), quantised, to_weights(weights), Mean(), scale)
        exact = start + weights @ given.astype(np.float64) / weights.sum()
        bound = 2.0**-17 + 2.0 ** -(bits + 1) + 11 / LARGEST_WEIGHT * np.abs(given).max()
        off = np.abs(to_float(settled, 16).astype(np.float64) - exact).max()
        assert bound / 20 < off <= bound + 1e-6  # float32 of parameters up to 16


@pytest.mark.parametrize(
    "chosen", [strategies.FedMedian(), strategies.FedTrimmedAvg(0.2)], ids=repr
)
def test_a_rule_of_the_program_is_within_the_bound_of_rounding(chosen: strategies.Strategy) -> None:
    bits = 12
    given = np.random.default_rng(4).uniform(-0.5, 0.5, (11, 2_000)).astype(np.float32)
    zero, ones = np.zeros(2_000, np.float32), np.ones(11, np.uint32)
    rule = chosen.rule(11)
    assert rule is not None
    quantised = quantise_delta(given, bits, 32_767)
    scale = Scale(frac_bits=16, update_bits=bits)
    settled = aggregate(to_fixed(zero, 16), quantised, ones, rule, scale)
    after, _ = chosen.aggregate((), zero, given, ones.astype(np.float32))
    off = np.abs(to_float(settled, 16) - np.asarray(after)).max()
    assert 0 < off <= 2.0**-17 + 2.0 ** -(bits + 1) + 1e-7


def test_each_round_draws_other_buckets_and_coordinates() -> None:
    zero, ones = np.zeros(50, np.float32), np.ones(11, np.float32)
    given = np.random.default_rng(2).normal(size=(11, 50)).astype(np.float32)
    for chosen in (strategies.Bucketing(3, strategies.FedMedian()), strategies.DnC(3, 1, 5)):
        state, seen = chosen.start(zero), set()
        for _ in range(4):
            after, state = chosen.aggregate(state, zero, given, ones)
            seen.add(np.asarray(after).tobytes())
        assert len(seen) > 1
        again, _ = chosen.aggregate(chosen.start(zero), zero, given, ones)
        assert np.asarray(again).tobytes() in seen


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (strategies.Krum(2), 6),
        (strategies.MultiKrum(0, 5), 4),
        (strategies.Bulyan(2), 10),
        (strategies.NearestNeighborMixing(3), 3),
        (strategies.NormClipping(num_malicious_nodes=2), 2),
        (strategies.DnC(2), 2),
    ],
    ids=repr,
)
def test_too_few_updates_are_refused(chosen: strategies.Strategy, count: int) -> None:
    zero = np.zeros(50, np.float32)
    with pytest.raises(LearningError, match="takes"):
        chosen.aggregate(chosen.start(zero), zero, BOTH[:count], np.ones(count))


def test_strategies_are_found_by_flower_s_names() -> None:
    assert strategy("FedTrimmedAvg", beta=0.1) == strategies.FedTrimmedAvg(0.1)
    nested = strategy("NearestNeighborMixing", num_malicious_nodes=3, inner="FedMedian")
    assert nested == strategies.NearestNeighborMixing(3, strategies.FedMedian())
    assert {"FedAvg", "FedProx", "FedAdam", "Krum", "Bulyan"} < set(STRATEGIES)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("FedBest", {}),
        ("FedTrimmedAvg", {"beta": 0.5}),
        ("FedTrimmedAvg", {"gamma": 1}),
        ("FedProx", {"proximal_mu": -1}),
        ("NormClipping", {}),
        ("Krum", {"num_nodes_to_select": 2}),
        ("MultiKrum", {"num_malicious_nodes": -1}),
        ("Bucketing", {"size": 0}),
        ("DnC", {"filter_fraction": 0}),
    ],
)
def test_what_cannot_be_is_refused(name: str, settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        strategy(name, **settings)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "chosen",
    [
        strategies.Krum(2),
        strategies.MultiKrum(2, 5),
        strategies.Bulyan(2),
        strategies.GeometricMedian(),
        strategies.DnC(2),
        strategies.NearestNeighborMixing(2, strategies.FedTrimmedAvg(0.2)),
    ],
    ids=repr,
)
def test_what_is_not_finite_does_not_spread(chosen: strategies.Strategy, value: float) -> None:
    given, zero = BOTH.copy(), np.zeros(50, np.float32)
    given[:2, ::7] = value
    after, _ = chosen.aggregate(chosen.start(zero), zero, given, np.ones(11, np.float32))
    assert np.abs(np.asarray(after) - HONEST.mean(axis=0)).max() < 0.3
