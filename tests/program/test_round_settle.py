"""round_settle: anyone ends a round well; the pool is owed, the bond goes home, the model moves."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from tests.program.expect import assert_event, change, freeze_tokens, plain
from tests.world import FUNDED, STAKE, World, open_world


async def poster(world: World) -> str:
    """Who posted the aggregate."""
    return world.name_of((await world.round()).aggregator)


async def test_it_makes_the_pool_owed_returns_the_bond_and_adopts_the_model(world: World) -> None:
    await world.reach("Challenge", trainers=["alice", "bob", "carol"])
    who = await poster(world)
    before = await world.participant(who)
    await world.pass_phase()
    now = (world.ledger.unix_timestamp, world.ledger.slot)
    seq, head = (await world.round()).seq, bytes((await world.round()).head)
    with change(world) as changed:
        landed = await world.round_settle(who)
    assert changed.written == {world.ref.address, world.round_at(), world.person(who)}
    assert (changed.tokens, changed.lamports) == ({}, {})
    round_, person, federation = await world.round(), await world.participant(who), None
    federation = await world.federation()
    # 100 among three: 33 each; the one that is left over goes back with the last claim.
    assert (round_.phase.kind, round_.share, round_.bond) == ("Settled", 33, 0)
    assert (round_.unpaid, round_.claims_left) == (100, 3)
    assert (round_.evaluator_pool, round_.score_pool) == (0, 100)
    assert plain(round_.deadline) == (now[0] + 1_000, now[1] + 400)
    assert (federation.reward_reserved, federation.reward_owed) == (0, 100)
    assert federation.reward_available == FUNDED - 100
    assert (federation.bond_total, federation.stake_total) == (0, 3 * STAKE)
    assert (person.stake, person.duties) == (STAKE, before.duties - 1)
    assert person.aggregated == 1
    root, artifact = world.model(1)
    assert (bytes(federation.model_root), bytes(federation.model_artifact)) == (root, artifact)
    assert not federation.round_active
    assert_event(
        world,
        landed,
        "RoundSettled",
        round=world.round_at(),
        number=1,
        round_seq=seq,
        round_head=head,
        model_root=root,
        model_artifact=artifact,
        revealed=3,
        accepted=3,
        planted=0,
        share=33,
        reward_owed=100,
    )
    assert world.event(landed).seq == federation.seq
    await world.assert_invariants()


@pytest.mark.parametrize(
    ("pool", "people", "share"), [(1, 3, 0), (2, 2, 1), (3, 2, 1), (0, 2, 0), (100, 3, 33)]
)
async def test_rewards_round_down_and_dust_is_available_after_the_last_claim(
    pool: int, people: int, share: int
) -> None:
    names = ("alice", "bob", "carol")[:people]
    async with open_world(*names, round_reward=pool, funded=1_000) as world:
        await world.reach("Settled", trainers=names)
        assert (await world.round()).share == share
        federation = await world.federation()
        assert (federation.reward_owed, federation.reward_available) == (pool, 1_000 - pool)
        for who in names:
            await world.reward_claim(who)
            await world.assert_invariants()
        assert {world.reward_tokens(who) for who in names} == {share}
        federation = await world.federation()
        assert federation.reward_owed == 0
        assert federation.reward_available == 1_000 - share * people


@pytest.mark.parametrize(
    ("seconds", "slots", "due"),
    [
        (-1, -1, False),
        (-1, 0, False),
        (0, -1, False),
        (10**6, -1, False),
        (0, 0, True),
        (1, 1, True),
    ],
)
async def test_it_is_due_when_both_the_second_and_the_slot_of_the_window_are_reached(
    world: World, seconds: int, slots: int, due: bool
) -> None:
    await world.reach("Challenge")
    who = await poster(world)
    world.warp((await world.round()).deadline, seconds=seconds, slots=slots)
    if due:
        await world.round_settle(who)
    else:
        await world.refuses(world.round_settle(who), errors.DeadlineNotPassed)


async def test_settling_twice_is_refused(world: World) -> None:
    await world.reach("Settled")
    await world.refuses(world.round_settle(await poster(world)), errors.WrongPhase)


async def test_settling_twice_in_one_transaction_is_refused(world: World) -> None:
    await world.reach("Challenge")
    who = await poster(world)
    await world.pass_phase()

    async def both() -> None:
        await world.send(world.round_settle(who), world.round_settle(who))

    await world.refuses(both, errors.WrongPhase)


async def test_the_bond_goes_to_nobody_but_who_posted_it(world: World) -> None:
    await world.reach("Challenge")
    who = await poster(world)
    await world.pass_phase()
    for other in {"alice", "bob", "carol"} - {who}:
        await world.refuses(world.round_settle(other), errors.WrongAggregator)


async def test_an_aggregator_that_unbonded_meanwhile_gets_its_bond_back_as_stake(
    world: World,
) -> None:
    await world.reach("Challenge")
    who = await poster(world)
    last = "carol" if who != "carol" else None
    await world.stake_unbond(who, STAKE - 500, last=last)
    await world.pass_phase()
    await world.round_settle(who)
    assert (await world.participant(who)).stake == 500
    await world.assert_invariants()


async def test_an_aggregator_whose_stake_suffices_again_is_listed_again(world: World) -> None:
    # While its bond is posted the stake that counts is smaller by the bond: unbonding one unit
    # then must not cost the seat for good.
    await world.reach("Challenge")
    who = await poster(world)
    stake = (await world.participant(who)).stake
    last = "carol" if who != "carol" else None
    await world.stake_unbond(who, stake - 1_499, last=last)
    assert not (await world.participant(who)).listed
    await world.pass_phase()
    await world.round_settle(who)
    person = await world.participant(who)
    assert person.stake == 1_999
    assert person.listed


async def test_frozen_token_accounts_stop_no_round(world: World) -> None:
    await world.wallet("eve", stake=1)
    for tokens in (world.stake_vault, world.reward_vault, world.treasury_vault):
        freeze_tokens(world, tokens)
    freeze_tokens(world, world.reward_account("alice"))
    await world.reach("Settled", silent=["carol"])
    await world.round_open()
    await world.reach("Aborted", trainers=())
