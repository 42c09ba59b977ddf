"""round_object: when more than half of a masked round's members object, what was posted falls."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from tests.program.court import post_next
from tests.program.expect import assert_event, change
from tests.program.masking import MEMBERS, bystanders, meet, objected, open_members, poster
from tests.world import STAKE, World


async def test_an_objection_is_counted_and_writes_nothing_but_the_round() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        first, who = (await bystanders(world))[0], await poster(world)
        before = await world.round()
        with change(world) as changed:
            landed = await world.round_object(first)
        assert changed.written == {world.round_at()}
        assert (changed.tokens, changed.lamports) == ({}, {})
        round_ = await world.round()
        index = (await world.submission(first)).index
        assert int.from_bytes(bytes(round_.objectors), "little") == 1 << index
        assert (round_.phase.kind, round_.deadline) == ("Challenge", before.deadline)
        assert (round_.attempt, round_.bond) == (0, 500)
        assert bytes(round_.new_model_root) == bytes(before.new_model_root)
        assert (await world.participant(who)).bonded == 500
        assert_event(
            world,
            landed,
            "RoundObjected",
            round=world.round_at(),
            participant=world.person(first),
            attempt=0,
            objections=1,
            accepted=4,
            falls=False,
        )
        assert world.event(landed).seq == round_.seq
        await world.assert_invariants()


async def test_half_are_not_enough_and_the_round_settles_on_what_was_posted() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        await objected(world, *(await bystanders(world))[:2])
        assert await world.phase() == "Challenge"
        root = world.model(1)[0]
        await meet(world, "Settled")
        assert bytes((await world.federation()).model_root) == root
        await world.assert_invariants()


async def test_more_than_half_fell_it_and_the_bond_goes_home() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        who, against = await poster(world), await bystanders(world)
        await objected(world, *against[:2])
        before = await world.federation()
        with change(world) as changed:
            landed = await world.round_object(against[2])
        assert changed.written == {world.round_at(), world.ref.address, world.person(who)}
        assert (changed.tokens, changed.lamports, changed.supply) == ({}, {}, {})
        assert_event(
            world,
            landed,
            "RoundObjected",
            round=world.round_at(),
            participant=world.person(against[2]),
            attempt=0,
            objections=3,
            accepted=4,
            falls=True,
        )
        federation, person = await world.federation(), await world.participant(who)
        assert federation.stake_total == before.stake_total + 500 == 4 * STAKE
        assert (before.bond_total, federation.bond_total) == (500, 0)
        assert (person.stake, person.bonded, person.duties) == (STAKE, 0, 1)
        assert (person.barred_round, person.slashed, person.offences) == (1, 0, 0)
        assert person.listed
        await world.assert_invariants()


async def test_what_has_fallen_leaves_nothing_behind_in_the_round() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        now = (world.ledger.unix_timestamp, world.ledger.slot)
        await objected(world, *(await bystanders(world)))
        round_ = await world.round()
        assert (round_.phase.kind, round_.attempt, round_.bond) == ("Aggregate", 1, 0)
        assert bytes(round_.objectors) == bytes(round_.new_model_root) == bytes(32)
        assert bytes(round_.new_model_artifact) == bytes(round_.aggregator) == bytes(32)
        assert (round_.selection, round_.accepted, round_.disputes) == (None, 4, 0)
        assert round_.deadline.time >= now[0] + 120
        assert round_.deadline.slot >= now[1] + 42
        assert round_.takeover.time == round_.deadline.time + 120


async def test_whoever_posted_it_posts_no_other_and_the_round_settles_on_anothers() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        who = await poster(world)
        await objected(world, *(await bystanders(world)))
        await world.refuses(world.round_aggregate(who), errors.AggregatorBarred)
        world.pass_window((await world.round()).deadline)
        await world.refuses(world.round_aggregate(who), errors.AggregatorBarred)
        model = (b"r" * 32, b"a" * 32)
        other = next(m for m in MEMBERS if m != who)
        await world.round_aggregate(other, model=model)
        await meet(world, "Settled")
        assert bytes((await world.federation()).model_root) == model[0]
        await world.assert_invariants()
        # In the next round it may again.
        await meet(world, "Aggregate")
        world.pass_window((await world.round()).deadline)
        await world.round_aggregate(who)


async def test_each_aggregate_is_objected_to_anew() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        await objected(world, *(await bystanders(world)))
        await post_next(world)
        against = await bystanders(world)
        await objected(world, *against[:2])
        assert await world.phase() == "Challenge"
        await objected(world, against[2])
        round_ = await world.round()
        assert (round_.phase.kind, round_.attempt) == ("Aggregate", 2)
        await world.assert_invariants()


async def test_where_all_that_aggregate_are_turned_down_the_round_aborts_and_nobody_pays() -> None:
    async with open_members("alice", "bob", "carol") as world:
        await meet(world, "Aggregate", "alice", "bob", "carol")
        for _ in range(3):
            await post_next(world)
            await objected(world, "alice", "bob")
        world.pass_window((await world.round()).deadline)
        for who in ("alice", "bob", "carol"):
            await world.refuses(world.round_aggregate(who), errors.AggregatorBarred)
        await world.pass_phase()
        await world.round_abort()
        for who in ("alice", "bob", "carol"):
            assert (await world.participant(who)).stake == STAKE
        assert (await world.federation()).reward_reserved == 0
        await world.assert_invariants()


async def test_nobody_objects_twice() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        first, second, _ = await bystanders(world)
        await world.round_object(first)
        await world.refuses(world.round_object(first), errors.AlreadyObjected)
        await world.round_object(second)
        for who in (first, second):
            await world.refuses(world.round_object(who), errors.AlreadyObjected)


async def test_the_aggregator_may_object_to_its_own() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        who, against = await poster(world), await bystanders(world)
        await objected(world, *against[:2])
        landed = await world.round_object(who)
        assert world.event(landed).data.falls
        person = await world.participant(who)
        assert (person.stake, person.bonded, person.barred_round) == (STAKE, 0, 1)
        await world.assert_invariants()


@pytest.mark.parametrize("phase", ["Commit", "Share", "Reveal", "Score", "Aggregate", "Settled"])
async def test_outside_the_challenge_window_nobody_objects(phase: str) -> None:
    async with open_members() as world:
        await meet(world, phase)
        if phase == "Commit":
            await world.commit_all()
        # Before one is posted, no account is the one that posted it.
        expected = errors.WrongPhase if phase == "Settled" else errors.WrongAggregator
        aggregator = None if phase == "Settled" else "alice"
        await world.refuses(world.round_object("alice", aggregator), expected)


@pytest.mark.parametrize(
    ("seconds", "slots", "in_time"),
    [(-1, -1, True), (0, -1, True), (-1, 0, True), (0, 0, False), (1, 1, False)],
)
async def test_objections_come_until_the_deadline(seconds: int, slots: int, in_time: bool) -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
        if in_time:
            await world.round_object("alice")
        else:
            await world.refuses(world.round_object("alice"), errors.DeadlinePassed)


async def test_in_an_open_round_what_is_wrong_is_proved(world: World) -> None:
    await world.reach("Challenge")
    for who in ("alice", "bob"):
        await world.refuses(world.round_object(who), errors.ModeMismatch)
