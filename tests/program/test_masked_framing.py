"""How somebody would steal, stall or frame in a masked round, and what stops it.

A masked update is bound by nothing before it is shown: who joins shows a channel key alone.
"""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions import copied_update
from tests.program.disputing import dispute, numbers
from tests.program.masking import MEMBERS, meet, open_members
from tests.world import STAKE, World

PAIRS = [("dan", "alice"), ("alice", "dan")]
"""Who shows words first, and who shows the same after it: the later member or the earlier one."""


async def copied(world: World, first: str, second: str) -> None:
    """In Reveal: one member shows words, and then another one shows the same."""
    shown = numbers(world).learnt(first, world.number)
    numbers(world).learn(second, world.number, shown.values)
    await world.round_reveal(first)
    await world.round_reveal(second)
    await world.reveal_all()


@pytest.mark.parametrize("phase", ["Aggregate", "Challenge"])
@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_nobody_is_framed_by_a_copy_whoever_joined_or_showed_it_first(
    first: str, second: str, phase: str
) -> None:
    async with open_members() as world:
        await meet(world, "Reveal")
        slots = [(await world.submission(who)).committed_slot for who in ("alice", "dan")]
        assert slots[0] < slots[1]
        await copied(world, first, second)
        await meet(world, phase)
        shown = [await world.submission(who) for who in (first, second)]
        assert bytes(shown[0].root) == bytes(shown[1].root)
        for accused in (first, second):
            claim = dispute(world, "eve", accused).open(copied_update())
            await world.refuses(claim, errors.TargetMismatch)


async def test_a_copy_keeps_its_index_is_paid_and_costs_nobody_anything() -> None:
    # Members leave the later one of two equal roots out of the sum: the index tells which.
    async with open_members() as world:
        await meet(world, "Reveal")
        await copied(world, "dan", "alice")
        await meet(world, "Settled")
        assert [(await world.submission(who)).index for who in ("dan", "alice")] == [0, 1]
        assert (await world.round()).accepted == 4
        for who in MEMBERS:
            await world.reward_claim(who)
            person = await world.participant(who)
            assert (world.reward_tokens(who), person.slashed, person.offences) == (25, 0, 0)
        await world.assert_invariants()


async def test_a_channel_key_that_another_one_joined_with_too_takes_nothing_from_its_owner() -> (
    None
):
    async with open_members() as world:
        await meet(world, "Commit")
        await world.round_join("alice")
        await world.round_join("bob", key=world.salt("alice"))
        await meet(world, "Reveal")
        # Neither one's words are the other's, and the key opens both.
        await world.round_reveal("bob", salt=world.salt("alice"))
        await world.refuses(
            world.round_reveal("alice", salt=world.salt("bob")), errors.CommitmentMismatch
        )
        await world.round_reveal("alice")
        assert (await world.participant("alice")).locked == 0


async def test_words_are_shown_by_their_member_alone() -> None:
    async with open_members() as world:
        await meet(world, "Reveal")
        call = world.round_reveal("alice").swap(owner=world.owner("bob")).by("bob")
        await world.refuses(call, errors.NotOwner)
        call = world.round_reveal("bob").swap(submission=world.submission_at("alice"))
        await world.refuses(call, errors.WrongSubmission)
        assert [one for one in MEMBERS if (await world.submission(one)).revealed] == []


@pytest.mark.parametrize("silent", [1, 2])
async def test_members_that_fall_silent_pay_and_those_who_shared_and_showed_do_not(
    silent: int,
) -> None:
    async with open_members(*MEMBERS, "erin") as world:
        quiet = ("dan", "erin")[:silent]
        await meet(world, "Aggregate", "alice", "bob", "carol", sharers=quiet)
        for who in quiet:
            await world.fault_no_reveal("eve", who)
        for who in ("alice", "bob", "carol"):
            call = world.fault_no_reveal("eve", who)
            await world.refuses(call, errors.WrongSubmissionStatus)
            assert (await world.participant(who)).stake == STAKE
        await world.assert_invariants()


async def test_too_few_who_share_end_the_round_and_cost_those_who_show_nothing() -> None:
    async with open_members() as world:
        # Whoever shared may show its words although the sum can never be had: nothing unmasks them.
        await meet(world, "Reveal", "alice", "bob", silent=["carol", "dan"])
        await world.reveal_all()
        await world.pass_phase()
        await world.refuses(world.round_advance(), errors.QuorumFailed)
        await world.round_abort()
        for who in ("carol", "dan"):
            await world.fault_no_reveal("eve", who)
        for who in ("alice", "bob"):
            await world.submission_close(who)
            assert (await world.participant(who)).slashed == 0
        await world.assert_invariants()
