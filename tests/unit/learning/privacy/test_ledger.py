"""The ledger says what dp-accounting says, stops before the budget and survives a restart."""

import sys

import dp_accounting
import pytest
from dp_accounting.pld import PLDAccountant
from dp_accounting.rdp import RdpAccountant

from fedsol.errors import ConfigError
from fedsol.learning.privacy import (
    Budget,
    BudgetExhausted,
    PrivacyLedger,
    Release,
    epsilon_of,
    noise_for,
)

DELTA = 1e-5
GRID = [(q, sigma, t) for q in (1, 10, 100) for sigma in (0.8, 1.3, 4.0) for t in (1, 50)]


def direct(accountant, event, count):
    return accountant.compose(event, count).get_epsilon(DELTA)


@pytest.mark.parametrize(("drawn", "sigma", "count"), GRID)
def test_epsilon_is_dp_accountings_by_renyi(drawn, sigma, count):
    noise = dp_accounting.GaussianDpEvent(sigma)
    event = dp_accounting.PoissonSampledDpEvent(drawn / 100, noise)
    expected = direct(RdpAccountant(), event, count)
    found = epsilon_of(Budget(1, DELTA), [Release(sigma, drawn, 100, count)])
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("drawn", "sigma", "count"), GRID[2:12:3])
def test_epsilon_is_dp_accountings_by_loss_distributions(drawn, sigma, count):
    noise = dp_accounting.GaussianDpEvent(sigma)
    event = dp_accounting.PoissonSampledDpEvent(drawn / 100, noise)
    expected = direct(PLDAccountant(), event, count)
    found = epsilon_of(Budget(1, DELTA, "pld"), [Release(sigma, drawn, 100, count)])
    assert found == pytest.approx(expected, abs=1e-9)


def test_replacing_one_of_a_fixed_sample_moves_the_sum_twice_as_far():
    relation = dp_accounting.NeighboringRelation.REPLACE_ONE
    noise = dp_accounting.GaussianDpEvent(1.0)
    event = dp_accounting.SampledWithoutReplacementDpEvent(200, 10, noise)
    expected = direct(RdpAccountant(neighboring_relation=relation), event, 20)
    found = epsilon_of(Budget(1, DELTA, sampling="fixed"), [Release(2.0, 10, 200, 20)])
    assert found == pytest.approx(expected, abs=1e-9)


def test_different_releases_add_up_as_dp_accounting_composes_them():
    accountant = RdpAccountant()
    accountant.compose(dp_accounting.GaussianDpEvent(5.0), 2)
    accountant.compose(
        dp_accounting.PoissonSampledDpEvent(0.05, dp_accounting.GaussianDpEvent(1.0)), 30
    )
    ledger = PrivacyLedger(Budget(9, DELTA))
    ledger.spend(Release(5.0, count=2))
    ledger.spend(Release(1.0, 5, 100, 30))
    assert ledger.epsilon == pytest.approx(accountant.get_epsilon(DELTA), abs=1e-9)


def test_the_ledger_stops_before_the_round_that_would_exceed():
    ledger, step = PrivacyLedger(Budget(2, DELTA)), Release(2.0, 30, 100)
    rounds = 0
    while not ledger.would_exceed(step):
        assert ledger.spend(step) <= 2
        rounds += 1
    before = ledger.epsilon
    with pytest.raises(BudgetExhausted, match="2 is allowed"):
        ledger.spend(step)
    assert ledger.epsilon == before <= 2
    assert ledger.releases == (Release(2.0, 30, 100, rounds),)
    assert rounds > 2
    assert epsilon_of(ledger.budget, [Release(2.0, 30, 100, rounds + 1)]) > 2


def test_a_ledger_goes_on_after_a_restart_where_it_stopped():
    ledger = PrivacyLedger(Budget(3, DELTA))
    ledger.spend(Release(1.5, 3, 100, 7))
    again = PrivacyLedger.from_json(ledger.to_json())
    for one in (ledger, again):
        one.spend(Release(1.5, 3, 100))
    assert again.releases == ledger.releases == (Release(1.5, 3, 100, 8),)
    assert again.budget == ledger.budget
    assert again.epsilon == ledger.epsilon


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 2}', '{"version": 1, "budget": {}}'])
def test_a_broken_ledger_is_not_taken_for_an_empty_one(text):
    with pytest.raises(ConfigError, match="ledger"):
        PrivacyLedger.from_json(text)


def test_the_report_names_what_the_figure_assumes():
    ledger = PrivacyLedger(Budget(3, DELTA, sampling="fixed"))
    ledger.spend(Release(8.0, 3, 100, 2))
    assert ledger.report() == {
        "epsilon": ledger.epsilon,
        "budget": 3,
        "delta": DELTA,
        "accountant": "rdp",
        "sampling": "fixed",
        "adjacency": "replace one",
        "releases": 2,
    }


def test_the_noise_that_is_suggested_is_the_least_that_keeps_the_budget():
    budget = Budget(1.5, DELTA)
    sigma = noise_for(budget, drawn=10, population=500, count=100)
    assert epsilon_of(budget, [Release(sigma, 10, 500, 100)]) <= 1.5
    assert epsilon_of(budget, [Release(sigma - 2e-3, 10, 500, 100)]) > 1.5


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Release(0.0),
        lambda: Release(1.0, 2, 1),
        lambda: Release(1.0, count=0),
        lambda: Budget(0, DELTA),
        lambda: Budget(1, 1),
        lambda: Budget(1, DELTA, "pld", "fixed"),
        lambda: Budget(1, DELTA, "moments"),
    ],
)
def test_what_has_no_epsilon_is_refused(broken):
    with pytest.raises(ConfigError):
        broken()


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "dp_accounting", None)
    with pytest.raises(ConfigError, match="dp_accounting is not installed") as found:
        epsilon_of(Budget(1, 0.123), [])  # nothing that was computed before
    assert "fedsol[privacy]" in found.value.hint
