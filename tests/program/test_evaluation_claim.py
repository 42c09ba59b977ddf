"""evaluation_claim: evaluators pull what is theirs of a settled round's pool, by their credits, once."""

from __future__ import annotations

import pytest

from fedsol.errors import ProgramError
from fedsol.program import errors
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from tests.program.expect import assert_event, change, freeze_tokens
from tests.program.seating import by_ticket, seats_open
from tests.world import EVALUATORS, FUNDED, World, framework_error, open_scored_world

TRAINERS = ["alice", "bob", "carol"]


async def test_it_pays_the_share_and_books_it(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    with change(world) as changed:
        landed = await world.evaluation_claim("eva")
    # 19 of 100 for six credits, of which two are hers: 6.33.
    assert changed.tokens == {world.reward_vault: -6, world.reward_account("eva"): 6}
    assert changed.lamports == {}
    at, person = world.evaluation_at("eva"), world.person("eva")
    assert changed.written == {world.ref.address, world.round_at(), person, at}
    round_, eva = await world.round(), await world.participant("eva")
    assert (await world.evaluation("eva")).status.kind == "Done"
    # Two submissions and two evaluations are left.
    assert (round_.claims_left, round_.unpaid) == (4, 94)
    assert (eva.rewarded, eva.duties) == (6, 1)
    assert (await world.federation()).reward_owed == 94
    assert_event(
        world,
        landed,
        "EvaluationClaimed",
        participant=person,
        round=world.round_at(),
        amount=6,
        released=0,
    )
    assert world.event(landed).seq == eva.seq
    await world.assert_invariants()


async def test_it_is_credits_and_not_stake_that_are_paid() -> None:
    async with open_scored_world(*TRAINERS, evaluators=()) as world:
        for who, stake in (("eva", 1_000), ("ed", 5_000), ("eli", 900_000)):
            await world.evaluators(who, stake=stake)
        # The others are too light to matter: eva is off once, ed twice.
        opinions = {"eva": (1, 8_000, 8_000), "ed": (8_000, 10, 11)}
        await world.reach("Settled", trainers=TRAINERS, opinions=opinions)
        credits = [(await world.evaluation(who)).credits for who in EVALUATORS]
        assert credits == [2, 1, 3]
        landed = [await world.evaluation_claim(who) for who in ("eva", "eli")]
        # Of 19 for six credits: 6.33 and 9.5.
        assert [world.event(one).data.amount for one in landed] == [6, 9]


async def test_what_rounding_leaves_goes_back_with_the_last_claim_whoever_makes_it(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Settled")
    for who in ("alice", "bob"):
        await world.reward_claim(who)
    for who in ("eva", "ed"):
        landed = await world.evaluation_claim(who)
        assert world.event(landed).data.released == 0
    landed = await world.evaluation_claim("eli")
    # 19 - 3 x 6 of the evaluators, 81 - 2 x 40 of the trainers.
    assert world.event(landed).data.released == 2
    federation, round_ = await world.federation(), await world.round()
    assert (federation.reward_owed, federation.reward_available) == (0, FUNDED - 98)
    assert (round_.claims_left, round_.unpaid) == (0, 0)
    await world.assert_invariants()


@pytest.mark.parametrize(
    ("pool", "bps", "each"),
    [(100, 0, 0), (0, 5_000, 0), (1, 5_000, 0), (12, 5_000, 2), (7, 5_000, 1)],
)
async def test_shares_round_down(pool: int, bps: int, each: int) -> None:
    rules = {"round_reward": pool, "evaluator_bps": bps, "funded": 1_000}
    async with open_scored_world("alice", "bob", **rules) as world:
        await world.reach("Settled")
        for who in EVALUATORS:
            await world.evaluation_claim(who)
            assert world.reward_tokens(who) == each
        await world.assert_invariants()


async def test_who_had_no_say_about_anything_is_paid_nothing_and_is_done() -> None:
    async with open_scored_world(evaluators=("eva", "ed"), min_submissions=1) as world:
        await world.actor("frank", roles=TRAINER | EVALUATOR | AGGREGATOR)
        await world.reach("Settled", trainers=["frank"])
        made = await world.evaluation("frank")
        assert (made.credits, made.strikes) == (0, 0)
        await world.evaluation_claim("frank")
        assert world.reward_tokens("frank") == 0
        await world.reward_claim("frank")
        await world.assert_invariants()


async def test_claiming_twice_is_refused(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    await world.evaluation_claim("eva")
    await world.refuses(world.evaluation_claim("eva"), errors.WrongEvaluationStatus)


async def test_claiming_twice_in_one_transaction_is_refused(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")

    async def both() -> None:
        await world.send(world.evaluation_claim("eva"), world.evaluation_claim("eva"))

    await world.refuses(both, errors.WrongEvaluationStatus)


async def test_who_is_at_fault_is_not_paid_also_while_nobody_has_found_it(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Settled", opinions={"eli": (1, 1)})
    await world.refuses(world.evaluation_claim("eli"), errors.WrongEvaluationStatus)


async def test_who_missed_a_plant_is_not_paid(scored_world: World) -> None:
    world = scored_world
    await world.reach("Commit", trainers=TRAINERS)
    await world.audit_arm("alice", secret=world.secret("alice", 2))
    await world.reach("Settled")
    opinions = {"eva": (0, 8_000, 8_000), "ed": (0, 8_000, 8_000)}
    await world.reach("Settled", trainers=TRAINERS, planters=["alice"], opinions=opinions)
    await world.refuses(world.evaluation_claim("eli"), errors.WrongEvaluationStatus)
    await world.evaluation_claim("eva")


async def test_as_many_strikes_as_credits_are_paid_for_the_credits(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled", opinions={"eli": (1, 8_000)})
    landed = await world.evaluation_claim("eli")
    # One of five credits: 3.8.
    assert world.event(landed).data.amount == 3


async def test_the_silent_get_nothing(scored_world: World) -> None:
    world = scored_world
    await world.wallet("eve")
    await world.reach("Settled", evaluators=["eva", "ed"], mute=["eli"])
    await world.refuses(world.evaluation_claim("eli"), errors.WrongEvaluationStatus)
    await world.fault_evaluator("eve", "eli")
    await world.refuses(world.evaluation_claim("eli"), errors.WrongEvaluationStatus)


async def test_who_was_displaced_has_nothing_to_claim(scored_world: World) -> None:
    world = scored_world
    await world.evaluators("emil")
    await seats_open(world)
    lowest, *others = by_ticket(world, *EVALUATORS, "emil")
    for who in others:
        await world.score_commit(who)
    await world.score_commit(lowest, displaced=others[-1])
    await world.pass_phase()
    await world.round_advance()
    for who in (lowest, *others[:-1]):
        await world.score_reveal(who)
    await world.reach("Settled")
    await world.refuses(world.evaluation_claim(others[-1]), errors.WrongEvaluationStatus)


@pytest.mark.parametrize("phase", ["Tally", "Aggregate", "Challenge", "Aborted"])
async def test_a_round_that_did_not_settle_pays_nothing(scored_world: World, phase: str) -> None:
    world = scored_world
    await world.reach(phase)
    await world.refuses(world.evaluation_claim("eva"), errors.WrongPhase)


async def test_who_did_not_evaluate_has_nothing_to_claim(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled", evaluators=["eva", "ed"])
    await world.refuses(world.evaluation_claim("eli"), framework_error(3012))


async def test_nobody_claims_for_somebody_else(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    thief = world.evaluation_claim("eva").swap(
        owner=world.owner("ed"), owner_tokens=world.reward_account("ed")
    )
    await world.refuses(thief.by("ed"), errors.NotOwner)
    own = world.evaluation_claim("ed").swap(evaluation=world.evaluation_at("eva"))
    await world.refuses(own, errors.WrongEvaluation)


async def test_an_evaluation_of_one_round_claims_in_no_other(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    await world.round_open()
    await world.reach("Settled")
    call = world.evaluation_claim("eva", number=1).swap(round=world.round_at(2))
    await world.refuses(call, errors.WrongEvaluation)


async def test_the_owner_may_name_any_account_of_the_mint(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    await world.evaluation_claim("eva").swap(owner_tokens=world.reward_account("carol"))
    assert (world.reward_tokens("eva"), world.reward_tokens("carol")) == (0, 6)


async def test_a_frozen_account_stops_its_owner_alone(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    freeze_tokens(world, world.reward_account("eva"))
    await world.refuses(world.evaluation_claim("eva"), ProgramError, name="AccountFrozen")
    await world.evaluation_claim("ed")
    await world.evaluation_claim("eva").swap(owner_tokens=world.reward_account("carol"))
    await world.assert_invariants()


async def test_a_donation_changes_nobodys_share(scored_world: World) -> None:
    world = scored_world
    await world.wallet("eve", reward=10_000)
    await world.reach("Challenge")
    await world.donate("eve", world.ref.reward, world.reward_vault, 10_000)
    await world.reach("Settled")
    await world.evaluation_claim("eva")
    assert world.reward_tokens("eva") == 6
    await world.assert_invariants()


async def test_a_claim_may_come_long_after(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    world.ledger.advance(seconds=10**7)
    await world.reach("Aborted", trainers=())
    await world.evaluation_claim("eva", number=1)
