"""What the events make is compared with every account, and a cut or changed history does not fit."""

from __future__ import annotations

import pytest

import fedsol.audit as audit_module
from fedsol.audit import History, audit
from fedsol.audit.history import read_history
from fedsol.chain import Chain
from tests.program.disputing import dispute, open_court, post_wrong
from tests.program.leaving import leave_all
from tests.program.seating import by_ticket, seats_open
from tests.unit.audit.tampering import change, more, without
from tests.world import World, open_scored_world

RECORD = "events are complete and in order"
HEADS = "heads equal the accounts'"
STAKES = "every stake equals its events"
TOTALS = "totals equal the sum of the events"
VAULTS = "vaults hold what is owed"
ROUNDS = "rounds equal their events"


async def failing(world: World, history: History, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the checks that fail when the ledger shows this history."""

    async def shown(_chain: Chain, _address: object) -> History:
        return history

    monkeypatch.setattr(audit_module, "read_history", shown)
    report = await audit(world.chain, world.ref.address)
    return {check.name for check in report.checks if not check.ok}


async def history_of(world: World) -> History:
    """A world's history."""
    return await read_history(world.chain, world.ref.address)


async def assert_passes(world: World) -> None:
    """Nothing is wrong with a world."""
    report = await audit(world.chain, world.ref.address)
    assert report.ok, [check for check in report.checks if not check.ok]


@pytest.mark.parametrize(
    "phase", ["Reveal", "Score", "ScoreReveal", "Tally", "Aggregate", "Challenge", "Settled"]
)
async def test_a_round_passes_in_every_phase(phase: str) -> None:
    async with open_scored_world("alice", "bob", "carol") as world:
        await world.reach(phase, trainers=["alice", "bob"], silent=["carol"])
        await assert_passes(world)


async def test_a_displaced_evaluation_may_go_before_its_round_is_over() -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.evaluators("una")
        await seats_open(world)
        order = by_ticket(world, "eva", "ed", "eli", "una")
        for who in order[1:]:
            await world.score_commit(who)
        await world.score_commit(order[0], displaced=order[3])
        await world.evaluation_close(order[3])
        await assert_passes(world)


async def test_an_aborted_round_passes() -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("Aborted")
        await assert_passes(world)


async def test_a_dispute_passes_before_and_after_its_verdict() -> None:
    async with open_court() as world:
        await post_wrong(world)
        case = dispute(world, "eve")
        await case.prove()
        await assert_passes(world)
        await case.decide()
        await assert_passes(world)


async def test_a_federation_that_is_gone_passes() -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("Settled")
        await leave_all(world)
        await world.federation_close()
        report = await audit(world.chain, world.ref.address)
        assert report.ok
        assert "the federation was empty when it was closed" in {one.name for one in report.checks}


async def test_a_changed_score_is_not_the_submissions(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("Aggregate")
        forged = change(await history_of(world), "SubmissionScored", score=more())
        assert {HEADS, ROUNDS} <= await failing(world, forged, monkeypatch)


async def test_a_dropped_evaluation_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("Aggregate")
        cut = without(await history_of(world), "ScoreRevealed", 1)
        assert {RECORD, HEADS, ROUNDS} <= await failing(world, cut, monkeypatch)


async def test_a_cut_end_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("Settled")
        history = await history_of(world)
        for _ in range(3):
            history = History(history.steps[:-1])
            failed = await failing(world, history, monkeypatch)
            assert {HEADS, ROUNDS} <= failed
            assert RECORD not in failed


async def test_another_fine_than_was_taken_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_scored_world("alice", "bob", "carol") as world:
        await world.wallet("finder")
        await world.reach("Score", trainers=["alice", "bob"], silent=["carol"])
        await world.fault_no_reveal("finder", "carol")
        history = await history_of(world)
        forged = change(history, "NoRevealFaulted", slashed=more(9), to_treasury=more(9))
        assert {STAKES, TOTALS, VAULTS} <= await failing(world, forged, monkeypatch)


async def test_another_verdict_than_was_given_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_court() as world:
        await post_wrong(world)
        case = dispute(world, "eve")
        await case.prove()
        await case.decide()
        history = await history_of(world)
        forged = change(history, "ChallengeResolved", to_finder=more(), burned=more(-1))
        assert {ROUNDS} <= await failing(world, forged, monkeypatch)
        acquitted = change(history, "ChallengeResolved", proven=False)
        assert {STAKES, TOTALS, ROUNDS} <= await failing(world, acquitted, monkeypatch)


async def test_a_challenge_that_no_event_opens_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_court() as world:
        await post_wrong(world)
        await dispute(world, "eve").prove()
        cut = without(await history_of(world), "ChallengeOpened")
        failed = await failing(world, cut, monkeypatch)
        assert {HEADS, TOTALS, ROUNDS} <= failed


async def test_what_no_event_closes_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("Settled")
        await leave_all(world)
        await world.federation_close()
        history = await history_of(world)
        assert history.events[-1].name == "FederationClosed"
        cut = History(history.steps[:-1])
        assert await failing(world, cut, monkeypatch) == {HEADS}


async def test_more_than_was_returned_must_not_have_been_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("Settled")
        await leave_all(world)
        await world.federation_close()
        history = change(await history_of(world), "FederationClosed", reward_returned=more(-1))
        failed = await failing(world, history, monkeypatch)
        assert failed == {"the federation was empty when it was closed"}
