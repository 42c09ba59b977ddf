"""A governed simulation: every update is committed, revealed, aggregated and paid on a real chain."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pytest

from fedsol.chain import EmbeddedLedger
from fedsol.errors import ConfigError, ProgramError, StateError
from fedsol.learning import Mean, flatten, model_root, strategies, to_fixed
from fedsol.learning.codecs import Codec, TopK, TwoBit
from fedsol.program import Federation, Participant
from fedsol.program.addresses import round_address, submission_address
from fedsol.program.tokens import token_amount
from fedsol.simulation import EmbeddedGovernor, Participation, simulate
from fedsol.simulation.governing_plan import Plan
from tests.unit.simulation.crowd import MODEL, TEST, same, settings

EVERYBODY = settings(exact=True, weighted=False, participation=Participation())


@pytest.fixture
def governor(tmp_path: Path) -> Iterator[EmbeddedGovernor]:
    with EmbeddedGovernor(folder=tmp_path / "chain", keep_updates=True) as one:
        yield one


def the_plan(governor: EmbeddedGovernor) -> Plan:
    """The plan that its processes were given; all addresses follow from it."""
    return Plan(governor.seed, governor.params, 0, "", b"", governor.folder, True)


def the_ledger(governor: EmbeddedGovernor, number: int) -> EmbeddedLedger:
    """The chain as it was kept after a round."""
    return EmbeddedLedger.load(the_plan(governor).ledger_file(number))


def test_it_learns_what_an_ungoverned_one_learns_bit_for_bit(governor: EmbeddedGovernor) -> None:
    governed = simulate(EVERYBODY, rounds=3, test=TEST, governor=governor)
    free = settings(
        exact=True, weighted=False, participation=Participation(), scheme=governor.scheme
    )
    assert same(governed.values, simulate(free, rounds=3).values)
    assert [one.transactions > 12 for one in governed.history] == [True] * 3


def test_the_chain_holds_the_model_and_everybody_is_paid(governor: EmbeddedGovernor) -> None:
    result = simulate(EVERYBODY, rounds=2, governor=governor)
    assert result.values is not None
    governor.save(2)
    ledger, plan = the_ledger(governor, 2), the_plan(governor)
    account = ledger.get_account(plan.federation.address)
    assert account is not None
    federation = Federation.decode(account.data)
    assert bytes(federation.model_root) == model_root(result.values)
    for client in range(6):
        who = plan.client(client)
        stake, reward = (ledger.get_account(one) for one in plan.tokens_of(who.owner))
        assert stake is not None
        assert reward is not None
        assert (token_amount(stake.data), token_amount(reward.data)) == (0, 2 * (1_000_000 // 6))
        person = ledger.get_account(who.participant)
        assert person is not None
        assert Participant.decode(person.data).stake == plan.stake
        gone = submission_address(round_address(plan.federation.address, 2), who.participant)
        assert ledger.get_account(gone) is None


def test_the_whole_history_stands_up_to_an_audit(governor: EmbeddedGovernor) -> None:
    simulate(settings(exact=True, weighted=False), rounds=3, governor=governor)
    checks = {one.name: one.detail for one in governor.audit()}
    assert checks["commitments open to what was revealed"] == "12 recomputed"
    assert checks["updates and aggregates recomputed"] == "12 updates, 3 aggregates"


@pytest.mark.parametrize(
    "chosen",
    [
        strategies.MultiKrum(1, 3),
        strategies.Krum(1),
        strategies.GeometricMedian(),
        strategies.FedMedian(),
    ],
    ids=repr,
)
def test_robust_strategies_are_settled_too(
    governor: EmbeddedGovernor, chosen: strategies.Strategy
) -> None:
    result = simulate(
        settings(exact=True, weighted=False, participation=Participation(), strategy=chosen),
        rounds=2,
        test=TEST,
        governor=governor,
    )
    checks = {one.name: one.detail for one in governor.audit()}
    assert checks["updates and aggregates recomputed"] == "12 updates, 2 aggregates"
    assert result.accuracy is not None
    assert result.accuracy > 0.5


@pytest.mark.parametrize("codec", [TopK(0.3), TwoBit()], ids=repr)
def test_encoded_updates_are_settled_and_audited(governor: EmbeddedGovernor, codec: Codec) -> None:
    chosen = settings(exact=True, weighted=False, participation=Participation(), codec=codec)
    governed = simulate(chosen, rounds=3, governor=governor)
    free = replace(chosen, scheme=governor.scheme)
    assert same(governed.values, simulate(free, rounds=3).values)
    checks = {one.name: one.detail for one in governor.audit()}
    assert checks["updates and aggregates recomputed"] == "18 updates, 3 aggregates"


def test_a_resumed_one_ends_as_an_uninterrupted_one(tmp_path: Path) -> None:
    chosen = settings(exact=True, weighted=False)
    results = []
    for folder, stops in ((tmp_path / "whole", [3]), (tmp_path / "broken", [1, 3])):
        for stop in stops:
            with EmbeddedGovernor(folder=folder) as governor:
                result = simulate(
                    chosen, rounds=stop, governor=governor, folder=folder, resume=stop != stops[0]
                )
        results.append((result.values, (folder / "ledger-3.bin").exists()))
        assert governor.params.min_submissions == 1
    (whole, kept), (broken, kept_too) = results
    assert same(whole, broken)
    assert kept
    assert kept_too


def test_a_chain_that_was_not_kept_cannot_go_on(tmp_path: Path) -> None:
    initial = to_fixed(flatten(MODEL.init(jax.random.key(0)))[0], 16)
    with EmbeddedGovernor(folder=tmp_path) as governor:
        governor.start(MODEL, initial, Mean())
        governor.begin(2)
        with pytest.raises(StateError):
            governor.finish(initial)


def test_what_fails_on_the_chain_is_told_by_name() -> None:
    # Two are too few for these rules, so that the round cannot go on after its reveals.
    chosen = settings(exact=True, weighted=False, participation=Participation(2))
    with (
        EmbeddedGovernor({"min_submissions": 3}) as governor,
        pytest.raises(ProgramError, match="QuorumFailed"),
    ):
        simulate(chosen, rounds=1, governor=governor)


def test_a_number_that_a_chain_cannot_check_does_not_count() -> None:
    with EmbeddedGovernor() as governor, pytest.raises(ConfigError, match="cannot check"):
        simulate(settings(weighted=True), rounds=1, governor=governor)


def test_updates_are_kept_in_a_folder_only() -> None:
    with pytest.raises(ConfigError, match="kept in a folder"):
        EmbeddedGovernor(keep_updates=True)


def test_closing_ends_the_processes() -> None:
    governor = EmbeddedGovernor()
    simulate(settings(exact=True, weighted=False), rounds=1, governor=governor)
    processes = list(governor._processes)
    governor.close()
    governor.close()
    assert not any(process.is_alive() for process in processes)


def test_the_same_seed_makes_the_same_people() -> None:
    first, again, other = (
        Plan(seed, EmbeddedGovernor().params, 0, "", b"", None, False).client(4).owner
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert np.unique([str(one) for one in (first, other)]).size == 2
