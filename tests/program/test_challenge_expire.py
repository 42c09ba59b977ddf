"""challenge_expire: who proves nothing in time loses the bond, who came too late gets it back."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions.dispute import copied_update, lying_norm, wrong_aggregate
from tests.program.disputing import (
    BOND,
    PURSE,
    SIZE,
    SPOT,
    Dispute,
    dispute,
    numbers,
    open_court,
    post_wrong,
)
from tests.program.expect import assert_event, change
from tests.world import STAKE, World, framework_error, world_on


async def opened(world: World) -> tuple[Dispute, str]:
    """Eve has challenged an aggregate without a reason, and nobody goes on; who posted it."""
    await world.reach("Challenge")
    poster = world.name_of((await world.round()).aggregator)
    case = dispute(world, "eve")
    await case.open(wrong_aggregate(SPOT))
    return case, poster


@pytest.mark.parametrize(
    ("seconds", "slots", "allowed"), [(-1, 0, False), (0, -1, False), (0, 0, True)]
)
async def test_it_expires_with_the_first_moment_after_its_deadline(
    seconds: int, slots: int, allowed: bool
) -> None:
    async with open_court() as world:
        case, poster = await opened(world)
        world.warp(case.state.deadline, seconds=seconds, slots=slots)
        if allowed:
            await case.expire(accused=poster)
        else:
            await world.refuses(case.expire(accused=poster), errors.DeadlineNotPassed)


async def test_the_bond_is_divided_and_the_accused_gets_the_finders_part() -> None:
    async with open_court() as world:
        case, poster = await opened(world)
        before = await world.federation()
        world.pass_window(case.state.deadline)
        with change(world) as changed:
            landed = await case.expire(accused=poster)
        assert (changed.tokens, changed.supply, changed.lamports) == ({}, {}, {})
        # Of 150: 49.995, 50.01, and 51 are left.
        made, person, federation = case.state, await world.participant(poster), None
        federation = await world.federation()
        assert (made.verdict.kind, made.payout) == ("Acquitted", 0)
        assert (made.to_treasury, made.burned) == (50, 51)
        assert (person.stake, person.offences) == (STAKE - 500 + 49, 0)
        assert federation.stake_total == before.stake_total + 49
        assert federation.bond_total == before.bond_total - 49
        assert (await world.round()).disputes == 0
        assert_event(
            world,
            landed,
            "ChallengeExpired",
            round=world.round_at(),
            challenge=case.address,
            challenge_seq=made.seq,
            challenge_head=bytes(made.head),
            accused=world.person(poster),
            returned=0,
            to_accused=49,
            to_treasury=50,
            burned=51,
        )
        with change(world) as changed:
            await case.close()
        assert changed.tokens == {world.stake_vault: -101, world.treasury_vault: 50}
        assert changed.supply == {world.ref.stake.mint: -51}
        assert world.stake_tokens("eve") == PURSE - BOND
        await world.assert_invariants()


async def test_half_a_proof_is_none() -> None:
    async with open_court() as world:
        cheat = await post_wrong(world)
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SPOT))
        for step in (case.base(), case.posted(), case.update("alice")):
            await step
        world.pass_window(case.state.deadline)
        await world.refuses(case.update("bob"), errors.DeadlinePassed)
        await world.refuses(case.resolve(), errors.EvidenceMissing)
        await case.expire(accused=cheat)
        assert case.state.verdict.kind == "Acquitted"
        await world.reach("Settled")
        await world.assert_invariants()


async def test_complete_evidence_waits_for_its_verdict_whatever_it_says() -> None:
    async with open_court() as world:
        case, poster = await opened(world)
        await case.show_all()
        refuted = dispute(world, "eve", "bob")
        await refuted.open(lying_norm(0))
        await refuted.leaf(0)
        world.pass_window(case.state.deadline)
        world.pass_window(refuted.state.deadline)
        await world.refuses(case.expire(accused=poster), errors.EvidenceComplete)
        await world.refuses(refuted.expire(accused="bob"), errors.EvidenceComplete)
        await case.resolve()
        await refuted.resolve()
        await world.assert_invariants()


async def test_who_came_too_late_gets_the_whole_bond_back_at_once() -> None:
    async with open_court() as world:
        await post_wrong(world)
        eve, mallory = dispute(world, "eve"), dispute(world, "mallory")
        await mallory.open(wrong_aggregate(SPOT))
        await eve.prove()
        await eve.judge()
        landed = await mallory.expire()
        made = mallory.state
        assert (made.verdict.kind, made.payout) == ("Moot", BOND)
        assert (made.to_treasury, made.burned) == (0, 0)
        said = world.event(landed).data
        assert (said.returned, said.to_accused, said.to_treasury, said.burned) == (BOND, 0, 0, 0)
        with change(world) as changed:
            await mallory.close()
        assert changed.tokens == {
            world.stake_vault: -BOND,
            world.stake_account("mallory"): BOND,
        }
        assert changed.supply == {}
        await world.assert_invariants()


async def test_a_demand_does_not_expire_unless_its_target_has_fallen() -> None:
    async with open_court(qmax=100) as world:
        await world.round_open()
        values = numbers(world).learnt("bob", 1).values.copy()
        values[SPOT] = 101
        numbers(world).learn("bob", 1, values)
        await world.reach("Aggregate", trainers=["alice", "bob", "carol"])
        asked, case = dispute(world, "mallory", "bob"), dispute(world, "eve", "bob")
        await asked.demand(0)
        world.pass_window(asked.state.deadline)
        await world.refuses(asked.expire(accused="bob"), errors.UseDemand)
        await case.open(lying_norm(1))
        await case.leaf(1)
        await case.judge()
        await asked.expire()
        await asked.close()
        assert world.stake_tokens("mallory") == PURSE
        await world.assert_invariants()


async def test_the_accused_must_be_the_one_unless_it_is_moot() -> None:
    async with open_court() as world:
        case, poster = await opened(world)
        world.pass_window(case.state.deadline)
        await world.refuses(case.expire(), errors.WrongChallenge)
        other = next(who for who in ("alice", "bob") if who != poster)
        await world.refuses(case.expire(accused=other), errors.WrongChallenge)
        # Naming no submission does not make a claim about one moot, nor the other way round.
        submission = case.expire(accused=poster).swap(submission=world.submission_at("bob"))
        await world.refuses(submission.flag("submission", writable=True), errors.WrongSubmission)
        await case.expire(accused=poster)


async def test_a_claim_about_a_submission_names_it() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve", "bob")
        await case.open(copied_update())
        world.pass_window(case.state.deadline)
        call = case.expire(accused="bob")
        unnamed = call.swap(submission=call.instruction.program_id)
        await world.refuses(unnamed.flag("submission", writable=False), errors.WrongSubmission)
        foreign = call.swap(submission=world.submission_at("alice"))
        await world.refuses(foreign, errors.WrongSubmission)
        await call
        assert (await world.submission("bob")).disputes == 0


async def test_it_ends_once() -> None:
    async with open_court() as world:
        case, poster = await opened(world)
        world.pass_window(case.state.deadline)
        await case.expire(accused=poster)
        await world.refuses(case.expire(accused=poster), errors.ChallengeDecided)
        await world.refuses(case.resolve(), errors.ChallengeDecided)
        await case.close()
        await world.refuses(case.expire(accused=poster), framework_error(3012))


async def test_round_and_federation_belong_to_the_challenge() -> None:
    async with open_court() as world:
        case, poster = await opened(world)
        other = await world_on(
            world.sandbox, name="another", creator="bob", real=True, parameter_count=SIZE
        )
        await other.actors("alice", "carol")
        await other.reach("Challenge", trainers=["alice", "carol"])
        world.pass_window(case.state.deadline)
        call = case.expire(accused=poster)
        await world.refuses(call.swap(federation=other.ref.address), errors.WrongFederation)
        await world.refuses(call.swap(round=other.round_at()), errors.WrongFederation)
        both = call.swap(federation=other.ref.address, round=other.round_at())
        await world.refuses(both, errors.WrongChallenge)


async def test_frivolous_challenges_hold_a_round_no_longer_than_one_dispute() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        poster = world.name_of((await world.round()).aggregator)
        end = (await world.round()).deadline
        crowd = [f"troll{i}" for i in range(8)]
        for who in crowd:
            await world.wallet(who, stake=BOND)
        world.warp(end, seconds=-9)
        trolls = [dispute(world, who) for who in crowd]
        for case in trolls:
            await case.open(wrong_aggregate(SPOT))
        last = max(case.state.deadline.time for case in trolls)
        assert last - end.time <= world.params.dispute.seconds
        await world.pass_phase()
        late = dispute(world, "eve").open(wrong_aggregate(SPOT))
        await world.refuses(late, errors.DeadlinePassed)
        for case in trolls:
            world.pass_window(case.state.deadline)
        for case in trolls:
            await world.refuses(world.round_settle(poster), errors.DisputesOpen)
            await case.expire(accused=poster)
        await world.round_settle(poster)
        assert (await world.participant(poster)).stake == STAKE + 8 * 49
        for case in trolls:
            await case.close()
        await world.assert_invariants()
