"""challenge_resolve: of two equal updates the later commitment loses."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions.dispute import copied_update
from tests.program.disputing import BOND, PURSE, dispute, numbers, open_court, parts, post_true
from tests.world import STAKE, World


async def copies(world: World, copy: str = "bob", original: str = "alice") -> None:
    """In the round that opens, one has exactly what another one has learnt."""
    await world.round_open()
    values = numbers(world).learnt(original, world.number).values
    numbers(world).learn(copy, world.number, values)


async def test_the_later_commitment_loses_and_what_counted_it_falls() -> None:
    async with open_court() as world:
        await copies(world)
        await world.reach("Challenge", trainers=["alice", "bob", "carol"])
        poster = world.name_of((await world.round()).aggregator)
        case = dispute(world, "eve", "bob")
        await case.open(copied_update())
        await case.judge(original="alice")
        bob, alice = await world.participant("bob"), await world.participant("alice")
        assert (bob.slashed, bob.offences, alice.slashed) == (1_501, 1, 0)
        assert (await world.participant(poster)).bonded == 0
        assert (await world.submission("bob")).status.kind == "Faulted"
        assert world.stake_tokens("eve") == PURSE + parts(world, 1_501)[0]
        round_ = await world.round()
        assert (round_.phase.kind, round_.accepted, round_.attempt) == ("Aggregate", 2, 1)
        await post_true(world)
        await world.reach("Settled")
        await world.assert_invariants()


async def test_claim_and_verdict_fit_one_transaction() -> None:
    async with open_court() as world:
        await copies(world)
        await world.reach("Aggregate")
        case = dispute(world, "eve", "bob")
        resolve = case.resolve(original="alice", accused="bob")
        await world.send(case.open(copied_update()), resolve, case.close())
        assert world.stake_tokens("eve") == PURSE + 500
        await world.assert_invariants()


async def test_who_committed_first_copied_nobody() -> None:
    async with open_court() as world:
        await copies(world)
        await world.reach("Challenge")
        case = dispute(world, "eve", "alice")
        await case.open(copied_update())
        poster = (await world.round()).aggregator
        named = None if poster == world.person("alice") else world.name_of(poster)
        for original in ("bob", "alice"):
            call = case.resolve(original=original, aggregator=named)
            await world.refuses(call, errors.NotACopy)
        world.pass_window(case.state.deadline)
        await case.expire(accused="alice")
        await case.close()
        assert world.stake_tokens("eve") == PURSE - BOND


@pytest.mark.parametrize("first", ["alice", "bob"])
async def test_in_one_slot_the_order_of_the_reveals_decides(first: str) -> None:
    async with open_court() as world:
        await copies(world)
        await world.send(world.round_commit("alice"), world.round_commit("bob"))
        await world.pass_phase()
        await world.round_advance()
        second = "bob" if first == "alice" else "alice"
        for who in (first, second):
            await world.round_reveal(who)
        await world.pass_phase()
        await world.round_advance()
        await world.draw()
        slots = {(await world.submission(who)).committed_slot for who in (first, second)}
        assert len(slots) == 1
        blamed = dispute(world, "eve", first)
        await blamed.open(copied_update())
        await world.refuses(blamed.resolve(original=second), errors.NotACopy)
        case = dispute(world, "eve", second)
        await case.open(copied_update())
        await case.judge(original=first)
        assert (await world.submission(second)).status.kind == "Faulted"


async def test_different_updates_are_no_copies() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        case = dispute(world, "eve", "bob")
        await case.open(copied_update())
        await world.refuses(case.resolve(original="alice"), errors.NotACopy)


async def test_a_copy_needs_its_original() -> None:
    async with open_court() as world:
        await copies(world)
        await world.reach("Aggregate", silent=["carol"])
        case = dispute(world, "eve", "bob")
        await case.open(copied_update())
        await world.refuses(case.resolve(), errors.EvidenceMissing)
        await world.refuses(case.resolve(original="bob"), errors.NotACopy)
        # A commitment that was never shown is nobody's original.
        await world.refuses(case.resolve(original="carol"), errors.NotACopy)


async def test_the_original_is_of_the_same_round() -> None:
    async with open_court() as world:
        await world.reach("Settled")
        old = numbers(world).learnt("alice", 1).values
        await world.round_open()
        numbers(world).learn("bob", 2, old)
        await world.reach("Aggregate")
        case = dispute(world, "eve", "bob")
        await case.open(copied_update())
        call = case.resolve(original="alice").swap(original=world.submission_at("alice", 1))
        await world.refuses(call, errors.WrongSubmission)


async def test_a_fallen_original_is_still_the_original() -> None:
    async with open_court("alice", "bob", "carol", "dan") as world:
        await copies(world)
        numbers(world).learn("carol", 1, numbers(world).learnt("alice", 1).values)
        await world.reach("Aggregate", trainers=["alice", "bob", "carol", "dan"])
        for copy, original in (("bob", "alice"), ("carol", "bob")):
            case = dispute(world, "eve", copy)
            await case.open(copied_update())
            await case.judge(original=original)
        assert (await world.round()).accepted == 2
        await world.assert_invariants()


async def test_somebody_elses_commitment_can_be_taken_and_never_shown() -> None:
    async with open_court() as world:
        await world.wallet("zoe")
        await world.round_open()
        await world.round_commit("alice")
        seen = bytes((await world.submission("alice")).commitment)
        await world.round_commit("bob", hash=seen)
        await world.round_commit("carol")
        await world.pass_phase()
        await world.round_advance()
        for who in ("alice", "carol"):
            await world.round_reveal(who)
        # What alice has shown by now opens her commitment, and bob's not: his name is in the hash.
        shown = {"update": world.update("alice"), "salt": world.salt("alice")}
        await world.refuses(world.round_reveal("bob", **shown), errors.CommitmentMismatch)
        await world.pass_phase()
        await world.round_advance()
        await world.fault_no_reveal("zoe", "bob")
        assert (await world.participant("bob")).stake == STAKE - 751
        await world.assert_invariants()
