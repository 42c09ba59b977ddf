"""fault_evaluator: who committed to scores and kept silent is slashed, once, exactly by the rules."""

from __future__ import annotations

from typing import Any

import pytest

from fedsol.errors import ProgramError
from fedsol.program import errors
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from tests.program.expect import assert_event, change, freeze_tokens
from tests.program.leaving import end
from tests.program.seating import by_ticket, seats_open
from tests.world import EVALUATORS, STAKE, World, framework_error, open_scored_world


async def silent_round(world: World, phase: str = "Tally", **cast: Any) -> None:
    """A round in which eli committed to scores and showed none; eve is there to find it."""
    await world.wallet("eve")
    await world.reach(phase, evaluators=["eva", "ed"], mute=["eli"], **cast)


async def test_silence_costs_by_the_rules_to_the_unit(scored_world: World) -> None:
    world = scored_world
    await silent_round(world)
    await world.stake_unbond("eli", 1)
    before = await world.federation()
    with change(world) as changed:
        landed = await world.fault_evaluator("eve", "eli")
    # 11 % of 3,001 is 330.11: 331. Of that 33.33 % (110.3) and 33.34 % (110.4); 111 are left.
    assert changed.tokens == {
        world.stake_vault: -331,
        world.stake_account("eve"): 110,
        world.treasury_vault: 110,
    }
    assert changed.supply == {world.ref.stake.mint: -111}
    assert changed.lamports == {}
    at, person = world.evaluation_at("eli"), world.person("eli")
    # What else it writes is the round, in which nothing changes.
    assert changed.written == {world.ref.address, person, at}
    eli, federation = await world.participant("eli"), await world.federation()
    assert (eli.stake, eli.unbonding[0].amount) == (STAKE - 1 - 331, 1)
    assert (eli.locked, eli.duties, eli.evaluated) == (0, 1, 0)
    assert (eli.offences, eli.slashed) == (1, 331)
    made = await world.evaluation("eli")
    assert (made.status.kind, made.liability) == ("Faulted", 0)
    assert federation.stake_total == before.stake_total - 331
    assert federation.treasury_total == 110
    assert_event(
        world,
        landed,
        "EvaluatorFaulted",
        participant=person,
        round=world.round_at(),
        finder=world.owner("eve"),
        silent=True,
        credits=0,
        strikes=0,
        missed=0,
        slashed=331,
        to_finder=110,
        to_treasury=110,
        burned=111,
        released=0,
        stake=STAKE - 1 - 331,
    )
    assert world.event(landed).seq == eli.seq
    await world.assert_invariants()


@pytest.mark.parametrize("phase", ["Score", "ScoreReveal"])
async def test_who_can_still_show_is_not_slashed(scored_world: World, phase: str) -> None:
    world = scored_world
    await silent_round(world, phase)
    if phase == "Score":
        await world.draw()
        await world.score_commit_all()
    await world.pass_phase()
    await world.refuses(world.fault_evaluator("eve", "eli"), errors.EvaluatorNotAtFault)


@pytest.mark.parametrize("phase", ["Tally", "Aggregate", "Challenge", "Settled", "Aborted"])
async def test_from_the_end_of_showing_on_silence_can_be_proved(
    scored_world: World, phase: str
) -> None:
    world = scored_world
    await silent_round(world, phase)
    await world.fault_evaluator("eve", "eli")
    await world.assert_invariants()


async def test_a_round_that_aborted_because_too_few_showed_punishes_the_silent(
    scored_world: World,
) -> None:
    world = scored_world
    await world.wallet("eve")
    await world.reach("ScoreReveal", evaluators=["eva"], mute=["ed", "eli"])
    await world.score_reveal_all()
    await world.pass_phase()
    await world.round_abort()
    for who in ("ed", "eli"):
        await world.fault_evaluator("eve", who)
    await world.refuses(world.fault_evaluator("eve", "eva"), errors.EvaluatorNotAtFault)
    await world.assert_invariants()


async def test_a_round_that_aborted_before_anybody_could_show_punishes_nobody(
    scored_world: World,
) -> None:
    # The only one that came would else pay for those that did not.
    world = scored_world
    await world.wallet("eve")
    await seats_open(world)
    await world.score_commit("eva")
    await world.pass_phase()
    await world.round_abort()
    await world.refuses(world.fault_evaluator("eve", "eva"), errors.EvaluatorNotAtFault)
    await world.evaluation_close("eva")
    eva = await world.participant("eva")
    assert (eva.stake, eva.locked, eva.duties) == (STAKE, 0, 0)


async def test_one_fault_is_slashed_once(scored_world: World) -> None:
    world = scored_world
    await silent_round(world)
    await world.fault_evaluator("eve", "eli")
    for finder in ("eve", "bob"):
        await world.refuses(world.fault_evaluator(finder, "eli"), errors.EvaluatorNotAtFault)


async def test_who_was_displaced_loses_nothing_whatever_happens_to_the_round(
    scored_world: World,
) -> None:
    world = scored_world
    await world.evaluators("emil")
    await world.wallet("eve")
    await seats_open(world)
    lowest, *others = by_ticket(world, *EVALUATORS, "emil")
    for who in others:
        await world.score_commit(who)
    highest = others[-1]
    await world.score_commit(lowest, displaced=highest)
    await world.pass_phase()
    await world.round_advance()
    for who in (lowest, *others[:-1]):
        await world.score_reveal(who)
    for phase in ("Tally", "Aggregate", "Challenge", "Settled"):
        await world.reach(phase)
        await world.refuses(world.fault_evaluator("eve", highest), errors.EvaluatorNotAtFault)
    assert (await world.participant(highest)).stake == STAKE


async def test_a_slash_reaches_what_is_on_its_way_out(scored_world: World) -> None:
    world = scored_world
    await silent_round(world)
    await world.stake_unbond("eli", 3_000)
    await world.fault_evaluator("eve", "eli")
    eli = await world.participant("eli")
    assert (eli.stake, eli.unbonding[0].amount) == (0, 3_000 - 330)
    await world.assert_invariants()


async def test_one_round_takes_no_more_than_its_cap() -> None:
    async with open_scored_world("alice", "bob", round_cap_bps=3_000, fraud_bps=3_000) as world:
        await world.wallet("eve")
        await world.actor("frank", stake=10_000, roles=TRAINER | EVALUATOR)
        await world.reach("Tally", silent=["frank"], evaluators=["eva", "ed"], mute=["frank"])
        first = await world.fault_no_reveal("eve", "frank")
        assert world.event(first).data.slashed == 2_500
        # 11 % of what is left would be 825; 3,000 of 10,000 is the cap.
        second = await world.fault_evaluator("eve", "frank")
        assert world.event(second).data.slashed == 500
        frank = await world.participant("frank")
        assert (frank.stake, frank.offences, frank.slashed) == (7_000, 2, 3_000)
        await world.assert_invariants()


async def test_the_cap_is_each_rounds_own(scored_world: World) -> None:
    world = scored_world
    await silent_round(world, "Settled")
    await silent_round(world, "Settled")
    first = await world.fault_evaluator("eve", "eli", number=1)
    second = await world.fault_evaluator("eve", "eli", number=2)
    # 11 % of what was there, then of what was left.
    assert [world.event(one).data.slashed for one in (first, second)] == [331, 294]
    await world.assert_invariants()


async def test_a_slash_in_the_middle_of_the_list_needs_its_last() -> None:
    async with open_scored_world("alice", evaluator_slash_bps=6_000) as world:
        await world.wallet("eve")
        await world.actor("frank", roles=EVALUATOR | AGGREGATOR)
        await world.actors("dan", "bob")
        await world.reach("Tally", evaluators=["eva", "ed"], mute=["frank"])
        call = world.fault_evaluator
        await world.refuses(call("eve", "frank"), errors.WrongLastAggregator)
        await world.refuses(call("eve", "frank", last="dan"), errors.WrongLastAggregator)
        await world.refuses(call("eve", "frank", last="frank"), framework_error(2040))
        await call("eve", "frank", last="bob")
        bob = await world.participant("bob")
        assert (bob.listed, bob.aggregator_index) == (True, 1)
        assert not (await world.participant("frank")).listed
        await world.assert_invariants()


async def test_the_faulty_one_as_finder_of_itself_still_loses_most(scored_world: World) -> None:
    world = scored_world
    await silent_round(world)
    await world.fault_evaluator("eli", "eli")
    assert world.stake_tokens("eli") == 110
    assert (await world.participant("eli")).stake == STAKE - 331


async def test_a_round_does_not_close_over_a_silent_evaluator(scored_world: World) -> None:
    world = scored_world
    await silent_round(world, "Settled")
    for who in ("alice", "bob"):
        await world.reward_claim(who)
        await world.submission_close(who)
    for who in ("eva", "ed"):
        await world.evaluation_claim(who)
        await world.evaluation_close(who)
    await world.pass_phase()
    await world.refuses(world.evaluation_close("eli"), errors.EvaluationInUse)
    await world.refuses(world.round_close(), errors.RoundInUse)
    await world.fault_evaluator("eve", "eli")
    await end(world, 1)
    await world.assert_invariants()


async def test_the_stake_of_a_silent_evaluator_stays_until_it_is_punished(
    scored_world: World,
) -> None:
    world = scored_world
    await silent_round(world, "ScoreReveal")
    await world.stake_unbond("eli", STAKE)
    await world.reach("Settled")
    world.pass_window((await world.participant("eli")).unbonding[0].release)
    await world.refuses(world.stake_withdraw("eli"), errors.StakeLocked)
    await world.fault_evaluator("eve", "eli")
    await world.stake_withdraw("eli")
    assert world.stake_tokens("eli") == STAKE - 331
    await world.assert_invariants()


@pytest.mark.parametrize("vault", ["stake_vault", "treasury_vault"])
async def test_the_finders_part_cannot_go_into_a_vault_of_the_same_call(
    scored_world: World, vault: str
) -> None:
    world = scored_world
    await silent_round(world)
    call = world.fault_evaluator("eve", "eli").swap(finder_tokens=getattr(world, vault))
    await world.refuses(call, framework_error(2040))


async def test_a_frozen_finder_stops_no_other_finder(scored_world: World) -> None:
    world = scored_world
    await silent_round(world)
    freeze_tokens(world, world.stake_account("eve"))
    await world.refuses(world.fault_evaluator("eve", "eli"), ProgramError, name="AccountFrozen")
    await world.fault_evaluator("bob", "eli")
