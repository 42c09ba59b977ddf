"""Client-level privacy under masks: clients add the noise, and every round is booked by who was left."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fedsol.learning.privacy import Budget, ClientPrivacy, Release, epsilon_of
from fedsol.simulation import Participation, Settings, simulate
from fedsol.simulation.masking import Masking
from fedsol.simulation.participation import Turnout
from fedsol.simulation.private import ClientNoise, Privacy
from fedsol.simulation.spending import MaskedSpending, spending_of
from tests.unit.simulation.crowd import TEST, population, same, settings

BUDGET = Budget(1e3, 1e-3)


def private(multiplier: float = 0.2, budget: Budget | None = None, **changes: object) -> Settings:
    """Ten clients, of whom three may go, and who bound their updates by 1."""
    given = {
        "masking": Masking(0.3),
        "weighted": False,
        "population": population(10),
        "participation": Participation(),
        "privacy": Privacy(ClientPrivacy(1.0, multiplier), budget),
    }
    return settings(**given | changes)


def noise_of(crowd: Settings) -> ClientNoise:
    noise = crowd.client_noise()
    assert noise is not None
    return noise


def test_who_is_left_of_as_many_as_may_go_has_all_of_the_noise() -> None:
    crowd = private(0.5)
    drawn = noise_of(crowd).added(range(7), np.zeros((7, 20_000), np.int16), 1)
    unit = 2 ** crowd.masked_scheme().update_bits
    assert drawn.sum(0, dtype=np.int64).std() == pytest.approx(0.5 * unit, rel=0.02)


def test_every_client_has_noise_of_its_own_in_every_round() -> None:
    noise, silent = noise_of(private()), np.zeros((2, 50), np.int16)
    rows = [*noise.added([3, 4], silent, 1), *noise.added([3, 4], silent, 2)]
    assert len({row.tobytes() for row in rows}) == 4
    assert same(noise.added([4], silent[:1], 2)[0], rows[3])


def test_no_client_moves_the_model_by_more_than_its_share() -> None:
    quiet, start = (simulate(private(0.0), rounds=n).parameters for n in (1, 0))
    free = simulate(private(privacy=None), rounds=1).parameters
    # Rounding of the model: half of 2**-16 for each of 42 values.
    assert np.linalg.norm(quiet - start) <= 1.0 + 42 * 2**-17
    assert np.linalg.norm(free - start) > 1.05 * np.linalg.norm(quiet - start)


def test_little_noise_still_learns() -> None:
    result = simulate(private(0.1), rounds=8, test=TEST)
    assert result.accuracy is not None
    assert result.accuracy > 0.8


def test_a_round_costs_what_the_noise_of_who_was_left_costs() -> None:
    crowd = private(2.0, BUDGET)
    spending, noise = spending_of(crowd, 0), noise_of(crowd)
    assert spending is not None
    for left in (10, 7):
        spending.spend(Turnout(tuple(range(left)), (), tuple(range(left, 10))))
    # With all ten, more noise than was asked for; with seven, as much.
    multipliers = [noise.multiplier(left) for left in (10, 7)]
    np.testing.assert_allclose(multipliers, (2.0 * (10 / 7) ** 0.5, 2.0), rtol=1e-3)
    assert spending.epsilon == epsilon_of(BUDGET, map(Release, multipliers))


def test_the_noise_of_liars_hides_nobody() -> None:
    trusting, wary = noise_of(private(0.5)), noise_of(private(0.5, masking=Masking(0.3, 0.2)))
    assert wary.deviation == pytest.approx(trusting.deviation * (7 / 5) ** 0.5)
    assert wary.multiplier(7) == pytest.approx(trusting.multiplier(7), rel=1e-6)


def test_a_sum_that_is_never_unmasked_is_booked_as_the_least_that_is() -> None:
    noise = noise_of(private(2.0))
    few, least = (MaskedSpending(noise, BUDGET, 6) for _ in range(2))
    few.spend(Turnout((1,), (0, *range(2, 10)), ()))
    least.spend(Turnout(tuple(range(6)), (), tuple(range(6, 10))))
    assert few.epsilon == least.epsilon > 0


def test_that_few_are_asked_makes_nothing_cheaper() -> None:
    whole, part = (
        spending_of(private(2.0, BUDGET, participation=Participation(asked)), 5)
        for asked in (10, 5)
    )
    assert whole is not None
    assert part is not None
    # Five bear two drop-outs in ten's three: a little more noise is over when nobody goes.
    assert part.epsilon == pytest.approx(whole.epsilon, rel=0.15)


def test_the_budget_ends_it_and_a_break_changes_nothing(tmp_path: Path) -> None:
    crowd = private(1.5, replace(BUDGET, epsilon=9.0), participation=Participation(dropout=0.1))
    whole = simulate(crowd, rounds=200)
    assert whole.exhausted
    assert 2 < len(whole.history) < 200
    assert whole.epsilon is not None
    assert whole.epsilon <= 9.0
    simulate(crowd, rounds=2, folder=tmp_path)
    resumed = simulate(crowd, rounds=200, folder=tmp_path, resume=True)
    assert resumed.exhausted
    assert same(whole.values, resumed.values)
    assert whole.epsilon == resumed.epsilon
