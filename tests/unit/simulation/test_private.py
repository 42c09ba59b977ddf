"""Client-level privacy in a simulation: updates are bounded, their sum is noised, the budget ends it."""

from pathlib import Path

import jax
import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.learning.privacy import Budget, ClientPrivacy, Release, epsilon_of
from fedsol.learning.strategies import FedMedian
from fedsol.simulation import Participation, simulate
from fedsol.simulation.private import Noise, Privacy
from tests.unit.simulation.crowd import TEST, same, settings

EVERYBODY = Participation()


def private(multiplier: float = 0.2, budget: Budget | None = None, **changes: object):
    chosen = Privacy(ClientPrivacy(1.0, multiplier), budget)
    given = {"privacy": chosen, "weighted": False, "participation": EVERYBODY, **changes}
    return settings(**given)


def test_the_noise_of_a_mean_is_the_multiplier_of_the_bound_over_the_expected() -> None:
    noise = Noise(ClientPrivacy(2.0, 3.0), 10, jax.random.key(0))
    drawn = noise.mean(np.zeros(20_000), 1)
    assert drawn.std() == pytest.approx(2.0 * 3.0 / 10, rel=0.03)
    assert abs(drawn.mean()) < 0.02
    assert not same(drawn, noise.mean(np.zeros(20_000), 2))


def test_no_client_moves_the_model_by_more_than_its_share() -> None:
    quiet = simulate(private(0.0), rounds=1).parameters
    start = simulate(private(0.0), rounds=0).parameters
    assert np.linalg.norm(quiet - start) <= 1.0 + 1e-5
    free = simulate(settings(weighted=False, participation=EVERYBODY), rounds=1).parameters
    assert np.linalg.norm(free - start) > 1.05 * np.linalg.norm(quiet - start)


def test_little_noise_still_learns() -> None:
    result = simulate(private(0.05), rounds=8, test=TEST)
    assert result.accuracy is not None
    assert result.accuracy > 0.8


def test_the_budget_ends_it_before_the_round_that_it_cannot_pay(tmp_path: Path) -> None:
    budget = Budget(8.0, 1e-3)
    result = simulate(private(1.5, budget), rounds=200, folder=tmp_path)
    assert result.exhausted
    assert 1 < len(result.history) < 200
    assert result.epsilon is not None
    assert result.epsilon <= 8.0
    assert result.epsilon == result.history[-1].epsilon
    once_more = Release(1.5, 6, 6, len(result.history) + 1)
    assert epsilon_of(budget, [once_more]) > 8.0
    resumed = simulate(private(1.5, budget), rounds=200, folder=tmp_path, resume=True)
    assert resumed.exhausted
    assert same(resumed.parameters, result.parameters)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exact": True}, "an exact run has none"),
        ({"weighted": True}, "count alike"),
        ({"strategy": FedMedian()}, "measured for a mean"),
        ({"participation": Participation(3)}, "fixed number"),
    ],
)
def test_what_the_noise_is_not_measured_for_is_refused(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        simulate(private(1.0, Budget(8.0, 1e-3), **changes), rounds=1)
