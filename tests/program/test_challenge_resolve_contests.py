"""challenge_resolve: several challengers at once, and everything that a verdict must not be mixed up with."""

from __future__ import annotations

from fedsol.program import errors
from fedsol.program.instructions.dispute import lying_norm, wrong_aggregate
from tests.program.disputing import (
    BOND,
    PURSE,
    SIZE,
    SPOT,
    dispute,
    numbers,
    open_court,
    post_true,
    post_wrong,
)
from tests.world import World, framework_error, world_on


async def proved(world: World) -> str:
    """Eve has proved an aggregate wrong, and nothing is decided; whose it is."""
    cheat = await post_wrong(world)
    await dispute(world, "eve").prove()
    return cheat


async def test_the_first_valid_proof_wins_and_the_other_gets_its_bond_back() -> None:
    async with open_court() as world:
        await post_wrong(world)
        eve, mallory = dispute(world, "eve"), dispute(world, "mallory")
        await mallory.prove()
        await eve.prove()
        await eve.judge()
        await world.refuses(mallory.resolve(), errors.ChallengeMoot)
        await mallory.expire()
        await mallory.close()
        assert world.stake_tokens("mallory") == PURSE
        assert world.stake_tokens("eve") == PURSE + 583
        await world.assert_invariants()


async def test_a_frivolous_challenge_bars_no_real_one() -> None:
    async with open_court() as world:
        await post_wrong(world)
        eve, mallory = dispute(world, "eve"), dispute(world, "mallory")
        await mallory.prove(SPOT + 1)
        await eve.prove()
        await mallory.resolve()
        assert mallory.state.verdict.kind == "Acquitted"
        await mallory.close()
        await eve.judge()
        assert world.stake_tokens("mallory") == PURSE - BOND
        assert (await world.round()).attempt == 1
        await world.assert_invariants()


async def test_a_verdict_about_an_old_aggregate_is_moot() -> None:
    async with open_court("alice", "bob", "carol", "dan") as world:
        await post_wrong(world)
        eve, mallory = dispute(world, "eve"), dispute(world, "mallory")
        await mallory.prove(SPOT + 1)
        await eve.prove()
        await eve.judge()
        await post_true(world)
        await world.refuses(mallory.resolve(), errors.ChallengeMoot)
        for accused in (mallory.accused, world.name_of((await world.round()).aggregator)):
            again = mallory.resolve(accused=accused)
            expected = errors.ChallengeMoot if accused == mallory.accused else errors.WrongChallenge
            await world.refuses(again, expected)


async def test_an_open_challenge_holds_the_round_and_a_decided_one_does_not() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        poster = world.name_of((await world.round()).aggregator)
        world.warp((await world.round()).deadline, seconds=-1)
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SPOT))
        await world.pass_phase()
        await world.refuses(world.round_settle(poster), errors.DisputesOpen)
        await case.show_all()
        await world.refuses(world.round_settle(poster), errors.DisputesOpen)
        await case.resolve()
        await world.round_settle(poster)
        await case.close()
        await world.assert_invariants()


async def test_a_cheat_in_the_middle_of_the_list_leaves_it_and_its_last_takes_the_place() -> None:
    async with open_court("alice", "bob", "carol", "dan") as world:
        await world.reach("Aggregate")
        world.pass_window((await world.round()).deadline)
        number = world.number
        values = numbers(world).true_model(world, number).values.copy()
        values[SPOT] += 1
        numbers(world).post(number, values)
        await world.round_aggregate("alice")
        case = dispute(world, "eve")
        await case.prove()
        await world.refuses(case.resolve(), errors.WrongLastAggregator)
        await world.refuses(case.resolve(last="carol"), errors.WrongLastAggregator)
        await world.refuses(case.resolve(last="alice"), framework_error(2040))
        await case.resolve(last="dan")
        dan = await world.participant("dan")
        assert (dan.listed, dan.aggregator_index) == (True, 0)
        assert not (await world.participant("alice")).listed
        await world.assert_invariants()


async def test_nobody_else_is_convicted() -> None:
    async with open_court("alice", "bob", "carol", "dan") as world:
        cheat = await proved(world)
        case = dispute(world, "eve")
        for who in sorted({"alice", "bob", "carol", "dan"} - {cheat}):
            await world.refuses(case.resolve(accused=who), errors.WrongChallenge)
        named = case.resolve().swap(submission=world.submission_at("bob"))
        named = named.flag("submission", writable=True)
        await world.refuses(named, errors.WrongSubmission)
        other = await world_on(world.sandbox, name="another", creator="dan")
        await world.refuses(
            case.resolve().swap(federation=other.ref.address), errors.WrongFederation
        )
        await world.refuses(case.resolve(aggregator=cheat), framework_error(2040))
        stranger = case.resolve(aggregator=next(w for w in ("alice", "bob") if w != cheat))
        await world.refuses(stranger, errors.WrongAggregator)


async def test_a_challenge_of_another_round_is_not_resolved_in_this_one() -> None:
    async with open_court() as world:
        await proved(world)
        case = dispute(world, "eve")
        other = await world_on(
            world.sandbox, name="another", creator="bob", real=True, parameter_count=SIZE
        )
        await other.actors("alice", "carol")
        await other.reach("Challenge", trainers=["alice", "carol"])
        await world.refuses(case.resolve().swap(round=other.round_at()), errors.WrongFederation)
        both = case.resolve().swap(round=other.round_at(), federation=other.ref.address)
        await world.refuses(both, errors.WrongChallenge)


async def test_a_submission_that_falls_meanwhile_makes_the_claim_moot() -> None:
    async with open_court(qmax=100) as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values.copy()
        values[0] = 101
        numbers(world).learn("bob", 1, values)
        await world.reach("Challenge", trainers=["alice", "bob", "carol"])
        aggregate, submission = dispute(world, "eve"), dispute(world, "mallory", "bob")
        await aggregate.prove()
        await submission.open(lying_norm(0))
        await submission.leaf(0)
        await submission.judge()
        await world.refuses(aggregate.resolve(), errors.ChallengeMoot)
        await aggregate.expire()
        assert aggregate.state.payout == BOND


async def test_nobody_resolves_with_a_challenge_that_is_none() -> None:
    async with open_court() as world:
        await proved(world)
        case = dispute(world, "eve")
        for wrong in (world.round_at(), world.submission_at("bob"), world.person("bob")):
            call = case.resolve().swap(challenge=wrong)
            await world.refuses(call, framework_error(3002))
