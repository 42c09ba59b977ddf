"""Worlds whose updates stay under masks, with real words behind their roots.

``open_members`` makes a court (``tests.program.court``) of four members; ``meet`` drives the running
round to a phase with them; ``aggregate_again`` posts after an aggregate has fallen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.program.court import open_court
from tests.world import MASKING, World

MEMBERS = ("alice", "bob", "carol", "dan")


@asynccontextmanager
async def open_members(*people: str, **options: Any) -> AsyncIterator[World]:
    """A court under masks; its four members have ``STAKE`` each and can aggregate."""
    async with open_court(*(people or MEMBERS), **(MASKING | options)) as world:
        yield world


async def meet(world: World, phase: str, *members: str, **cast: Any) -> None:
    """Drives the round to a phase; all four share and show their words unless others are named."""
    await world.reach(phase, trainers=members or MEMBERS, **cast)


async def poster(world: World) -> str:
    """Who has posted the round's aggregate."""
    return world.name_of((await world.round()).aggregator)


async def bystanders(world: World) -> list[str]:
    """The members that have not posted the round's aggregate."""
    who = await poster(world)
    return [one for one in MEMBERS if one != who]


async def objected(world: World, *who: str) -> None:
    """They object, one after the other."""
    for one in who:
        await world.round_object(one)
