"""challenge_resolve: what becomes of a round, and of what stands on it, when a submission falls."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions.dispute import lying_norm, wrong_aggregate
from tests.program.disputing import (
    PURSE,
    SPOT,
    Dispute,
    dispute,
    numbers,
    open_court,
    open_planting_round,
    post_true,
)
from tests.world import EVALUATORS, STAKE, World, framework_error

TRAINERS = ("alice", "bob", "carol")
QMAX = 100


async def breaks_the_bound(world: World, who: str = "bob") -> None:
    """In the round that opens, somebody has a value beyond the bound."""
    await world.round_open()
    values = numbers(world).learnt(who, world.number).values.copy()
    values[SPOT] = -QMAX - 1
    numbers(world).learn(who, world.number, values)


async def posts(world: World, who: str) -> None:
    """Somebody posts in the window in which everybody may."""
    await world.reach("Aggregate", trainers=TRAINERS)
    world.pass_window((await world.round()).deadline)
    await world.round_aggregate(who)


async def claimed(world: World, chunk: int = 1, who: str = "bob") -> Dispute:
    """Eve has shown a chunk of somebody's update."""
    case = dispute(world, "eve", who)
    await case.open(lying_norm(chunk))
    await case.leaf(chunk)
    return case


@pytest.mark.parametrize(
    ("accused", "poster", "named"),
    [
        ("bob", "alice", {"aggregator": "alice", "last": "carol"}),
        ("bob", "bob", {"last": "carol"}),
        ("bob", "carol", {"aggregator": "carol"}),
        ("carol", "alice", {"aggregator": "alice"}),
        ("carol", "carol", {}),
    ],
)
async def test_an_aggregate_that_counted_it_falls_and_its_bond_goes_home_unharmed(
    accused: str, poster: str, named: dict[str, str]
) -> None:
    async with open_court(qmax=QMAX, fraud_bps=6_000) as world:
        await breaks_the_bound(world, accused)
        await posts(world, poster)
        case = await claimed(world, who=accused)
        await case.resolve(**named)  # type: ignore[arg-type]
        # 60 % of 3,001, a posted bond included, rounded up.
        guilty, other = await world.participant(accused), await world.participant(poster)
        assert (guilty.stake, guilty.slashed, guilty.bonded) == (STAKE - 1_801, 1_801, 0)
        assert not guilty.listed
        assert (other.bonded, other.barred_round) == (0, 0)
        if poster != accused:
            assert (other.stake, other.offences, other.listed) == (STAKE, 0, True)
        round_ = await world.round()
        assert (round_.phase.kind, round_.attempt, round_.accepted) == ("Aggregate", 1, 2)
        assert (round_.bond, bytes(round_.new_model_root)) == (0, bytes(32))
        await world.assert_invariants()
        await case.close()
        # The old model is not the one of what is left; nobody is barred for it.
        await post_true(world)
        await world.reach("Settled")
        await world.assert_invariants()


async def test_the_poster_of_what_falls_must_be_named() -> None:
    async with open_court(qmax=QMAX) as world:
        await breaks_the_bound(world)
        await posts(world, "alice")
        case = await claimed(world)
        await world.refuses(case.resolve(), errors.WrongAggregator)
        await world.refuses(case.resolve(aggregator="carol"), errors.WrongAggregator)
        await world.refuses(case.resolve(aggregator="bob"), framework_error(2040))
        await case.resolve(aggregator="alice")


async def test_who_comes_back_to_the_list_with_its_bond_is_its_last() -> None:
    async with open_court(qmax=QMAX, fraud_bps=6_000) as world:
        await breaks_the_bound(world)
        await posts(world, "alice")
        await world.stake_unbond("alice", 1_100, last="carol")
        assert not (await world.participant("alice")).listed
        case = await claimed(world)
        stale = case.resolve(aggregator="alice", last="carol")
        await world.refuses(stale, errors.WrongLastAggregator)
        await case.resolve(aggregator="alice")
        alice = await world.participant("alice")
        assert (alice.listed, alice.stake) == (True, STAKE - 1_100)
        await world.assert_invariants()


async def test_what_was_not_counted_takes_no_aggregate_with_it() -> None:
    trainers = ("alice", "bob", "rob", "pam")
    opinions = dict.fromkeys(EVALUATORS, (8000, 8000, 0, 8000))
    async with open_court(*trainers, scored=True, qmax=QMAX) as world:
        await open_planting_round(world, "pam", trainers=trainers, opinions=opinions)
        for who in ("rob", "pam"):
            values = numbers(world).plant(world, who, 40).values.copy()
            values[SPOT] = QMAX + 1
            numbers(world).learn(who, 2, values)
        await world.reach("Challenge")
        poster = (await world.round()).aggregator
        for who, status in (("rob", "Rejected"), ("pam", "Planted")):
            assert (await world.submission(who)).status.kind == status
            case = await claimed(world, who=who)
            await case.judge()
            assert (await world.submission(who)).status.kind == "Faulted"
            assert (await world.participant(who)).offences == 1
        round_ = await world.round()
        assert (round_.phase.kind, round_.attempt, round_.accepted) == ("Challenge", 0, 2)
        assert (round_.aggregator, round_.false_plants) == (poster, 1)
        await world.reach("Settled")
        await world.assert_invariants()


@pytest.mark.parametrize("phase", ["Score", "ScoreReveal", "Tally"])
async def test_before_anything_is_scored_it_simply_leaves_the_round(phase: str) -> None:
    async with open_court(scored=True, qmax=QMAX) as world:
        await breaks_the_bound(world)
        await world.reach(phase, trainers=TRAINERS)
        case = await claimed(world)
        await case.judge()
        round_ = await world.round()
        assert (round_.phase.kind, round_.accepted, round_.scored) == (phase, 2, 1)
        await world.reach("Settled")
        await world.assert_invariants()


async def test_a_round_that_loses_its_quorum_aborts_at_once() -> None:
    async with open_court(qmax=QMAX) as world:
        await breaks_the_bound(world)
        await world.reach("Aggregate")
        await world.refuses(world.round_abort(), errors.DeadlineNotPassed)
        case = await claimed(world)
        await world.refuses(world.round_abort(), errors.DeadlineNotPassed)
        await case.judge()
        chosen = await world.chosen()
        true = numbers(world).true_model(world, 1)
        numbers(world).post(1, true.values)
        await world.refuses(world.round_aggregate(chosen), errors.QuorumFailed)
        await world.round_abort()
        await world.assert_invariants()


async def test_a_fallen_submission_falls_once() -> None:
    async with open_court(qmax=QMAX) as world:
        await breaks_the_bound(world)
        await world.reach("Aggregate", trainers=TRAINERS)
        first = await claimed(world)
        second = dispute(world, "mallory", "bob")
        await second.open(lying_norm(1))
        await second.leaf(1)
        await first.judge()
        await world.refuses(second.resolve(), errors.ChallengeMoot)
        await second.expire()
        await second.close()
        assert world.stake_tokens("mallory") == PURSE
        assert (await world.participant("bob")).slashed == 1_501
        await world.refuses(
            dispute(world, "eve", "bob").open(lying_norm(1)), errors.WrongSubmissionStatus
        )
        await world.assert_invariants()


async def test_one_participant_loses_at_most_the_cap_in_one_round() -> None:
    async with open_court(qmax=QMAX, round_cap_bps=6_000) as world:
        await breaks_the_bound(world)
        await posts(world, "bob")
        values = numbers(world).posted(world, 1).values
        wrong = dispute(world, "mallory")
        await wrong.open(wrong_aggregate(SPOT))
        case = await claimed(world)
        await case.judge()
        assert (await world.participant("bob")).slashed == 1_501
        values = numbers(world).true_model(world, 1).values.copy()
        values[SPOT] += 1
        numbers(world).post(1, values)
        world.pass_window((await world.round()).deadline)
        await wrong.expire()
        await wrong.close()
        await world.round_aggregate("bob")
        again = dispute(world, "mallory")
        await again.prove()
        await again.judge()
        # 60 % of 3,001 are 1,801: after 1,501 there are 300 left, and the bond is no part of it.
        bob = await world.participant("bob")
        assert bob.slashed == 1_801 + 500
        assert (bob.stake, bob.bonded) == (STAKE - 1_801 - 500, 0)
        await world.assert_invariants()


async def test_a_submission_under_dispute_is_not_closed() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        await claimed(world)
        await world.refuses(world.submission_close("bob"), errors.DisputesOpen)
