"""demand_open: whoever cannot get a chunk asks its author to show it, at a price that grows."""

from __future__ import annotations

import pytest

from fedsol.errors import InsufficientFunds, ProgramError
from fedsol.program import errors
from fedsol.program.instructions.dispute import wrong_aggregate
from tests.program.disputing import (
    BOND,
    PURSE,
    SIZE,
    SPOT,
    Dispute,
    dispute,
    numbers,
    open_court,
    parts,
    post_true,
)
from tests.program.expect import ALREADY_THERE, assert_event, change, plain
from tests.world import STAKE, World, framework_error

DEMANDS_MAX = 255
DEMANDS_IN_SUBMISSION = 138
"""Where the count of demands lies in a submission's data."""


async def crowd(world: World, count: int) -> list[str]:
    """Strangers with whatever a demand may cost."""
    people = [f"asker{i}" for i in range(count)]
    for who in people:
        await world.wallet(who, stake=BOND * DEMANDS_MAX)
    return people


async def asked(world: World, by: str, on: str | None, chunk: int = 1) -> Dispute:
    """Somebody has demanded a chunk."""
    case = dispute(world, by, on)
    await case.demand(chunk)
    return case


async def test_the_bond_moves_into_the_vault_and_the_demand_is_written_down() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        case = dispute(world, "eve", "bob")
        with change(world) as changed:
            landed = await case.demand(1)
        assert changed.tokens == {world.stake_vault: BOND, world.stake_account("eve"): -BOND}
        rent = world.lamports(case.address)
        assert changed.lamports == {case.address: rent, world.owner("eve"): -rent}
        assert changed.written == {
            world.ref.address,
            world.round_at(),
            world.submission_at("bob"),
            case.address,
        }
        made, bob = case.state, await world.submission("bob")
        assert (made.kind.kind, made.kind.value) == ("Unavailable", {"chunk": 1})
        assert (made.target, made.accused) == (world.submission_at("bob"), world.person("bob"))
        assert (bob.demands, bob.disputes) == (1, 1)
        assert_event(
            world,
            landed,
            "ChallengeOpened",
            round=world.round_at(),
            challenge=case.address,
            kind=plain(world.event(landed).data.kind),
            target=world.submission_at("bob"),
            accused=world.person("bob"),
            challenger=world.owner("eve"),
            bond=BOND,
            attempt=0,
            deadline=(made.deadline.time, made.deadline.slot),
        )
        await world.assert_invariants()


@pytest.mark.parametrize("on", [None, "bob"])
async def test_each_demand_on_a_target_costs_as_much_more(on: str | None) -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        for k, who in enumerate(await crowd(world, 4), start=1):
            case = await asked(world, who, on)
            assert case.state.bond == k * BOND
            assert world.stake_tokens(who) == BOND * DEMANDS_MAX - k * BOND
        # Another target has its own price.
        case = await asked(world, "eve", "alice")
        assert case.state.bond == BOND
        await world.assert_invariants()


def counted(world: World, on: str, demands: int) -> None:
    """Writes so many demands into a submission, as if they had been opened."""
    address = world.submission_at(on)
    found = world.ledger.get_account(address)
    assert found is not None
    data = bytearray(found.data)
    data[DEMANDS_IN_SUBMISSION] = demands
    world.ledger.set_account(address, lamports=found.lamports, owner=found.owner, data=bytes(data))


async def test_a_target_takes_so_many_demands_and_no_more() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        first, last, more = await crowd(world, 3)
        await asked(world, first, "bob")
        counted(world, "bob", DEMANDS_MAX - 1)
        assert (await world.submission("bob")).demands == DEMANDS_MAX - 1
        case = await asked(world, last, "bob")
        assert case.state.bond == BOND * DEMANDS_MAX
        refused = dispute(world, more, "bob").demand(1)
        await world.refuses(refused, errors.DemandsExhausted)
        await asked(world, more, "alice")
        # Answered ones count as well: the limit is on what an author must ever show.
        for who in (first, last):
            case = dispute(world, who, "bob")
            await case.answer_truly(1)
            await case.decide()
            await case.close()
        await world.refuses(refused, errors.DemandsExhausted)
        await world.assert_invariants()


async def test_the_price_goes_on_growing_over_the_aggregates_of_a_round() -> None:
    async with open_court("alice", "bob", "carol", "dan") as world:
        await world.reach("Challenge")
        first = await asked(world, "eve", None)
        world.pass_window(first.state.deadline)
        await first.decide()
        await first.close()
        await post_true(world)
        again = await asked(world, "eve", None)
        assert again.state.bond == 2 * BOND


@pytest.mark.parametrize("phase", ["Score", "ScoreReveal", "Tally", "Aggregate", "Challenge"])
async def test_chunks_of_submissions_may_be_demanded_from_the_end_of_the_reveals_on(
    phase: str,
) -> None:
    async with open_court(scored=True) as world:
        await world.reach(phase)
        await asked(world, "eve", "bob")
        await world.assert_invariants()


@pytest.mark.parametrize("phase", ["Commit", "Reveal", "Settled", "Aborted"])
async def test_nothing_can_be_demanded_before_or_after(phase: str) -> None:
    async with open_court() as world:
        await world.reach(phase)
        if phase == "Commit":
            await world.round_commit("bob")
        for on in (None, "bob"):
            await world.refuses(dispute(world, "eve", on).demand(0), errors.WrongPhase)


async def test_an_aggregate_can_be_demanded_only_once_it_is_there() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        await world.refuses(dispute(world, "eve").demand(0), errors.WrongPhase)


@pytest.mark.parametrize(
    ("seconds", "slots", "allowed"), [(-1, 0, True), (0, -1, True), (0, 0, False)]
)
async def test_after_the_original_end_nothing_more_is_demanded_but_still_challenged(
    seconds: int, slots: int, allowed: bool
) -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        end = (await world.round()).deadline
        world.warp(end, seconds=-5, slots=-10)
        case = await asked(world, "mallory", "bob")
        await case.answer_truly(1)
        extended = await world.round()
        assert (extended.takeover.time, extended.takeover.slot) == (end.time, end.slot)
        assert extended.deadline.time > end.time
        world.warp(end, seconds=seconds, slots=slots)
        call = dispute(world, "eve").demand(0)
        if allowed:
            await call
        else:
            await world.refuses(call, errors.DeadlinePassed)
            await dispute(world, "eve").open(wrong_aggregate(SPOT))


@pytest.mark.parametrize(
    ("chunk", "on", "allowed"),
    [
        (2, "bob", True),
        (3, "bob", False),
        (4, None, True),
        (5, None, False),
        (2**32 - 1, None, False),
    ],
)
async def test_a_demand_lies_within_the_chunks(chunk: int, on: str | None, allowed: bool) -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        call = dispute(world, "eve", on).demand(chunk)
        if allowed:
            await call
        else:
            await world.refuses(call, errors.ChunkOutOfRange)


async def test_what_was_never_shown_is_not_demanded() -> None:
    async with open_court() as world:
        await world.reach("Aggregate", silent=["carol"])
        call = dispute(world, "eve", "carol").demand(0)
        await world.refuses(call, errors.WrongSubmissionStatus)


async def test_one_asker_has_one_demand_of_a_target() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        case = await asked(world, "eve", "bob")
        await world.refuses(case.demand(0), ProgramError, name=ALREADY_THERE)


async def test_the_bond_is_paid_by_who_asks_and_in_full() -> None:
    async with open_court() as world:
        await world.wallet("zoe", stake=2 * BOND - 1)
        await world.reach("Challenge")
        await asked(world, "eve", "bob")
        poor = dispute(world, "zoe", "bob")
        await world.refuses(poor.demand(1), InsufficientFunds)
        call = poor.demand(1, tokens=world.stake_account("mallory"))
        await world.refuses(call, ProgramError, name="OwnerMismatch")
        call = poor.demand(1, tokens=world.reward_account("zoe"))
        await world.refuses(call, errors.WrongMint)
        await world.refuses(poor.demand(1, tokens=world.stake_vault), framework_error(2040))


# -- unanswered -------------------------------------------------------------------------------


async def test_an_author_who_does_not_answer_is_convicted_like_any_fraud() -> None:
    async with open_court() as world:
        await world.reach("Aggregate", trainers=["alice", "bob", "carol"])
        case = await asked(world, "eve", "bob")
        world.warp(case.state.deadline, seconds=-1)
        await world.refuses(case.resolve(), errors.DeadlineNotPassed)
        world.warp(case.state.deadline)
        await case.resolve()
        bob = await world.participant("bob")
        assert (bob.stake, bob.slashed, bob.offences) == (STAKE - 1_501, 1_501, 1)
        assert (await world.submission("bob")).status.kind == "Faulted"
        await case.close()
        assert world.stake_tokens("eve") == PURSE + parts(world, 1_501)[0]
        await world.assert_invariants()
        await world.reach("Settled")


async def test_an_aggregator_who_does_not_answer_loses_its_bond_and_the_round_goes_on() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        poster = world.name_of((await world.round()).aggregator)
        case = await asked(world, "eve", None)
        world.pass_window(case.state.deadline)
        await case.decide()
        person, round_ = await world.participant(poster), await world.round()
        assert (person.bonded, person.slashed) == (0, 1_751)
        assert (round_.phase.kind, round_.attempt) == ("Aggregate", 1)
        await case.close()
        await post_true(world)
        await world.reach("Settled")
        assert bytes((await world.federation()).model_root) == numbers(world).posted(world, 1).root
        await world.assert_invariants()


async def test_an_open_demand_holds_the_round() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        poster = world.name_of((await world.round()).aggregator)
        world.warp((await world.round()).deadline, seconds=-1)
        case = await asked(world, "eve", "bob")
        await world.pass_phase()
        await world.refuses(world.round_settle(poster), errors.DisputesOpen)
        await case.answer_truly(1)
        await case.decide()
        await world.pass_phase()
        await world.round_settle(poster)
        await case.close()
        await world.assert_invariants()


async def test_a_demand_makes_room_for_the_chunk_and_its_path() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        update, model = await asked(world, "eve", "bob"), await asked(world, "eve", None)
        claim = dispute(world, "mallory")
        await claim.open(wrong_aggregate(SPOT))
        fields = len(claim.data) - 1 - 2 * 2
        assert len(update.data) == fields + 256 + 40 * 2
        assert len(model.data) == fields + 256 + 32 * 3
        assert SIZE == 300
