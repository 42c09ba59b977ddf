"""Worlds in which there is something to dispute: real numbers, strangers with a purse, and cheats."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np

from fedsol.program.instructions.participant import AGGREGATOR
from tests.program.updates import Numbers
from tests.world import World, open_scored_world, open_world

PEOPLE = ("alice", "bob", "carol")
SIZE = 300
"""Parameters: three chunks of an update and five of a model, so that both trees have odd nodes."""
SPOT = 131
"""A coordinate in the middle: chunk 1 of an update, chunk 2 of a model."""
PURSE = 1_000
"""Stake tokens of those who challenge and are not in the federation."""
BOND = 150
"""What a challenge costs."""


@asynccontextmanager
async def open_court(
    *people: str, scored: bool = False, size: int = SIZE, **options: Any
) -> AsyncIterator[World]:
    """A world with real numbers and these trainers; eve and mallory, strangers, have a purse each."""
    opening = open_scored_world if scored else open_world
    async with opening(*(people or PEOPLE), real=True, parameter_count=size, **options) as world:
        for who in ("eve", "mallory"):
            await world.wallet(who, stake=PURSE)
        yield world


def numbers(world: World) -> Numbers:
    """The world's numbers."""
    assert world.numbers is not None
    return world.numbers


async def open_planting_round(world: World, planter: str, **cast: Any) -> None:
    """Settles a round so that its beacon picks a planter for the next one, and opens that.

    ``cast`` is of ``World.reach``; all secrets are picked (``audit_one_in`` is 1).
    """
    await world.audit_arm(planter, secret=world.secret(planter, world.number + 2))
    await world.reach("Settled")
    await world.reach("Commit", planters=[planter], **cast)


async def post_wrong(world: World, coordinate: int = SPOT, by: int = 1) -> str:
    """Somebody posts a model that is wrong at one coordinate, or in its padding; their name."""
    await world.reach("Aggregate")
    number = world.number
    values = numbers(world).true_model(world, number).values
    padded = np.zeros(-(-values.size // 64) * 64, np.int32)
    padded[: values.size] = values
    padded[coordinate] += by
    numbers(world).post(number, padded[: max(values.size, coordinate + 1)])
    await world.reach("Challenge")
    return world.name_of((await world.round()).aggregator)


async def post_true(world: World) -> str:
    """Whoever may posts the true model after another one fell; their name."""
    numbers(world).models.pop(world.number, None)
    return await post_next(world)


async def post_next(world: World) -> str:
    """Whoever may posts after an aggregate fell, the chosen one first; their name."""
    round_ = await world.round()
    able = [who for who in sorted(set(world.names.values())) if await _may_post(world, who)]
    for who in able:
        person = await world.participant(who)
        # A place that was taken after the beacon does not count.
        seated = person.listed and person.seated_slot < round_.beacon_slot
        if seated and person.aggregator_index == round_.chosen:
            await world.round_aggregate(who)
            return who
    world.pass_window(round_.deadline)
    await world.round_aggregate(able[0])
    return able[0]


async def _may_post(world: World, who: str) -> bool:
    if not world.exists(world.person(who)):
        return False
    person = await world.participant(who)
    enough = person.stake >= world.params.min_stake + world.params.aggregator_bond
    return bool(enough and person.roles & AGGREGATOR and person.barred_round != world.number)


def parts(world: World, total: int) -> tuple[int, int, int]:
    """How what somebody lost is divided: to the finder, to the treasury, burned."""
    finder = total * world.params.finder_bps // 10_000
    treasury = total * world.params.treasury_bps // 10_000
    return finder, treasury, total - finder - treasury
