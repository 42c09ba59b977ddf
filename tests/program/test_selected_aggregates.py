"""Aggregates of a selection: what is posted with them, proved against it, and shown on demand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from solders.instruction import Instruction

from fedsol.artifacts import artifact_hash
from fedsol.learning.selection import Selection
from fedsol.program import errors
from fedsol.program.instructions import wrong_aggregate
from fedsol.program.params import weighted
from tests.program.disputing import PURSE, SIZE, SPOT, dispute, numbers, open_court
from tests.program.expect import assert_event
from tests.program.selecting import (
    TRAINERS,
    open_selecting,
    post,
    show_selection,
    true_selection,
)
from tests.world import World

POSTED = Selection(np.array([3, 0, 70_000, 0, 1, 0], np.uint32))
"""Weights of alice, carol and erin."""


async def test_a_selection_is_posted_exactly_where_the_rule_selects() -> None:
    async with open_court() as world:
        await world.reach("Aggregate")
        who = await world.chosen()
        call = world.round_aggregate(who, selection=(b"r" * 32, b"a" * 32))
        await world.refuses(call, errors.SelectionMismatch)
    async with open_selecting() as world:
        true = await true_selection(world)
        who, model = await world.chosen(), world.model(world.number)
        without = world.round_aggregate(who, model=model)
        data = bytes(without.instruction.data)
        assert data[-65:-64] == b"\1"
        accounts = list(without.instruction.accounts)
        bare = Instruction(without.instruction.program_id, data[:-65] + b"\0", accounts)
        await world.refuses(replace(without, instruction=bare), errors.SelectionMismatch)
        landed = await without
        round_ = await world.round()
        root, artifact = true.tree.record, artifact_hash(true.encoded)
        assert bytes(round_.selection.root) == root
        assert bytes(round_.selection.artifact) == artifact
        event = world.event(landed)
        assert bytes(event.data.selection.root) == root
        assert_event(
            world,
            landed,
            "RoundAggregated",
            round=world.round_at(),
            participant=world.person(who),
            bond=500,
            attempt=0,
            new_model_root=model[0],
            new_model_artifact=model[1],
            selection=event.data.selection,
        )


async def prove(world: World, *people: str) -> None:
    """Eve shows the weights, both models and these people's values."""
    case = dispute(world, "eve")
    await case.open(wrong_aggregate(SPOT))
    await case.posted()
    await world.refuses(case.update(people[0]), errors.EvidenceMissing)
    await show_selection(case)
    assert case.state.needed == len(people)
    await case.base()
    for who in people:
        await case.update(who)


@pytest.mark.parametrize("off", [0, 1])
async def test_an_aggregate_is_judged_by_the_weights_that_were_posted(off: int) -> None:
    async with open_selecting(rule=weighted()) as world:
        await world.reach("Aggregate", trainers=TRAINERS)
        numbers(world).choose(world.number, POSTED)
        values = numbers(world).true_model(world, world.number).values.copy()
        values[SPOT] += off
        numbers(world).post(world.number, values)
        poster = await post(world)
        await prove(world, "alice", "carol", "erin")
        await dispute(world, "eve").judge()
        assert (await world.participant(poster)).offences == off
        assert (await world.round()).attempt == off
        if not off:
            await world.reach("Settled")
        await world.assert_invariants()


async def test_a_value_that_does_not_count_is_refused_and_one_that_does_is_needed() -> None:
    async with open_selecting(rule=weighted()) as world:
        await post(world, POSTED)
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SPOT))
        await show_selection(case)
        await world.refuses(case.update("bob"), errors.EvidenceNotAsked)
        await case.posted()
        await case.base()
        for who in ("alice", "carol"):
            await case.update(who)
        await world.refuses(case.update("alice"), errors.EvidenceRepeated)
        await world.refuses(case.resolve(), errors.EvidenceMissing)


async def test_no_weight_at_all_is_convicted_by_the_weights_alone_and_holds_up_nothing() -> None:
    async with open_selecting(rule=weighted()) as world:
        cheat = await post(world, Selection(np.zeros(6, np.uint32)))
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SPOT))
        await show_selection(case)
        await case.judge()
        assert (await world.participant(cheat)).offences == 1
        await world.assert_invariants()


async def test_padding_of_the_model_needs_no_weights() -> None:
    async with open_selecting() as world:
        await post(world)
        case = dispute(world, "eve")
        await case.open(wrong_aggregate(SIZE + 1))
        await case.posted(SIZE + 1)
        await case.judge()
        assert (await world.round()).attempt == 0


@pytest.mark.parametrize("chunk", [0, 6])
async def test_a_chunk_of_the_selection_is_shown_on_demand(chunk: int) -> None:
    async with open_selecting() as world:
        poster = await post(world)
        case = dispute(world, "eve")
        await world.refuses(case.demand(7, of_selection=True), errors.ChunkOutOfRange)
        await case.demand(chunk, of_selection=True)
        assert case.state.kind.kind == "SelectionUnavailable"
        shown = numbers(world).chosen(world, world.number)
        # The model's chunk of that number is another one.
        model = numbers(world).posted(world, world.number)
        wrong = case.answer(chunk=model.chunk(chunk % 5), siblings=model.path(chunk % 5))
        await world.refuses(wrong, errors.ProofMismatch)
        path = shown.tree.prove(chunk).siblings
        await case.answer(chunk=shown.chunk(chunk), siblings=path, by="mallory")
        kept = case.data[-(256 + 32 * len(path)) :]
        assert kept == shown.chunk(chunk) + b"".join(path)
        before = (await world.participant(poster)).stake
        await case.judge()
        assert (await world.participant(poster)).stake == before + 49
        await world.reach("Settled")
        await world.assert_invariants()


async def test_who_withholds_a_chunk_of_the_selection_is_convicted() -> None:
    async with open_selecting() as world:
        cheat = await post(world)
        case = dispute(world, "eve")
        await case.demand(0, of_selection=True)
        await world.refuses(case.resolve(), errors.DeadlineNotPassed)
        world.pass_window(case.state.deadline)
        await world.refuses(case.expire(accused=cheat), errors.UseDemand)
        await case.judge()
        assert (await world.participant(cheat)).offences == 1
        assert world.stake_tokens("eve") == PURSE + 583
        await world.assert_invariants()


async def test_a_selection_is_demanded_of_an_aggregate_that_has_one() -> None:
    async with open_court() as world:
        await world.reach("Challenge")
        call = dispute(world, "eve").demand(0, of_selection=True)
        await world.refuses(call, errors.TargetMismatch)
    async with open_selecting() as world:
        await post(world)
        call = dispute(world, "eve", "bob").demand(0, of_selection=True)
        await world.refuses(call, errors.TargetMismatch)
