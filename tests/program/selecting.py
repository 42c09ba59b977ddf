"""Worlds whose rule selects, and evidence about what was selected.

``open_selecting`` makes a court (``tests.program.court``) of six trainers under Multi-Krum, one of
whom is far from the others; ``show_selection`` and ``measure`` bring the evidence.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np

from fedsol.learning.merkle import UPDATE_VALUES, chunk_count
from fedsol.learning.selection import Selection, first_chunk_of_row
from fedsol.program.instructions import SELECTION, challenge_measure
from fedsol.program.params import multi_krum
from tests.program.call import Call
from tests.program.disputing import SIZE, Dispute, numbers, open_court
from tests.world import World

TRAINERS = ("alice", "bob", "carol", "dan", "erin", "fay")
FAR = "fay"
"""Whose update is far from all others."""
COPIER = "erin"
"""Who shows the same update as dan."""
PIECE = 800
"""Bytes of updates in a transaction: not a whole number of chunks."""


@asynccontextmanager
async def open_selecting(**options: Any) -> AsyncIterator[World]:
    """A court under Multi-Krum that keeps two of six, one of them byzantine."""
    options = {"rule": multi_krum(1, 2), "min_submissions": 5, "max_submissions": 6} | options
    async with open_court(*TRAINERS, **options) as world:
        number = world.number + 1
        values = numbers(world).learnt("alice", number).values
        for place, who in enumerate(TRAINERS):
            near = values.copy()
            near[place] += 1 + place
            numbers(world).learn(who, number, near)
        numbers(world).learn(FAR, number, np.full(SIZE, -50, np.int16))
        yield world


async def post(world: World, selection: Selection | None = None, **cast: Any) -> str:
    """Somebody posts the aggregate, of that selection or the true one; their name."""
    await world.reach("Aggregate", **({"trainers": TRAINERS} | cast))
    if selection is not None:
        numbers(world).choose(world.number, selection)
    await world.reach("Challenge")
    return world.name_of((await world.round()).aggregator)


async def true_selection(world: World, **cast: Any) -> Selection:
    """What is selected truly, once the round aggregates."""
    await world.reach("Aggregate", **({"trainers": TRAINERS} | cast))
    return numbers(world).true_selection(world, world.number)


def reweighted(selection: Selection, *kept: int, weight: int = 1) -> Selection:
    """The same table with these submissions kept, by index."""
    weights = np.zeros(len(selection.weights), np.uint32)
    weights[list(kept)] = weight
    return Selection(weights, selection.table)


def with_entry(selection: Selection, row: int, column: int, by: int = 1) -> Selection:
    """The same with one distance changed, and the weights as they were."""
    assert selection.table is not None
    table = selection.table.copy()
    table[row, column] = (int(table[row, column]) + by) % 2**64
    return Selection(selection.weights, table)


def exhibit(
    case: Dispute, chunk: int, place: int, who: str | None = None, of: Selection | None = None
) -> Call:
    """A chunk of the posted selection (or of another one) as what is asked for at a place."""
    shown = of or numbers(case.world).chosen(case.world, case.number)
    path = shown.tree.prove(chunk).siblings
    return case.append(SELECTION, who, chunk=shown.chunk(chunk), siblings=path, place=place)


def asked(case: Dispute) -> list[int]:
    """The chunks of the selection that a challenge asks for, by place."""
    count, kind = int(case.state.submissions), case.state.kind
    weights = list(range(chunk_count(count, 64)))
    rows = chunk_count(count, 32)
    value: dict[str, int] = getattr(kind, "value", {})
    if kind.kind == "WrongDistance":
        return [first_chunk_of_row(count, value["first"]) + value["second"] // 32]
    if kind.kind == "WrongSelection":
        both: Iterable[int] = (value["selected"], value["passed_over"])
        starts = [first_chunk_of_row(count, row) for row in both]
        return [*weights, *(start + place for start in starts for place in range(rows))]
    return weights


async def show_selection(case: Dispute, who: str | None = None) -> None:
    """Shows every chunk of the selection that a challenge asks for."""
    for place, chunk in enumerate(asked(case)):
        await exhibit(case, chunk, place, who)


def read(
    case: Dispute, position: int, data: bytes, pair: tuple[str, str] | None = None, **other: Any
) -> Call:
    """Bytes of two updates for a challenge of a distance."""
    world, number = case.world, other.get("number", case.number)
    named = [world.submission_at(who, number) for who in pair or ()]
    made = challenge_measure(
        world.ref.address,
        case.number,
        world.owner(case.by),
        position,
        data,
        pair=(named[0], named[1]) if named else None,
    )
    return world.call("challenge_measure", made, case.by)


async def measure(case: Dispute, first: str, second: str) -> None:
    """Streams two people's updates to the end."""
    data = numbers(case.world).interleaved(first, second, case.number)
    assert len(data) == 2 * 256 * chunk_count(SIZE, UPDATE_VALUES)
    for start in range(0, len(data), PIECE):
        last = start + PIECE >= len(data)
        await read(case, start, data[start : start + PIECE], (first, second) if last else None)
