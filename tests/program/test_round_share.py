"""round_share: a member of a masked round binds itself to what will take its masks off."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from tests.program.expect import assert_event, change
from tests.program.masking import MEMBERS, meet, open_members
from tests.world import STAKE, World, digest, framework_error

SHARES_AT = 277 - 32
"""Where the hash is in a submission: at its end, where older ones are zero."""


async def test_it_keeps_the_hash_and_writes_only_what_belongs_to_the_member() -> None:
    async with open_members() as world:
        await meet(world, "Share")
        await world.round_share("alice")
        before = await world.submission("bob")
        with change(world) as changed:
            landed = await world.round_share("bob")
        at, person = world.submission_at("bob"), world.person("bob")
        # Nothing that another member's shares would have to wait for.
        assert changed.written == {person, at}
        assert (changed.tokens, changed.lamports) == ({}, {})
        made, bob = await world.submission("bob"), await world.participant("bob")
        assert (made.status.kind, bytes(made.shares)) == ("Shared", world.shares("bob"))
        assert bytes(made.commitment) == bytes(before.commitment) == world.salt("bob")
        assert (made.liability, bob.locked, bob.stake, bob.duties) == (1_000, 1_000, STAKE, 1)
        assert (made.revealed, made.index, made.norm_squared) == (False, 0, 0)
        assert_event(
            world,
            landed,
            "RoundShared",
            participant=person,
            round=world.round_at(),
            shares=world.shares("bob"),
        )
        assert world.event(landed).seq == bob.seq
        await world.assert_invariants()


async def test_the_hash_lies_in_what_was_an_older_submissions_reserve() -> None:
    async with open_members() as world:
        await meet(world, "Share")
        await world.round_share("alice")
        account = world.ledger.get_account(world.submission_at("alice"))
        assert account is not None
        assert bytes(account.data)[SHARES_AT:] == world.shares("alice")


@pytest.mark.parametrize(
    "phase", ["Commit", "Reveal", "Score", "Aggregate", "Challenge", "Settled"]
)
async def test_outside_its_phase_nothing_is_shared(phase: str) -> None:
    async with open_members() as world:
        await meet(world, phase)
        if phase == "Commit":
            await world.commit_all()
        await world.refuses(world.round_share("alice"), errors.WrongPhase)


@pytest.mark.parametrize(
    ("seconds", "slots", "in_time"),
    [(-1, -1, True), (0, -1, True), (-1, 0, True), (0, 0, False), (1, 1, False)],
)
async def test_shares_come_until_the_deadline(seconds: int, slots: int, in_time: bool) -> None:
    async with open_members() as world:
        await meet(world, "Share")
        world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
        if in_time:
            await world.round_share("alice")
        else:
            await world.refuses(world.round_share("alice"), errors.DeadlinePassed)


async def test_time_to_share_is_as_long_as_time_to_join_and_never_shorter() -> None:
    async with open_members() as world:
        await meet(world, "Commit")
        await world.commit_all()
        await world.pass_phase()
        now = (world.ledger.unix_timestamp, world.ledger.slot)
        await world.round_advance()
        round_ = await world.round()
        assert round_.phase.kind == "Share"
        assert (round_.deadline.time, round_.deadline.slot) == (now[0] + 100, now[1] + 40)
        await world.share_all()
        # Although nothing more can come.
        await world.refuses(world.round_advance(), errors.DeadlineNotPassed)
        await world.pass_phase()
        await world.round_advance()
        assert await world.phase() == "Reveal"


@pytest.mark.parametrize("word", ["alice", "another"])
async def test_what_was_shared_stays_what_it_is(word: str) -> None:
    async with open_members() as world:
        await meet(world, "Share")
        await world.round_share("alice")
        again = world.round_share("alice", shares=world.shares(word))
        await world.refuses(again, errors.WrongSubmissionStatus)
        assert bytes((await world.submission("alice")).shares) == world.shares("alice")


@pytest.mark.parametrize("phase", ["Commit", "Reveal"])
async def test_nobody_shares_in_an_open_round(world: World, phase: str) -> None:
    await world.reach(phase)
    if phase == "Commit":
        await world.commit_all()
    await world.refuses(world.round_share("alice"), errors.WrongPhase)


async def test_who_did_not_join_has_nothing_to_share() -> None:
    async with open_members() as world:
        await meet(world, "Share", "alice", "bob", "carol")
        await world.refuses(world.round_share("dan"), framework_error(3012))


async def test_nobody_shares_in_anothers_place() -> None:
    # A hash under which nothing is stored would put its victim out of the round.
    async with open_members() as world:
        await meet(world, "Share")
        mine, eves = world.round_share("bob", shares=digest("nothing")), world.owner("eve")
        await world.refuses(
            mine.swap(submission=world.submission_at("alice")), errors.WrongSubmission
        )
        for thief in ("bob", "eve"):
            call = world.round_share("alice", shares=digest("nothing"))
            call = call.swap(owner=world.owner(thief)).by(thief)
            await world.refuses(call, errors.NotOwner)
        unsigned = world.round_share("alice").flag("owner", signer=False).by()
        await world.refuses(unsigned, framework_error(3010))
        await world.refuses(mine.swap(owner=eves).by("eve"), errors.NotOwner)
        await world.round_share("alice")


async def test_a_submission_of_an_older_round_is_not_shared_again() -> None:
    async with open_members() as world:
        await meet(world, "Settled")
        await meet(world, "Share")
        await world.refuses(world.round_share("alice", number=1), errors.WrongPhase)
        mixed = world.round_share("alice").swap(submission=world.submission_at("alice", 1))
        await world.refuses(mixed, errors.WrongSubmission)
        mixed = world.round_share("alice").swap(round=world.round_at(1))
        await world.refuses(mixed, errors.WrongSubmission)


async def test_a_pause_keeps_nobody_from_sharing() -> None:
    # Or a creator could pause, and let all members be slashed for their silence.
    async with open_members() as world:
        await meet(world, "Share")
        await world.federation_pause()
        await world.share_all()
        await meet(world, "Settled")
        await world.assert_invariants()


async def test_stake_on_its_way_out_frees_nobody_of_what_was_shared() -> None:
    async with open_members() as world:
        await meet(world, "Share", "alice", "bob", "carol", sharers=["dan"])
        await world.round_share("dan")
        await world.stake_unbond("dan", STAKE)
        await meet(world, "Aggregate")
        await world.fault_no_reveal("eve", "dan")
        dan = await world.participant("dan")
        assert (dan.stake, dan.unbonding[0].amount, dan.slashed) == (0, STAKE - 751, 751)
        await world.assert_invariants()


async def test_anothers_hash_may_be_repeated_and_takes_nothing_from_its_author() -> None:
    async with open_members() as world:
        await meet(world, "Share")
        await world.round_share("alice")
        await world.round_share("bob", shares=world.shares("alice"))
        await meet(world, "Settled")
        for who in MEMBERS:
            await world.reward_claim(who)
            assert (await world.participant(who)).slashed == 0
