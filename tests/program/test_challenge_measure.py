"""challenge_measure: two whole updates, streamed, show whether an entry of the table is their distance."""

from __future__ import annotations

import pytest

from fedsol.program import errors
from fedsol.program.instructions import copied_update, wrong_distance, wrong_weights
from tests.program.disputing import BOND, PURSE, dispute, numbers
from tests.program.expect import assert_event, change, heads_replayed
from tests.program.selecting import (
    COPIER,
    PIECE,
    TRAINERS,
    measure,
    open_selecting,
    post,
    read,
    show_selection,
    true_selection,
    with_entry,
)
from tests.world import World

ROW, COLUMN = TRAINERS.index("bob"), TRAINERS.index("dan")
PAIR = ("bob", "dan")


async def doubted(world: World, *, wrong: bool = True) -> str:
    """Eve doubts the distance of bob and dan, which is wrong or not; whose the selection is."""
    true = await true_selection(world)
    poster = await post(world, with_entry(true, ROW, COLUMN) if wrong else None)
    await dispute(world, "eve").open(wrong_distance(ROW, COLUMN))
    return poster


async def test_a_wrong_distance_is_convicted_and_every_unit_of_the_money_is_known() -> None:
    async with open_selecting() as world:
        cheat = await doubted(world)
        case = dispute(world, "eve")
        await measure(case, *PAIR)
        await world.refuses(case.resolve(), errors.EvidenceMissing)
        await show_selection(case)
        assert case.state.evidence.kind == "Proves"
        await case.judge()
        person = await world.participant(cheat)
        assert (person.slashed, person.offences) == (1_751, 1)
        assert world.stake_tokens("eve") == PURSE + 583
        assert (await world.round()).attempt == 1
        await world.assert_invariants()


async def test_a_true_distance_is_acquitted_whatever_comes_first() -> None:
    async with open_selecting() as world:
        poster = await doubted(world, wrong=False)
        before = (await world.participant(poster)).stake
        case = dispute(world, "eve")
        await show_selection(case)
        await measure(case, *PAIR)
        assert case.state.evidence.kind == "Refutes"
        await case.judge()
        assert (await world.participant(poster)).stake == before + 49
        assert world.stake_tokens("eve") == PURSE - BOND
        await world.reach("Settled")
        await world.assert_invariants()


async def test_each_piece_is_written_down_and_moves_nothing() -> None:
    async with open_selecting() as world:
        await doubted(world)
        case = dispute(world, "eve")
        data = numbers(world).interleaved(*PAIR, world.number)
        with change(world) as changed:
            landed = await read(case, 0, data[:PIECE])
        assert (changed.tokens, changed.lamports) == ({}, {})
        assert changed.written == {case.address}
        assert_event(
            world,
            landed,
            "ChallengeMeasured",
            challenge=case.address,
            position=PIECE,
            distance=case.state.selected.distance,
            measured=None,
            evidence="Incomplete",
        )
        assert (case.state.selected.position, case.state.selected.measured) == (PIECE, None)
        first, second = (numbers(world).learnt(who, world.number).values for who in PAIR)
        gaps = first[:128].astype(int) - second[:128].astype(int)
        assert case.state.selected.distance == int((gaps**2).sum()), "one pair of chunks is whole"
        made = case.state
        assert heads_replayed(world)[case.address] == (made.seq, bytes(made.head))


async def test_bytes_come_in_their_order_or_begin_anew() -> None:
    async with open_selecting() as world:
        await doubted(world)
        case = dispute(world, "eve")
        data = numbers(world).interleaved(*PAIR, world.number)
        await world.refuses(read(case, 1, data[1:PIECE]), errors.EvidenceOutOfOrder)
        await read(case, 0, b"\1" * PIECE)
        for position in (PIECE - 1, PIECE + 1):
            call = read(case, position, data[position : 2 * PIECE])
            await world.refuses(call, errors.EvidenceOutOfOrder)
        await world.refuses(read(case, PIECE, b"", PAIR), errors.EvidenceMissing)
        await read(case, PIECE, data[PIECE:])
        await world.refuses(read(case, len(data), b"\0"), errors.ProofMalformed)
        await world.refuses(read(case, len(data), b"", PAIR), errors.ProofMismatch)
        await measure(case, *PAIR)
        assert case.state.selected.measured is not None
        await world.refuses(read(case, len(data), b"", PAIR), errors.EvidenceRepeated)


async def test_no_other_updates_are_taken_for_those_of_the_entry() -> None:
    async with open_selecting() as world:
        await world.reach("Settled", trainers=TRAINERS)
        for who in TRAINERS:
            numbers(world).learn(who, 2, numbers(world).learnt(who, 1).values)
        await doubted(world)
        case = dispute(world, "eve")
        data = numbers(world).interleaved(*PAIR, world.number)
        await read(case, 0, data[:PIECE])
        for pair in (("dan", "bob"), ("bob", "bob"), ("alice", "dan")):
            call = read(case, PIECE, data[PIECE:], pair)
            await world.refuses(call, errors.WrongSubmission)
        older = read(case, PIECE, data[PIECE:], PAIR, number=1)
        await world.refuses(older, errors.WrongSubmission)
        # Dan's bytes as bob's and bob's as dan's have the same distance, and other roots.
        await read(case, 0, numbers(world).interleaved("dan", "bob", world.number)[:PIECE])
        swapped = numbers(world).interleaved("dan", "bob", world.number)[PIECE:]
        await world.refuses(read(case, PIECE, swapped, PAIR), errors.ProofMismatch)


@pytest.mark.parametrize("wrong", [False, True])
async def test_where_one_is_not_accepted_nothing_is_read(wrong: bool) -> None:
    async with open_selecting() as world:
        number = world.number + 1
        numbers(world).learn(COPIER, number, numbers(world).learnt("dan", number).values)
        await world.reach("Aggregate", trainers=TRAINERS)
        fallen = dispute(world, "mallory", COPIER)
        await fallen.open(copied_update())
        await fallen.judge(original="dan")
        place = TRAINERS.index(COPIER)
        true = await true_selection(world)
        poster = await post(world, with_entry(true, 0, place) if wrong else None)
        case = dispute(world, "eve")
        await case.open(wrong_distance(0, place))
        await read(case, 0, b"", ("alice", COPIER))
        assert case.state.selected.measured == 2**64 - 1
        await show_selection(case)
        before = (await world.participant(poster)).offences  # it may be the copier
        await case.judge()
        assert (await world.participant(poster)).offences == before + int(wrong)
        await world.assert_invariants()


async def test_the_padding_of_a_row_is_zero_and_needs_no_update() -> None:
    async with open_selecting() as world:
        await post(world)
        case = dispute(world, "eve")
        await world.refuses(case.open(wrong_distance(0, 32)), errors.ChunkOutOfRange)
        await world.refuses(case.open(wrong_distance(6, 0)), errors.ChunkOutOfRange)
        await case.open(wrong_distance(0, 6))
        await show_selection(case)
        assert case.state.evidence.kind == "Refutes"
        await case.judge()
        assert (await world.round()).attempt == 0


async def test_only_the_challenger_and_only_in_time() -> None:
    async with open_selecting() as world:
        await doubted(world)
        case = dispute(world, "eve")
        stolen = read(case, 0, b"\0").swap(challenger=world.owner("mallory")).by("mallory")
        await world.refuses(stolen, errors.NotOwner)
        world.warp(case.state.deadline, seconds=-1, slots=0)
        data = numbers(world).interleaved(*PAIR, world.number)
        await read(case, 0, data[:PIECE])
        world.pass_window(case.state.deadline)
        await world.refuses(read(case, PIECE, data[PIECE:]), errors.DeadlinePassed)
        await case.expire(accused=case.accused)
        await case.close()
        assert world.stake_tokens("eve") == PURSE - BOND
        await world.reach("Settled")
        await world.assert_invariants()


async def test_a_challenge_about_anything_else_takes_no_stream() -> None:
    async with open_selecting() as world:
        await post(world)
        case = dispute(world, "eve")
        await case.open(wrong_weights())
        await world.refuses(read(case, 0, b"\0"), errors.EvidenceNotAsked)
        await show_selection(case)
        await world.refuses(read(case, 0, b"\0"), errors.EvidenceNotAsked)
