"""round_object: who may object, what happens to disputes meanwhile, and whose bond goes where."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions import lying_norm
from tests.program.court import BOND, PURSE, numbers, post_next
from tests.program.disputing import dispute
from tests.program.forging import chunks_of, sum_tree
from tests.program.masking import MEMBERS, bystanders, meet, objected, open_members, poster
from tests.world import STAKE, World, framework_error, world_on

MISSING = framework_error(3012)


async def test_a_stranger_has_no_voice_of_its_own_and_takes_no_members() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        await world.refuses(world.round_object("eve"), MISSING)
        for thief in ("eve", "bob"):
            call = world.round_object("alice").swap(owner=world.owner(thief)).by(thief)
            await world.refuses(call, errors.NotOwner)
        unsigned = world.round_object("alice").flag("owner", signer=False).by()
        await world.refuses(unsigned, framework_error(3010))


async def test_a_participant_that_sat_the_round_out_does_not_object() -> None:
    async with open_members() as world:
        await meet(world, "Challenge", "alice", "bob", "carol")
        await world.refuses(world.round_object("dan"), MISSING)
        borrowed = world.round_object("dan").swap(submission=world.submission_at("alice"))
        await world.refuses(borrowed, errors.WrongSubmission)


@pytest.mark.parametrize("as_", ["silent", "sharers"])
async def test_who_showed_nothing_does_not_object(as_: str) -> None:
    async with open_members() as world:
        await meet(world, "Challenge", "alice", "bob", "carol", **{as_: ["dan"]})
        await world.refuses(world.round_object("dan"), errors.WrongSubmissionStatus)
        await world.fault_no_reveal("eve", "dan")
        await world.refuses(world.round_object("dan"), errors.WrongSubmissionStatus)


async def test_a_member_has_one_voice_whatever_submission_it_brings() -> None:
    async with open_members() as world:
        await meet(world, "Settled")
        await meet(world, "Challenge")
        await world.round_object("alice")
        for other in (world.submission_at("bob"), world.submission_at("alice", 1)):
            await world.refuses(
                world.round_object("alice").swap(submission=other), errors.WrongSubmission
            )


async def test_the_aggregator_that_is_named_is_the_one_that_posted() -> None:
    # Else a bond would go home to somebody else.
    async with open_members() as world:
        await meet(world, "Challenge")
        against = await bystanders(world)
        await objected(world, *against[:2])
        for other in against:
            call = world.round_object(against[2], other)
            await world.refuses(call, errors.WrongAggregator)
        await world.round_object(against[2])


async def test_a_federations_members_have_no_voice_in_another() -> None:
    async with open_members() as world:
        twin = await world_on(world.sandbox, name="clinics", params=world.params, real=True)
        await twin.actors(*MEMBERS)
        for one in (twin, world):
            await meet(one, "Challenge")
        call = world.round_object("alice")
        names = {
            "federation": (twin.ref.address, errors.WrongFederation),
            "round": (twin.round_at(), errors.WrongFederation),
            "participant": (twin.person("alice"), errors.WrongFederation),
            "submission": (twin.submission_at("alice"), errors.WrongSubmission),
            "aggregator": (twin.person(await poster(world)), errors.WrongAggregator),
        }
        for slot, (address, error) in names.items():
            await world.refuses(call.swap(**{slot: address}), error)


async def lying(world: World, who: str) -> None:
    """In the round that opens, somebody's tree declares another sum than its words have."""
    await world.round_open()
    values = numbers(world).learnt(who, world.number).values
    numbers(world).learn(who, world.number, values, sum_tree(chunks_of(values), leaves={1: 0}))


async def test_who_is_convicted_objects_no_more_and_the_rest_are_counted_anew() -> None:
    async with open_members() as world:
        await lying(world, "bob")
        await meet(world, "Challenge")
        voices = [one for one in await bystanders(world) if one != "bob"]
        await objected(world, voices[0])
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(1))
        await case.leaf(1)
        await case.judge()
        round_ = await world.round()
        assert (round_.accepted, bytes(round_.objectors)) == (3, bytes(32))
        await post_next(world)
        await world.refuses(world.round_object("bob"), errors.WrongSubmissionStatus)
        # Of three, two are more than half; who had objected before may do so again.
        await world.round_object("alice")
        assert world.event(await world.round_object("carol")).data.falls
        await world.assert_invariants()


async def test_a_demand_for_what_has_fallen_is_moot_and_costs_nobody_anything() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        who = await poster(world)
        case = dispute(world, "eve")
        await case.demand(1)
        await objected(world, *(await bystanders(world)))
        await world.refuses(case.resolve(), errors.ChallengeMoot)
        await case.expire()
        assert case.state.verdict.kind == "Moot"
        await case.close()
        assert world.stake_tokens("eve") == PURSE
        assert (await world.participant(who)).stake == STAKE
        await world.assert_invariants()


async def test_a_dispute_about_a_submission_outlives_the_aggregate() -> None:
    async with open_members() as world:
        await lying(world, "bob")
        await meet(world, "Challenge")
        case = dispute(world, "eve", "bob")
        await case.open(lying_norm(1))
        await objected(world, *(await bystanders(world)))
        await case.leaf(1)
        await case.judge()
        assert (await world.submission("bob")).status.kind == "Faulted"
        assert world.stake_tokens("eve") > PURSE - BOND
        await world.assert_invariants()


async def test_an_aggregator_that_left_the_list_takes_a_new_seat_with_its_bond() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        who = await poster(world)
        end = (await world.federation()).aggregators - 1
        last = world.listed(end)
        await world.stake_unbond(who, 1_100, last=None if last == who else last)
        assert not (await world.participant(who)).listed
        await objected(world, *(await bystanders(world)))
        person = await world.participant(who)
        assert (person.stake, person.listed, person.aggregator_index) == (STAKE - 1_100, True, end)
        # Too late for this round's beacon, had it not been barred anyway.
        assert person.seated_slot >= (await world.round()).beacon_slot
        await world.assert_invariants()


async def test_an_aggregator_that_has_unbonded_all_gets_its_bond_and_no_seat() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        who = await poster(world)
        last = world.listed((await world.federation()).aggregators - 1)
        stake = (await world.participant(who)).stake
        await world.stake_unbond(who, stake, last=None if last == who else last)
        await objected(world, *(await bystanders(world)))
        person = await world.participant(who)
        assert (person.stake, person.bonded, person.listed) == (500, 0, False)
        await world.assert_invariants()


async def test_an_objection_in_a_paused_federation_counts() -> None:
    async with open_members() as world:
        await meet(world, "Challenge")
        await world.federation_pause()
        await objected(world, *(await bystanders(world)))
        assert await world.phase() == "Aggregate"
