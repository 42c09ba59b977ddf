"""fault_no_reveal: whoever committed and kept silent is slashed, once, exactly by the rules."""

from __future__ import annotations

import pytest

from fedsol.errors import ProgramError
from fedsol.program import Participant, errors
from fedsol.program.instructions.participant import TRAINER
from tests.program.expect import assert_event, change, freeze_tokens
from tests.program.invariants import of
from tests.world import STAKE, World, framework_error, open_world, world_on


async def silent_round(world: World, *names: str, phase: str = "Score") -> None:
    """A round in which these kept silent; eve is there to find it."""
    await world.wallet("eve")
    await world.reach(phase, trainers=["alice", "bob"], silent=names)


async def test_a_slash_rounds_up_and_its_parts_round_down_and_the_rest_burns(world: World) -> None:
    await silent_round(world, "carol")
    await world.stake_unbond("carol", 1)
    before = await world.federation()
    with change(world) as changed:
        landed = await world.fault_no_reveal("eve", "carol")
    # 25 % of 3,001 is 750.25: 751. Of that 33.33 % (250.3) and 33.34 % (250.4); 251 are left.
    assert changed.tokens == {
        world.stake_vault: -751,
        world.stake_account("eve"): 250,
        world.treasury_vault: 250,
    }
    assert changed.supply == {world.ref.stake.mint: -251}
    assert changed.lamports == {}
    at, person = world.submission_at("carol"), world.person("carol")
    assert changed.written == {world.ref.address, person, at}
    carol, federation = await world.participant("carol"), await world.federation()
    assert (carol.stake, carol.unbonding[0].amount) == (STAKE - 1 - 751, 1)
    assert (carol.locked, carol.duties) == (0, 1)
    assert (carol.offences, carol.slashed) == (1, 751)
    made = await world.submission("carol")
    assert (made.status.kind, made.liability) == ("Faulted", 0)
    assert federation.stake_total == before.stake_total - 751
    assert federation.unbonding_total == before.unbonding_total == 1
    assert federation.treasury_total == 250
    assert_event(
        world,
        landed,
        "NoRevealFaulted",
        participant=person,
        round=world.round_at(),
        finder=world.owner("eve"),
        slashed=751,
        to_finder=250,
        to_treasury=250,
        burned=251,
        stake=STAKE - 1 - 751,
    )
    assert world.event(landed).seq == carol.seq
    await world.assert_invariants()


@pytest.mark.parametrize(
    ("stake", "bps", "finder", "treasury", "parts"),
    [
        # slashed, to the finder, to the treasury, burned
        (1, 100, 5_000, 4_000, (1, 0, 0, 1)),
        (1, 10_000, 5_000, 4_000, (1, 0, 0, 1)),
        (9, 10_000, 5_000, 4_000, (9, 4, 3, 2)),
        (10, 10_000, 5_000, 4_000, (10, 5, 4, 1)),
        (10_001, 100, 0, 0, (101, 0, 0, 101)),
        (10_000, 100, 5_000, 0, (100, 50, 0, 50)),
        (9_999, 3_333, 1, 8_999, (3_333, 0, 2_999, 334)),
        (2**62, 10_000, 3_333, 3_333, None),
    ],
)
async def test_the_four_amounts_add_up_to_the_unit(
    stake: int, bps: int, finder: int, treasury: int, parts: tuple[int, int, int, int] | None
) -> None:
    split = {"no_reveal_bps": bps, "finder_bps": finder, "treasury_bps": treasury}
    async with open_world(min_stake=1, min_submissions=1, **split) as world:
        await world.wallet("eve")
        await world.actor("carol", stake=stake, roles=TRAINER)
        await world.reach("Aborted", trainers=(), silent=["carol"])
        data = world.event(await world.fault_no_reveal("eve", "carol")).data
        found = (data.slashed, data.to_finder, data.to_treasury, data.burned)
        slashed = -(-stake * bps // 10_000)
        to_finder, to_treasury = slashed * finder // 10_000, slashed * treasury // 10_000
        kept = to_finder + to_treasury
        assert found == (slashed, to_finder, to_treasury, slashed - kept)
        assert parts is None or found == parts
        assert world.stake_tokens("eve") == to_finder
        assert (await world.participant("carol")).stake == stake - slashed
        await world.assert_invariants()


async def test_a_slash_takes_stake_first_then_the_queue_in_its_order() -> None:
    async with open_world("alice", "bob", no_reveal_bps=9_000) as world:
        await world.actor("carol", stake=3_000)
        await silent_round(world, "carol")
        for amount in (1_000, 800, 1_000):
            await world.stake_unbond("carol", amount)
        # 90 % of 3,000: 200 of stake, 1,000 + 800 of the queue's first two, 700 of the third.
        await world.fault_no_reveal("eve", "carol")
        carol = await world.participant("carol")
        assert carol.stake == 0
        assert [entry.amount for entry in carol.unbonding] == [0, 0, 300, 0]
        assert (await world.federation()).unbonding_total == 300
        await world.assert_invariants()


async def test_silence_in_two_rounds_is_two_faults_each_of_what_is_left() -> None:
    async with open_world("alice", "bob", no_reveal_bps=10_000) as world:
        await world.actor("carol", stake=2_000)
        await silent_round(world, "carol", phase="Settled")
        await world.reach("Score", silent=["carol"])
        first = await world.fault_no_reveal("eve", "carol", number=1)
        assert world.event(first).data.slashed == 2_000
        # Nothing is left: the second fault is booked all the same, and takes nothing.
        with change(world) as changed:
            second = await world.fault_no_reveal("eve", "carol", number=2)
        assert world.event(second).data.slashed == 0
        assert (changed.tokens, changed.supply) == ({}, {})
        carol = await world.participant("carol")
        assert (carol.offences, carol.locked, carol.slashed) == (2, 0, 2_000)
        await world.assert_invariants()


async def test_one_fault_is_slashed_once(world: World) -> None:
    await silent_round(world, "carol")
    await world.fault_no_reveal("eve", "carol")
    await world.refuses(world.fault_no_reveal("eve", "carol"), errors.WrongSubmissionStatus)
    await world.refuses(world.fault_no_reveal("bob", "carol"), errors.WrongSubmissionStatus)


async def test_one_fault_is_slashed_once_in_one_transaction_too(world: World) -> None:
    await silent_round(world, "carol")

    async def both() -> None:
        await world.send(
            world.fault_no_reveal("eve", "carol"), world.fault_no_reveal("bob", "carol")
        )

    await world.refuses(both, errors.WrongSubmissionStatus)


async def test_who_revealed_is_not_slashed(world: World) -> None:
    await silent_round(world, "carol")
    await world.refuses(world.fault_no_reveal("eve", "alice"), errors.WrongSubmissionStatus)


@pytest.mark.parametrize("phase", ["Commit", "Reveal"])
async def test_who_can_still_reveal_is_not_slashed(world: World, phase: str) -> None:
    await world.wallet("eve")
    await world.reach(phase, silent=["carol"])
    if phase == "Commit":
        await world.round_commit("carol")
    await world.pass_phase()
    await world.refuses(world.fault_no_reveal("eve", "carol"), errors.WrongPhase)


@pytest.mark.parametrize("phase", ["Score", "Aggregate", "Challenge", "Settled", "Aborted"])
async def test_from_the_end_of_the_reveals_on_it_can_be_proved(world: World, phase: str) -> None:
    await silent_round(world, "carol", phase=phase)
    await world.fault_no_reveal("eve", "carol")
    await world.assert_invariants()


async def test_a_round_that_aborted_for_silence_punishes_the_silent(world: World) -> None:
    await world.wallet("eve")
    await world.reach("Aborted", trainers=["alice"], silent=["carol"])
    await world.fault_no_reveal("eve", "carol")
    await world.refuses(world.fault_no_reveal("eve", "alice"), errors.WrongSubmissionStatus)


async def test_whom_a_full_round_kept_out_is_excused() -> None:
    async with open_world("alice", "bob", "carol", max_submissions=2) as world:
        await silent_round(world, "carol")
        await world.refuses(world.fault_no_reveal("eve", "carol"), errors.CommitmentExcused)
        await world.reach("Settled")
        await world.refuses(world.fault_no_reveal("eve", "carol"), errors.CommitmentExcused)
        await world.submission_close("carol")
        assert (await world.participant("carol")).locked == 0
        await world.assert_invariants()


async def test_the_statute_of_limitation_is_the_rounds_account(world: World) -> None:
    await silent_round(world, "carol", phase="Settled")
    for who in ("alice", "bob"):
        await world.reward_claim(who)
        await world.submission_close(who)
    round_ = await world.round()
    world.warp(round_.deadline, seconds=-1)
    await world.refuses(world.round_close(), errors.RoundInUse)
    await world.chain.simulate(
        [world.fault_no_reveal("eve", "carol").instruction], world.owner("bank")
    )
    world.warp(round_.deadline)
    await world.round_close()
    await world.refuses(world.fault_no_reveal("eve", "carol"), framework_error(3012))
    await world.submission_close("carol")
    carol = await world.participant("carol")
    assert (carol.stake, carol.locked, carol.offences) == (STAKE, 0, 0)
    await world.assert_invariants()


async def test_after_the_window_it_still_can_be_proved_while_the_round_stands(world: World) -> None:
    await silent_round(world, "carol", phase="Settled")
    await world.pass_phase()
    world.ledger.advance(seconds=10**6)
    await world.fault_no_reveal("eve", "carol")


async def test_the_silent_one_as_finder_of_itself_still_loses_most(world: World) -> None:
    await silent_round(world, "carol")
    await world.fault_no_reveal("carol", "carol")
    assert world.stake_tokens("carol") == 250
    assert (await world.participant("carol")).stake == STAKE - 751


async def test_a_slash_below_the_seat_takes_the_last_aggregator_off_the_list() -> None:
    async with open_world("alice", "bob", "carol", no_reveal_bps=6_000) as world:
        await silent_round(world, "carol")
        await world.fault_no_reveal("eve", "carol")
        assert not (await world.participant("carol")).listed
        assert (await world.federation()).aggregators == 2
        await world.assert_invariants()


async def test_a_slash_in_the_middle_of_the_list_needs_its_last() -> None:
    async with open_world("alice", "bob", "carol", "dan", no_reveal_bps=6_000) as world:
        await world.wallet("eve")
        await world.reach("Score", trainers=["carol", "dan"], silent=["alice"])
        call = world.fault_no_reveal
        await world.refuses(call("eve", "alice"), errors.WrongLastAggregator)
        await world.refuses(call("eve", "alice", last="carol"), errors.WrongLastAggregator)
        await world.refuses(call("eve", "alice", last="alice"), framework_error(2040))
        await call("eve", "alice", last="dan")
        dan = await world.participant("dan")
        assert (dan.listed, dan.aggregator_index) == (True, 0)
        await world.assert_invariants()


async def test_the_last_aggregator_of_another_federation_is_refused() -> None:
    async with open_world("alice", "bob", "carol", no_reveal_bps=6_000) as world:
        await world.wallet("eve")
        await world.reach("Score", trainers=["bob", "carol"], silent=["alice"])
        other = await world_on(world.sandbox, name="another", creator="bob")
        await other.actors("dan")
        call = world.fault_no_reveal("eve", "alice", last="carol")
        call = call.swap(last_aggregator=other.person("dan"))
        await world.refuses(call, errors.WrongFederation)


async def test_a_posted_bond_makes_no_fault_cheaper(world: World) -> None:
    await world.wallet("eve")
    await world.reach("Settled", silent=["carol"])
    await world.reach("Aggregate")
    world.pass_window((await world.round()).deadline)
    await world.round_aggregate("carol")
    assert (await world.participant("carol")).stake == STAKE - 500
    # A quarter of the stake and the bond together, out of the stake.
    landed = await world.fault_no_reveal("eve", "carol", number=1)
    assert world.event(landed).data.slashed == 751
    assert (await world.participant("carol")).stake == STAKE - 500 - 751
    assert (await world.round()).bond == 500
    await world.assert_invariants()


async def test_a_whole_slash_leaves_the_bond_where_it_is() -> None:
    async with open_world("alice", "bob", "carol", no_reveal_bps=10_000) as world:
        await world.wallet("eve")
        await world.reach("Settled", silent=["carol"])
        await world.reach("Aggregate")
        world.pass_window((await world.round()).deadline)
        await world.round_aggregate("carol")
        landed = await world.fault_no_reveal("eve", "carol", number=1)
        assert world.event(landed).data.slashed == STAKE - 500
        await world.reach("Settled")
        assert (await world.participant("carol")).stake == 500
        await world.assert_invariants()


async def test_a_bond_is_out_of_a_slashes_reach_and_all_liabilities_stay_covered(
    world: World,
) -> None:
    await world.wallet("eve")
    await world.reach("Aggregate", trainers=["alice", "bob"])
    who = await world.chosen()
    await world.round_aggregate(who)
    assert (await world.participant(who)).stake == STAKE - 500
    await world.reach("Settled")
    await world.reach(
        "Score", trainers=[n for n in ("alice", "bob", "carol") if n != who], silent=[who]
    )
    landed = await world.fault_no_reveal("eve", who)
    assert world.event(landed).data.slashed == 751
    await world.assert_invariants()


@pytest.mark.parametrize("vault", ["stake_vault", "treasury_vault"])
async def test_the_finders_part_cannot_go_into_a_vault_of_the_same_call(
    world: World, vault: str
) -> None:
    await silent_round(world, "carol")
    call = world.fault_no_reveal("eve", "carol").swap(finder_tokens=getattr(world, vault))
    await world.refuses(call, framework_error(2040))


async def test_finder_tokens_of_another_mint_are_refused(world: World) -> None:
    await silent_round(world, "carol")
    call = world.fault_no_reveal("eve", "carol").swap(finder_tokens=world.reward_account("eve"))
    await world.refuses(call, errors.WrongMint)


async def test_a_frozen_finder_stops_no_other_finder(world: World) -> None:
    await silent_round(world, "carol")
    freeze_tokens(world, world.stake_account("eve"))
    await world.refuses(world.fault_no_reveal("eve", "carol"), ProgramError, name="AccountFrozen")
    await world.fault_no_reveal("bob", "carol")


async def test_a_donation_raises_no_slash(world: World) -> None:
    await world.wallet("eve", stake=10_000)
    await world.donate("eve", world.ref.stake, world.stake_vault, 10_000)
    await world.reach("Score", silent=["carol"])
    landed = await world.fault_no_reveal("eve", "carol")
    assert world.event(landed).data.slashed == 751
    await world.assert_invariants()


async def test_nobody_elses_account_changes(world: World) -> None:
    await silent_round(world, "carol")
    before = of(world, Participant)
    await world.fault_no_reveal("eve", "carol")
    after = of(world, Participant)
    for who in ("alice", "bob"):
        assert before[world.person(who)] == after[world.person(who)]
