"""round_aggregate: the chosen aggregator posts with a bond; later any other may."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions.participant import AGGREGATOR, TRAINER
from tests.program.expect import assert_event, change, plain
from tests.world import EVALUATORS, STAKE, World, open_world


async def others(world: World) -> list[str]:
    """The aggregators that were not chosen."""
    return [who for who in ("alice", "bob", "carol") if who != await world.chosen()]


async def test_it_posts_the_model_and_moves_the_bond_out_of_the_stake(world: World) -> None:
    await world.reach("Aggregate")
    who = await world.chosen()
    now = (world.ledger.unix_timestamp, world.ledger.slot)
    before = await world.participant(who)
    with change(world) as changed:
        landed = await world.round_aggregate(who)
    assert changed.written == {world.ref.address, world.round_at(), world.person(who)}
    assert (changed.tokens, changed.lamports) == ({}, {})
    round_, person = await world.round(), await world.participant(who)
    root, artifact = world.model(1)
    assert (round_.phase.kind, round_.bond) == ("Challenge", 500)
    assert round_.aggregator == world.person(who)
    assert (bytes(round_.new_model_root), bytes(round_.new_model_artifact)) == (root, artifact)
    assert plain(round_.deadline) == (now[0] + 130, now[1] + 43)
    assert plain(round_.takeover) == plain(round_.deadline), "until when chunks may be demanded"
    assert person.stake == STAKE - 500
    assert (person.duties, person.aggregated) == (before.duties + 1, 0)
    federation = await world.federation()
    assert (federation.stake_total, federation.bond_total) == (3 * STAKE - 500, 500)
    assert bytes(federation.model_root) != root, "not before the round settles"
    assert_event(
        world,
        landed,
        "RoundAggregated",
        round=world.round_at(),
        participant=world.person(who),
        bond=500,
        attempt=0,
        new_model_root=root,
        new_model_artifact=artifact,
        selection=None,
    )
    assert world.event(landed).seq == round_.seq
    await world.assert_invariants()


async def test_another_aggregator_is_refused_until_the_deadline(world: World) -> None:
    await world.reach("Aggregate")
    for who in await others(world):
        await world.refuses(world.round_aggregate(who), errors.AggregatorNotChosen)


@pytest.mark.parametrize(
    ("seconds", "slots", "open_"),
    [(-1, 0, False), (0, -1, False), (-1, 10**6, False), (0, 0, True), (1, 1, True)],
)
async def test_from_the_deadline_on_any_other_may_step_in(
    world: World, seconds: int, slots: int, open_: bool
) -> None:
    await world.reach("Aggregate")
    who = (await others(world))[0]
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if open_:
        await world.round_aggregate(who)
    else:
        await world.refuses(world.round_aggregate(who), errors.AggregatorNotChosen)


@pytest.mark.parametrize("chosen", [True, False])
@pytest.mark.parametrize(
    ("seconds", "slots", "open_"),
    [(-1, -1, True), (0, -1, True), (-1, 0, True), (0, 0, False), (1, 1, False)],
)
async def test_after_the_takeover_window_nobody_may(
    world: World, chosen: bool, seconds: int, slots: int, open_: bool
) -> None:
    await world.reach("Aggregate")
    who = await world.chosen() if chosen else (await others(world))[0]
    world.warp((await world.round()).takeover, seconds=seconds, slots=slots)
    if open_:
        await world.round_aggregate(who)
    else:
        await world.refuses(world.round_aggregate(who), errors.DeadlinePassed)


async def test_two_aggregates_of_one_round_are_refused(world: World) -> None:
    await world.reach("Aggregate")
    who = await world.chosen()
    await world.round_aggregate(who)
    for again in ("alice", "bob", "carol"):
        await world.refuses(world.round_aggregate(again), errors.WrongPhase)


async def test_without_the_role_it_is_refused(world: World) -> None:
    await world.actor("dan", roles=TRAINER)
    await world.reach("Aggregate")
    world.pass_window((await world.round()).deadline)
    await world.refuses(world.round_aggregate("dan"), errors.RoleMissing)


async def test_stake_below_minimum_and_bond_is_refused(world: World) -> None:
    await world.actor("dan", stake=1_499, roles=AGGREGATOR)
    await world.actor("erin", stake=1_500, roles=AGGREGATOR)
    await world.reach("Aggregate")
    world.pass_window((await world.round()).deadline)
    await world.refuses(world.round_aggregate("dan"), errors.StakeInsufficient)
    await world.round_aggregate("erin")


async def test_stake_under_commitments_is_no_bond(world: World) -> None:
    # Two undecided commitments lock 2,000: of 2,499 only 499 are free.
    await world.actor("dan", stake=2_499)
    await world.reach("Settled", silent=["dan"])
    await world.reach("Aggregate", silent=["dan"])
    world.pass_window((await world.round()).deadline)
    await world.refuses(world.round_aggregate("dan"), errors.StakeLocked)
    await world.wallet("dan", stake=1)
    await world.stake_deposit("dan", 1)
    await world.round_aggregate("dan")
    await world.assert_invariants()


async def test_where_nobody_was_chosen_only_the_takeover_is_left(empty_world: World) -> None:
    world = empty_world
    for who in ("alice", "bob"):
        await world.actor(who, roles=TRAINER)
    await world.reach("Aggregate")
    await world.actor("carol", roles=AGGREGATOR)
    await world.refuses(world.round_aggregate("carol"), errors.AggregatorNotChosen)
    world.pass_window((await world.round()).deadline)
    await world.round_aggregate("carol")


async def test_an_unlisted_aggregator_has_no_place_that_could_be_the_chosen_one(
    empty_world: World,
) -> None:
    # Unlisted participants have index 0, which the list's first has too.
    world = empty_world
    await world.actor("alice")
    await world.actor("bob", roles=TRAINER)
    await world.actor("dan", stake=1_499, roles=AGGREGATOR)
    await world.reach("Aggregate")
    assert (await world.round()).chosen == 0
    await world.refuses(world.round_aggregate("dan"), errors.StakeInsufficient)
    await world.round_aggregate("alice")


async def test_only_the_owner_posts(world: World) -> None:
    await world.reach("Aggregate")
    who = await world.chosen()
    thief = (await others(world))[0]
    call = world.round_aggregate(who).swap(owner=world.owner(thief)).by(thief)
    await world.refuses(call, errors.NotOwner)


async def test_the_bond_and_the_seat_are_those_of_the_rounds_rules() -> None:
    async with open_world("alice", "bob", aggregator_bond=2_001) as world:
        await world.reach("Aggregate")
        await world.round_aggregate(await world.chosen())
        assert (await world.round()).bond == 2_001
        assert (await world.federation()).bond_total == 2_001
        await world.assert_invariants()


async def test_a_posted_number_of_submissions_must_be_the_one_that_is_accepted(
    world: World,
) -> None:
    # One may fall while an aggregate of all is on its way.
    await world.reach("Aggregate")
    who = await world.chosen()
    for wrong in (0, 1, 3):
        call = world.round_aggregate(who, accepted=wrong)
        await world.refuses(call, errors.AcceptedChanged)
    await world.round_aggregate(who, accepted=2)


async def test_of_a_scored_round_the_rejected_do_not_count(scored_world: World) -> None:
    world = scored_world
    opinions = dict.fromkeys(EVALUATORS, (8000, 8000, 0))
    await world.reach("Aggregate", trainers=["alice", "bob", "carol"], opinions=opinions)
    who = await world.chosen()
    await world.refuses(world.round_aggregate(who, accepted=3), errors.AcceptedChanged)
    await world.round_aggregate(who, accepted=2)
    await world.assert_invariants()


async def test_with_too_few_accepted_nothing_is_aggregated(scored_world: World) -> None:
    world = scored_world
    opinions = dict.fromkeys(EVALUATORS, (8000, 0, 0))
    await world.reach("Aggregate", trainers=["alice", "bob", "carol"], opinions=opinions)
    assert (await world.round()).accepted == 1
    who = await world.chosen()
    await world.refuses(world.round_aggregate(who), errors.QuorumFailed)
