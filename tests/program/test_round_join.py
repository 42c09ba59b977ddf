"""round_join: a trainer joins a masked round, of which it becomes one of so many members."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fedsol.errors import ProgramError
from fedsol.program import Submission, errors
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR
from tests.program.expect import ALREADY_THERE, assert_event, change, rent
from tests.program.leaving import empty
from tests.program.masking import MEMBERS, meet, open_members
from tests.world import STAKE, World, digest, framework_error


async def members(world: World) -> int:
    """How many the running round counts."""
    return int((await world.round()).members)


async def test_it_makes_a_submission_locks_the_minimum_stake_and_counts_the_member() -> None:
    async with open_members() as world:
        await world.round_open()
        await world.round_join("bob")
        before = await world.round()
        with change(world) as changed:
            landed = await world.round_join("alice")
        cost, at = rent(world, Submission), world.submission_at("alice")
        assert changed.lamports == {world.owner("alice"): -cost, at: cost}
        assert changed.written == {world.round_at(), world.person("alice"), at}
        assert changed.tokens == {}
        made, alice = await world.submission("alice"), await world.participant("alice")
        assert (made.version, made.status.kind, made.claimed) == (3, "Committed", False)
        assert (made.round, made.participant) == (world.round_at(), world.person("alice"))
        assert bytes(made.commitment) == world.salt("alice")
        assert (made.committed_slot, made.liability) == (landed.slot, 1_000)
        assert (made.index, made.weight, made.norm_squared) == (0, 0, 0)
        assert bytes(made.root) == bytes(made.artifact) == bytes(made.shares) == bytes(32)
        assert (alice.stake, alice.locked, alice.duties, alice.revealed) == (STAKE, 1_000, 1, 0)
        # Of the round nothing but the count is another: its record is told by others.
        after = await world.round()
        assert (before.members, after.members) == (1, 2)
        assert after == replace(before, members=2)
        assert_event(
            world,
            landed,
            "RoundCommitted",
            participant=world.person("alice"),
            round=world.round_at(),
            commitment=world.salt("alice"),
            liability=1_000,
        )
        assert world.event(landed).seq == alice.seq
        await world.assert_invariants()


@pytest.mark.parametrize("key", [bytes(32), b"\xff" * 32, digest("anything")])
async def test_any_32_bytes_are_taken_for_a_key(key: bytes) -> None:
    # Also such as no curve has: other members leave out whom they share no key with.
    async with open_members() as world:
        await world.round_open()
        await world.round_join("alice", key=key)
        assert bytes((await world.submission("alice")).commitment) == key


async def test_as_many_join_as_may_show_words_and_one_more_is_refused() -> None:
    async with open_members(max_submissions=3) as world:
        await world.round_open()
        for who in MEMBERS[:3]:
            await world.round_join(who)
        await world.refuses(world.round_join("dan"), errors.RoundFull)
        assert await members(world) == 3
        assert not world.exists(world.submission_at("dan"))
        # All of them can show their words.
        await meet(world, "Aggregate", *MEMBERS[:3])
        assert (await world.round()).accepted == 3
        await world.assert_invariants()


async def test_one_too_many_in_the_same_transaction_takes_the_others_with_it() -> None:
    async with open_members(max_submissions=3) as world:
        await world.round_open()
        await world.round_join("alice")
        await world.round_join("bob")

        async def both() -> None:
            await world.send(world.round_join("carol"), world.round_join("dan"))

        await world.refuses(both, errors.RoundFull)
        assert await members(world) == 2
        await world.round_join("carol")


async def test_no_member_leaves_to_make_room_or_to_come_back_with_another_key() -> None:
    async with open_members(max_submissions=3) as world:
        await world.round_open()
        for who in MEMBERS[:3]:
            await world.round_join(who)
        for phase in ("Commit", "Share"):
            await meet(world, phase, *MEMBERS[:3])
            await world.refuses(world.submission_close("alice"), errors.RoundNotEnded)


async def test_each_round_counts_its_own_and_keeps_the_count_when_all_have_gone() -> None:
    async with open_members() as world:
        await meet(world, "Settled")
        await meet(world, "Share", "alice", "bob", "carol")
        assert [world.read_round(number).members for number in (1, 2)] == [4, 3]
        await empty(world, 1)
        assert not world.exists(world.submission_at("alice", 1))
        assert world.read_round(1).members == 4
        await world.assert_invariants()


async def test_a_member_joins_once() -> None:
    async with open_members() as world:
        await world.round_open()
        await world.round_join("alice")
        for key in (None, digest("another")):
            again = world.round_join("alice", key=key)
            await world.refuses(again, ProgramError, name=ALREADY_THERE)
        assert await members(world) == 1


async def test_a_member_joins_once_in_a_transaction_too() -> None:
    async with open_members() as world:
        await world.round_open()

        async def both() -> None:
            again = world.round_join("alice", key=digest("another"))
            await world.send(world.round_join("alice"), again)

        await world.refuses(both, ProgramError, name=ALREADY_THERE)


async def test_in_an_open_round_nobody_joins(world: World) -> None:
    await world.round_open()
    await world.refuses(world.round_join("alice"), errors.ModeMismatch)


async def test_in_a_masked_round_nobody_commits() -> None:
    # Or it would be a member that the round does not count.
    async with open_members() as world:
        await world.round_open()
        for hidden in (world.salt("alice"), world.commitment("alice")):
            call = world.round_commit("alice", hash=hidden)
            await world.refuses(call, errors.ModeMismatch)
        await world.round_join("alice")


async def test_while_the_federation_is_paused_nobody_joins() -> None:
    async with open_members() as world:
        await world.round_open()
        await world.federation_pause()
        await world.refuses(world.round_join("alice"), errors.FederationPaused)
        await world.federation_pause(False)
        await world.round_join("alice")


async def test_without_the_trainers_role_it_is_refused() -> None:
    async with open_members() as world:
        await world.actor("erin", roles=AGGREGATOR | EVALUATOR)
        await world.round_open()
        await world.refuses(world.round_join("erin"), errors.RoleMissing)


async def test_the_minimum_stake_is_enough_and_who_has_less_takes_nobodys_place() -> None:
    async with open_members() as world:
        await world.actor("rich", stake=1_000)
        await world.actor("poor", stake=999)
        await world.round_open()
        await world.refuses(world.round_join("poor"), errors.StakeInsufficient)
        assert await members(world) == 0
        await world.round_join("rich")
        assert await members(world) == 1


async def test_stake_under_an_earlier_rounds_silence_carries_no_other() -> None:
    async with open_members() as world:
        await world.actor("erin", stake=1_999)
        await meet(world, "Settled", silent=["erin"])
        await world.round_open()
        await world.refuses(world.round_join("erin"), errors.StakeInsufficient)


@pytest.mark.parametrize(
    "phase", ["Share", "Reveal", "Score", "Aggregate", "Challenge", "Settled", "Aborted"]
)
async def test_outside_its_phase_nobody_joins(phase: str) -> None:
    async with open_members() as world:
        await meet(world, phase, *MEMBERS[:3])
        await world.refuses(world.round_join("dan"), errors.WrongPhase)


@pytest.mark.parametrize(
    ("seconds", "slots", "in_time"),
    [(-1, -1, True), (0, -1, True), (-1, 0, True), (0, 0, False), (1, 1, False)],
)
async def test_members_join_until_the_deadline(seconds: int, slots: int, in_time: bool) -> None:
    async with open_members() as world:
        await world.round_open()
        world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
        if in_time:
            await world.round_join("alice")
        else:
            await world.refuses(world.round_join("alice"), errors.DeadlinePassed)


async def test_nobody_joins_in_anothers_place() -> None:
    # It would lock the other's stake, and have it slashed for its silence.
    async with open_members() as world:
        await world.round_open()
        for thief in ("bob", "eve"):
            call = world.round_join("alice").swap(owner=world.owner(thief)).by(thief)
            await world.refuses(call, errors.NotOwner)
        unsigned = world.round_join("alice").flag("owner", signer=False).by()
        await world.refuses(unsigned, framework_error(3010))


async def test_a_submission_at_another_address_is_refused() -> None:
    async with open_members() as world:
        await world.round_open()
        call = world.round_join("alice").swap(submission=world.submission_at("bob"))
        await world.refuses(call, framework_error(2006))


async def test_a_participant_of_another_federation_does_not_join() -> None:
    async with open_members() as world:
        create = world.federation_create("bob", name="another")
        await create
        await world.round_open()
        call = world.round_join("alice").swap(federation=create.at("federation"))
        await world.refuses(call, errors.WrongFederation)
