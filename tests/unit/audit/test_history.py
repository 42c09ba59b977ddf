"""The whole history is read, in the order in which it happened, of one life of a federation."""

from __future__ import annotations

import pytest
from solders.signature import Signature

from fedsol.audit.calls import Call
from fedsol.audit.history import merge, read_history
from fedsol.chain.records import TransactionRecord
from fedsol.errors import AuditError
from fedsol.program import errors
from fedsol.program.instructions.dispute import lying_norm
from tests.program.disputing import dispute, open_court
from tests.program.leaving import leave_all
from tests.unit.audit.disputed import history_of
from tests.unit.audit.histories import told
from tests.unit.audit.tampering import Told, without
from tests.world import World, open_scored_world


def record(name: int, slot: int) -> TransactionRecord:
    """A transaction that says nothing."""
    signature = Signature.from_bytes(name.to_bytes(64, "big"))
    return TransactionRecord(signature, slot, None, None, (), 0, 0, b"")


A, B, C, D = record(1, 5), record(2, 7), record(3, 7), record(4, 9)


def test_histories_are_merged_by_slot() -> None:
    assert merge([[A, D], [B], [C]])[0] == A
    assert merge([[A, D], [B], [C]])[-1] == D
    assert merge([[B, D], [A]]) == [A, B, D]


def test_within_a_slot_each_history_keeps_its_order() -> None:
    assert merge([[A, C], [A, C, B]]) == [A, C, B]
    assert merge([[B, D], [B, C, D]]) == [B, C, D]
    assert merge([[C, D], [C, B]]) == [C, B, D]


def test_histories_that_exclude_each_other_are_an_error() -> None:
    with pytest.raises(AuditError, match="two different orders"):
        merge([[B, C], [C, B]])


def test_what_names_a_round_and_not_the_federation_is_read(told: Told) -> None:
    assert {"SubmissionScored"} <= {one.name for one in told.history.events}


def test_what_names_only_a_dispute_is_read() -> None:
    names = [one.name for one in history_of("shown chunk").history.steps]
    assert names.count("DemandAnswered") == 1
    assert names.count("demand_answer") == 2
    names = [one.name for one in history_of("wrong aggregate").history.steps]
    assert names.count("ChallengeAppended") == names.count("challenge_append") == 4


async def test_calls_stand_before_the_events_that_they_lead_to() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve", "bob")
        kind = lying_norm(1)
        await world.send(case.open(kind), case.leaf(1))
        history = await read_history(world.chain, world.ref.address)
        assert [one.name for one in history.steps[-3:]] == [
            "ChallengeOpened",
            "challenge_append",
            "ChallengeAppended",
        ]
        call = history.steps[-2]
        assert isinstance(call, Call)
        assert call.accounts["submission"] == world.submission_at("bob")
        assert call.accounts["challenge"] == case.address


async def test_a_call_that_failed_was_never_made() -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("ScoreReveal")
        bad = world.score_reveal("eva", salt=bytes(32))
        with pytest.raises(errors.CommitmentMismatch):
            await bad.send(simulate=False)
        history = await read_history(world.chain, world.ref.address)
        assert not any(isinstance(one, Call) for one in history.steps)


async def shown_in_pieces(world: World) -> None:
    """Eva shows her scores from the back, and corrects one of them."""
    scores = (8_000, 6_000, 7_000)
    await world.reach("ScoreReveal", trainers=("alice", "bob", "carol"), opinions={"eva": scores})
    await world.score_reveal("eva", start=2, scores=scores[2:], whole=False)
    await world.score_reveal("eva", start=1, scores=[5], whole=False)
    await world.score_reveal("eva", start=0, scores=scores[:2])
    for who in ("ed", "eli"):
        await world.score_reveal(who)
    await world.pass_phase()
    await world.round_advance()
    await world.reach("Aggregate")


async def test_scores_that_were_shown_in_pieces_are_put_together() -> None:
    async with open_scored_world("alice", "bob", "carol") as world:
        await shown_in_pieces(world)
        found = await told(world)
        assert found.flaws() == set()


async def test_scores_that_are_not_in_the_ledger_are_read_from_their_accounts() -> None:
    async with open_scored_world("alice", "bob", "carol") as world:
        await shown_in_pieces(world)
        found = await told(world)
        cut = without(found.history, "score_reveal")
        assert found.flaws(cut) == set()
        gone = Told(cut, found.genesis, {})
        assert gone.flaws() == {
            "scores are in the ledger",
            "medians are those of the shown scores",
        }


async def test_only_the_newest_life_of_an_address_is_told() -> None:
    async with open_scored_world("alice", "bob") as world:
        await world.reach("Settled")
        await leave_all(world)
        await world.federation_close()
        await world.federation_create(name=world.name)
        await world.round_open()
        history = await read_history(world.chain, world.ref.address)
        assert [one.name for one in history.events] == ["FederationCreated", "RoundOpened"]
