"""challenge_resolve: one coordinate proves an aggregate wrong; an honest one is never convicted."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions.dispute import wrong_aggregate
from tests.program.disputing import (
    BOND,
    PURSE,
    SIZE,
    SPOT,
    dispute,
    numbers,
    open_court,
    post_next,
    post_true,
    post_wrong,
)
from tests.program.expect import assert_event, change
from tests.world import STAKE, World, framework_error


async def proved(world: World) -> str:
    """Eve has proved an aggregate wrong, and nothing is decided; whose it is."""
    cheat = await post_wrong(world)
    await dispute(world, "eve").prove()
    return cheat


def last_but(world: World, aggregators: int, *names: str) -> str | None:
    """Who is last on the list of aggregators, unless it is one of these."""
    last = world.listed(aggregators - 1)
    return None if last in names else last


async def test_the_cheat_loses_its_bond_and_half_its_stake_and_the_round_waits_again() -> None:
    async with open_court() as world:
        cheat = await proved(world)
        case, before = dispute(world, "eve"), await world.federation()
        await world.stake_unbond(cheat, 1, last=last_but(world, before.aggregators, cheat))
        last = last_but(world, before.aggregators, cheat)
        with change(world) as changed:
            landed = await case.resolve(last=last)
        # A verdict moves no tokens: the bond of 500, and half of the 2,501 that are left, rounded up.
        assert (changed.tokens, changed.supply, changed.lamports) == ({}, {}, {})
        person, federation = await world.participant(cheat), await world.federation()
        assert (person.stake, person.unbonding[0].amount) == (2_500 - 1_251, 1)
        assert (person.bonded, person.slashed, person.offences) == (0, 1_751, 1)
        assert (person.barred_round, person.listed) == (world.number, False)
        assert federation.stake_total == before.stake_total - 1 - 1_251
        assert federation.bond_total == 500 + BOND + 1_251
        round_ = await world.round()
        assert (round_.phase.kind, round_.attempt, round_.disputes) == ("Aggregate", 1, 0)
        assert (round_.bond, bytes(round_.new_model_root)) == (0, bytes(32))
        # Of 1,751: 33.33 % are 583.6, 33.34 % are 583.8, and 585 are left.
        made = case.state
        assert made.verdict.kind == "Convicted"
        assert (made.payout, made.to_treasury, made.burned) == (BOND + 583, 583, 585)
        assert_event(
            world,
            landed,
            "ChallengeResolved",
            round=world.round_at(),
            challenge=case.address,
            challenge_seq=made.seq,
            challenge_head=bytes(made.head),
            accused=world.person(cheat),
            proven=True,
            attempt=1,
            slashed=1_751,
            to_finder=583,
            to_treasury=583,
            burned=585,
            stake=1_249,
        )
        await world.assert_invariants()


async def test_what_a_verdict_decided_is_then_moved_to_the_unit() -> None:
    async with open_court() as world:
        cheat = await proved(world)
        case, rent = dispute(world, "eve"), world.lamports(dispute(world, "eve").address)
        aggregators = (await world.federation()).aggregators
        await case.resolve(last=last_but(world, aggregators, cheat))
        with change(world) as changed:
            await case.close()
        assert changed.tokens == {
            world.stake_vault: -(BOND + 1_751),
            world.stake_account("eve"): BOND + 583,
            world.treasury_vault: 583,
        }
        assert changed.supply == {world.ref.stake.mint: -585}
        assert changed.lamports == {case.address: -rent, world.owner("eve"): rent}
        assert (await world.federation()).treasury_total == 583
        assert world.stake_tokens("eve") == PURSE + 583
        await world.assert_invariants()


async def test_the_cheat_is_barred_another_posts_and_the_round_settles() -> None:
    async with open_court() as world:
        cheat = await proved(world)
        await dispute(world, "eve").judge()
        numbers(world).models.pop(world.number)
        world.pass_window((await world.round()).deadline)
        await world.actor("zoe")
        # It may have put in what it lost: barred it stays, for this round.
        await world.donate("eve", world.ref.stake, world.stake_account(cheat), 1_000)
        await world.stake_deposit(cheat, 1_000)
        await world.refuses(world.round_aggregate(cheat), errors.AggregatorBarred)
        await post_true(world)
        await world.reach("Settled")
        true = numbers(world).true_model(world, 1)
        assert bytes((await world.federation()).model_root) == true.root
        await world.reach("Aggregate")
        world.pass_window((await world.round()).deadline)
        await world.round_aggregate(cheat)
        await world.assert_invariants()


async def test_every_cheat_of_a_round_is_convicted_in_its_turn() -> None:
    async with open_court("alice", "bob", "carol", "dan") as world:
        first = await post_wrong(world)
        await dispute(world, "eve").prove()
        await dispute(world, "eve").judge()
        second = await post_next(world)
        await dispute(world, "mallory").prove()
        await dispute(world, "mallory").judge()
        third = await post_true(world)
        assert len({first, second, third}) == 3
        for cheat in (first, second):
            assert (await world.participant(cheat)).slashed == 1_751
        await dispute(world, "eve").prove()
        await dispute(world, "eve").judge()
        assert (await world.round()).attempt == 2
        await world.reach("Settled")
        await world.assert_invariants()


async def test_an_honest_aggregate_is_acquitted_and_the_bond_is_divided() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        poster = world.name_of((await world.round()).aggregator)
        case, before = dispute(world, "eve"), await world.participant(poster)
        await case.prove()
        landed = await case.resolve()
        # Of 150: 33.33 % are 49.995, 33.34 % are 50.01, and 51 are left.
        made, person, round_ = case.state, await world.participant(poster), await world.round()
        assert (made.verdict.kind, made.payout) == ("Acquitted", 0)
        assert (made.to_treasury, made.burned) == (50, 51)
        assert person.stake == before.stake + 49
        assert (person.offences, person.barred_round, person.bonded) == (0, 0, 500)
        assert (round_.phase.kind, round_.attempt, round_.disputes) == ("Challenge", 0, 0)
        said = world.event(landed).data
        assert (said.proven, said.slashed, said.to_finder) == (False, BOND, 49)
        with change(world) as changed:
            await case.close()
        assert changed.tokens == {world.stake_vault: -101, world.treasury_vault: 50}
        assert changed.supply == {world.ref.stake.mint: -51}
        assert world.stake_tokens("eve") == PURSE - BOND
        await world.assert_invariants()
        await world.reach("Settled")


async def test_a_verdict_needs_all_evidence() -> None:
    async with open_court() as world:
        await post_wrong(world)
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SPOT))
        steps = [case.update("alice"), case.base(), case.update("bob"), case.posted()]
        for step in steps:
            await world.refuses(case.resolve(), errors.EvidenceMissing)
            await step
        await case.judge()


async def test_a_proof_is_not_lost_for_being_late() -> None:
    async with open_court() as world:
        cheat = await proved(world)
        case = dispute(world, "eve")
        world.pass_window(case.state.deadline)
        world.ledger.advance(seconds=10**6)
        await world.refuses(case.expire(accused=cheat), errors.EvidenceComplete)
        await case.judge()
        assert (await world.round()).attempt == 1


async def test_a_verdict_is_spoken_once() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = dispute(world, "eve")
        await case.prove()
        await case.resolve()
        await world.refuses(case.resolve(), errors.ChallengeDecided)
        accused = case.accused
        await case.close()
        again = case.resolve(accused=accused)
        await world.refuses(again, framework_error(3012))


async def test_padding_behind_the_last_parameter_must_be_zero() -> None:
    async with open_court() as world:
        await post_wrong(world, SIZE + 7)
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SIZE + 7))
        assert case.state.needed == 0
        await world.refuses(case.resolve(), errors.EvidenceMissing)
        await case.posted(SIZE + 7)
        await case.judge()
        assert (await world.round()).attempt == 1


async def test_padding_that_is_zero_is_acquitted() -> None:
    async with open_court() as world:
        await post_wrong(world, SIZE + 7)
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SIZE + 6))
        await case.posted(SIZE + 6)
        await case.resolve()
        assert case.state.verdict.kind == "Acquitted"


@pytest.mark.parametrize(("finder", "treasury"), [(5_000, 0), (5_000, 4_000)])
async def test_accusing_oneself_never_pays(finder: int, treasury: int) -> None:
    split = {"finder_bps": finder, "treasury_bps": treasury}
    async with open_court("alice", "bob", "carol", **split) as world:
        # Whoever posts is its own challenger, or a friend's: what both have together shrinks.
        cheat = await post_wrong(world)

        async def wealth() -> int:
            person = await world.participant(cheat)
            return world.stake_tokens("eve") + person.stake + person.bonded

        start = await wealth()
        await dispute(world, "eve").prove(SPOT + 1)
        await dispute(world, "eve").judge()
        acquitted = await wealth()
        assert start - acquitted == BOND - BOND * finder // 10_000 > 0
        await dispute(world, "eve").prove()
        await dispute(world, "eve").judge()
        lost = 500 + (STAKE - 500 + BOND * finder // 10_000 + 1) // 2
        assert acquitted - await wealth() == lost - lost * finder // 10_000 >= lost // 2
        await world.assert_invariants()
