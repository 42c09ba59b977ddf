"""A round's updates become the next model: exactly the program's, whichever way they come in."""

import numpy as np
import pytest
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning import Mean, Median, Rule, Scale, TrimmedMean, aggregate
from fedsol.learning.fixed_point import fit_norm, quantise_delta, to_float
from fedsol.learning.strategies import FedAvg
from fedsol.learning.update import Scheme
from fedsol.simulation.gathering import ExactServer, FloatServer, exact_server

RANDOM = np.random.default_rng(7)
SCHEME = Scheme(update_bits=14, max_norm_squared=3 * 10**7)
SCALE = Scale(1, 2, 16, 14)
VALUES = RANDOM.integers(-9_999, 9_999, 40).astype(np.int32)
TRAINED = (to_float(VALUES, 16) + RANDOM.normal(0, 0.05, (9, 40))).astype(np.float32)
COUNTS = RANDOM.integers(1, 90, 9)


def quantised() -> NDArray[np.int16]:
    rows = []
    for row in TRAINED:
        fitted = fit_norm(row.astype(float) - VALUES / 65_536, SCHEME.max_norm_squared, 14, 32_767)
        rows.append(quantise_delta(fitted, 14, 32_767))
    return np.stack(rows)


@pytest.mark.parametrize("rule", [Mean(), TrimmedMean(2), Median()])
def test_blocks_make_what_the_rule_makes_of_all_at_once(rule: Rule) -> None:
    server = ExactServer(rule, SCHEME, VALUES, SCALE)
    for start in (0, 4, 8):
        server.take(range(start, 9)[:4], TRAINED[start : start + 4], COUNTS[start : start + 4])
    server.finish(1)
    expected = aggregate(VALUES, quantised(), COUNTS.astype(np.uint32), rule, SCALE)
    np.testing.assert_array_equal(server.values, expected)
    assert (expected != VALUES).any()


def test_every_block_is_handed_on_as_it_was_quantised() -> None:
    seen: list[tuple[list[int], NDArray[np.int16]]] = []
    server = ExactServer(Mean(), SCHEME, VALUES, SCALE, lambda c, u: seen.append((list(c), u)))
    server.take([3, 5], TRAINED[:2], COUNTS[:2])
    assert seen[0][0] == [3, 5]
    np.testing.assert_array_equal(seen[0][1], quantised()[:2])


def test_a_second_round_starts_from_the_first_and_nothing_else() -> None:
    once, twice = (ExactServer(Median(), SCHEME, VALUES, SCALE) for _ in range(2))
    once.take([0, 1, 2], TRAINED[:3], COUNTS[:3])
    once.finish(1)
    twice.take([0, 1], TRAINED[3:5], COUNTS[:2])
    twice.finish(1)
    twice.restore(VALUES, ())
    twice.take([0, 1, 2], TRAINED[:3], COUNTS[:3])
    twice.finish(1)
    np.testing.assert_array_equal(once.values, twice.values)


def test_the_float_mean_is_weighted_by_samples() -> None:
    start = TRAINED[0]
    server = FloatServer(FedAvg(), start)
    server.take([1, 2], TRAINED[1:3], COUNTS[1:3])
    server.take([3], TRAINED[3:4], COUNTS[3:4])
    server.finish(1)
    expected = np.average(TRAINED[1:4].astype(float), axis=0, weights=COUNTS[1:4])
    np.testing.assert_allclose(server.parameters, expected, atol=1e-6)


def test_a_strategy_without_a_rule_cannot_run_exact() -> None:
    class Unruly(FedAvg):
        def rule(self, clients: int) -> Rule | None:
            return None

    with pytest.raises(ConfigError, match="Unruly cannot run exact"):
        exact_server(Unruly(), TRAINED[0], SCHEME, SCALE, clients=9)
