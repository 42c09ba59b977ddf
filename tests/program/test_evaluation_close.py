"""evaluation_close: anyone closes an evaluation whose duties have ended; its owner gets the rent."""

from __future__ import annotations

import pytest
from solders.system_program import TransferParams, transfer

from fedsol.errors import ChainError
from fedsol.program import Evaluation, errors
from tests.program.expect import assert_event, change, rent
from tests.program.seating import by_ticket, seats_open
from tests.world import EVALUATORS, STAKE, World, framework_error


async def displaced(world: World) -> str:
    """Who lost its seat in a round that runs on."""
    await world.evaluators("emil")
    await seats_open(world)
    lowest, *others = by_ticket(world, *EVALUATORS, "emil")
    for who in others:
        await world.score_commit(who)
    await world.score_commit(lowest, displaced=others[-1])
    return others[-1]


async def test_a_claimed_one_closes_and_its_rent_goes_to_its_owner(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    await world.evaluation_claim("eva")
    at, person = world.evaluation_at("eva"), world.person("eva")
    cost = rent(world, Evaluation, more=2 * 2)
    with change(world) as changed:
        landed = await world.evaluation_close("eva")
    assert changed.lamports == {world.owner("eva"): cost, at: -cost}
    assert changed.written == {world.round_at(), person, at}
    assert changed.tokens == {}
    assert not world.exists(at)
    assert (await world.round()).evaluations == 2
    eva = await world.participant("eva")
    assert (eva.duties, eva.locked, eva.stake) == (0, 0, STAKE)
    assert_event(
        world, landed, "EvaluationClosed", participant=person, round=world.round_at(), released=0
    )
    assert world.event(landed).seq == eva.seq
    await world.assert_invariants()


async def test_pay_that_is_due_keeps_it(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    await world.refuses(world.evaluation_close("eva"), errors.EvaluationInUse)
    await world.pass_phase()
    await world.refuses(world.evaluation_close("eva"), errors.EvaluationInUse)


@pytest.mark.parametrize("phase", ["ScoreReveal", "Tally", "Aggregate", "Challenge"])
async def test_while_its_round_runs_it_stays(scored_world: World, phase: str) -> None:
    # Else an evaluator would take its scores back, and no submission could be scored any more.
    world = scored_world
    await world.reach(phase)
    await world.refuses(world.evaluation_close("eva"), errors.EvaluationInUse)


async def test_a_displaced_one_closes_at_once_and_frees_its_stake(scored_world: World) -> None:
    world = scored_world
    who = await displaced(world)
    cost = rent(world, Evaluation, more=2 * 2)
    assert (await world.participant(who)).locked == 1_000
    with change(world) as changed:
        await world.evaluation_close(who)
    assert changed.lamports[world.owner(who)] == cost
    person = await world.participant(who)
    assert (person.locked, person.duties, person.stake) == (0, 0, STAKE)
    assert (await world.round()).evaluations == 3
    await world.assert_invariants()


async def test_a_faulted_one_closes(scored_world: World) -> None:
    world = scored_world
    await world.wallet("eve")
    await world.reach("Tally", evaluators=["eva", "ed"], mute=["eli"])
    await world.refuses(world.evaluation_close("eli"), errors.EvaluationInUse)
    await world.fault_evaluator("eve", "eli")
    await world.evaluation_close("eli")
    eli = await world.participant("eli")
    assert (eli.locked, eli.duties) == (0, 0)
    # The others' scores are all that is needed.
    await world.reach("Settled")
    await world.assert_invariants()


async def test_a_fault_that_can_be_punished_keeps_it(scored_world: World) -> None:
    world = scored_world
    await world.wallet("eve")
    await world.reach("Settled", opinions={"eli": (1, 1)})
    await world.refuses(world.evaluation_close("eli"), errors.EvaluationInUse)
    await world.fault_evaluator("eve", "eli")
    await world.evaluation_close("eli")


async def test_in_an_aborted_round_an_honest_one_closes_without_a_claim(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Aborted")
    await world.evaluation_close("eva")
    assert (await world.round()).evaluations == 2
    await world.assert_invariants()


async def test_in_an_aborted_round_the_faulty_are_kept(scored_world: World) -> None:
    world = scored_world
    await world.wallet("eve")
    await world.reach("Aborted", evaluators=["eva", "ed"], mute=["eli"], opinions={"ed": (1, 1)})
    # Of two equal opinions it is the lower one that counts: eva is the one who is off.
    for who in ("eli", "eva"):
        await world.refuses(world.evaluation_close(who), errors.EvaluationInUse)
        await world.fault_evaluator("eve", who)
        await world.evaluation_close(who)
    await world.evaluation_close("ed")
    await world.assert_invariants()


async def test_where_nobody_could_show_anything_a_committed_one_closes(
    scored_world: World,
) -> None:
    world = scored_world
    await seats_open(world)
    await world.score_commit("eva")
    await world.pass_phase()
    await world.refuses(world.evaluation_close("eva"), errors.EvaluationInUse)
    await world.round_abort()
    await world.evaluation_close("eva")
    eva = await world.participant("eva")
    assert (eva.stake, eva.locked, eva.duties, eva.offences) == (STAKE, 0, 0, 0)
    await world.assert_invariants()


async def test_pay_that_nobody_claims_does_not_keep_a_paused_federation_from_closing(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Settled")
    for who in ("alice", "bob"):
        await world.reward_claim(who)
    for who in ("eva", "ed"):
        await world.evaluation_claim(who)
    before = await world.federation()
    await world.federation_pause()
    await world.refuses(world.evaluation_close("eli"), errors.EvaluationInUse)
    await world.pass_phase()
    landed = await world.evaluation_close("eli").by("bob")
    # Her 6 and the 2 that rounding left.
    assert world.event(landed).data.released == before.reward_owed == 8
    after, round_ = await world.federation(), await world.round()
    assert after.reward_owed == 0
    assert after.reward_available == before.reward_available + 8
    assert (round_.claims_left, round_.unpaid) == (0, 0)
    await world.assert_invariants()


async def test_a_claimed_one_is_not_counted_again_when_a_paused_federation_closes_it(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Settled")
    await world.evaluation_claim("eva")
    before = (await world.round()).claims_left
    await world.federation_pause()
    await world.pass_phase()
    landed = await world.evaluation_close("eva")
    assert world.event(landed).data.released == 0
    assert (await world.round()).claims_left == before
    await world.assert_invariants()


async def test_in_an_aborted_round_a_pause_gives_nothing_back_twice(scored_world: World) -> None:
    world = scored_world
    await world.reach("Aborted")
    await world.federation_pause()
    await world.pass_phase()
    before = await world.federation()
    for who in EVALUATORS:
        await world.evaluation_close(who)
    after = await world.federation()
    assert after.reward_available == before.reward_available
    await world.assert_invariants()


async def test_a_participant_with_an_evaluation_stays(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    await world.stake_unbond("eva", STAKE)
    world.pass_window((await world.participant("eva")).unbonding[0].release)
    await world.stake_withdraw("eva")
    await world.refuses(world.participant_close("eva"), errors.ParticipantInUse)
    await world.evaluation_claim("eva")
    await world.refuses(world.participant_close("eva"), errors.ParticipantInUse)
    await world.evaluation_close("eva")
    await world.participant_close("eva")


async def test_stake_that_hidden_scores_lock_does_not_leave(scored_world: World) -> None:
    world = scored_world
    await seats_open(world)
    await world.stake_unbond("eva", STAKE)
    # Nothing is left to lock.
    await world.refuses(world.score_commit("eva"), errors.StakeInsufficient)
    await world.score_commit("ed")
    await world.stake_unbond("ed", STAKE)
    ed = await world.participant("ed")
    assert (ed.stake, ed.locked, ed.unbonding[0].amount) == (0, 1_000, STAKE)
    world.pass_window(ed.unbonding[0].release)
    await world.refuses(world.stake_withdraw("ed"), errors.NothingToWithdraw)


async def test_closing_twice_is_refused(scored_world: World) -> None:
    world = scored_world
    await world.reach("Aborted")
    await world.evaluation_close("eva")
    await world.refuses(world.evaluation_close("eva"), framework_error(3012))


async def test_closing_twice_in_one_transaction_is_refused(scored_world: World) -> None:
    world = scored_world
    await world.reach("Aborted")

    async def both() -> None:
        await world.send(world.evaluation_close("eva"), world.evaluation_close("eva"))

    await world.refuses(both, framework_error(3012))


async def test_lamports_sent_after_it_revive_nothing(scored_world: World) -> None:
    world = scored_world
    await world.reach("Settled")
    await world.evaluation_claim("eva")
    close, at = world.evaluation_close("eva"), world.evaluation_at("eva")
    bank = world.sandbox.bank
    lamports = rent(world, Evaluation, more=2 * 2)
    revive = transfer(TransferParams(from_pubkey=bank.pubkey(), to_pubkey=at, lamports=lamports))
    await world.chain.send([close.instruction, revive], [bank])
    account = world.ledger.get_account(at)
    assert account is not None
    assert (bytes(account.data), str(account.owner)) == (b"", "1" * 32)
    before = world.snapshot()
    with pytest.raises(ChainError):
        await world.evaluation_claim("eva")
    world.assert_only_fees_changed(before)


async def test_the_rent_goes_to_nobody_but_the_owner(scored_world: World) -> None:
    world = scored_world
    await world.reach("Aborted")
    call = world.evaluation_close("eva").swap(owner=world.owner("ed"))
    await world.refuses(call, errors.NotOwner)


async def test_somebody_elses_evaluation_is_not_closed_as_ones_own(scored_world: World) -> None:
    world = scored_world
    await world.reach("Aborted")
    call = world.evaluation_close("ed").swap(evaluation=world.evaluation_at("eva"))
    await world.refuses(call, errors.WrongEvaluation)


async def test_an_evaluation_of_a_running_round_is_not_closed_through_an_ended_one(
    scored_world: World,
) -> None:
    world = scored_world
    await world.reach("Aborted", trainers=())
    await world.reach("Tally")
    call = world.evaluation_close("eva").swap(round=world.round_at(1))
    await world.refuses(call, errors.WrongEvaluation)
