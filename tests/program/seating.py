"""Who gets which seat among a round's evaluators."""

from __future__ import annotations

from fedsol.program.commitment import ticket
from tests.world import World


def ticket_of(world: World, who: str) -> int:
    """A person's ticket in the running round; the beacon must be drawn."""
    return ticket(bytes(world.read_round().beacon), world.person(who))


def by_ticket(world: World, *names: str) -> list[str]:
    """The names in the order of their tickets, the lowest and best first."""
    return sorted(names, key=lambda who: ticket_of(world, who))


async def seats_open(world: World) -> None:
    """A new round whose beacon is drawn: from now on evaluators commit."""
    await world.reach("Score")
    await world.draw()


async def seats_taken(world: World, *names: str) -> list[str]:
    """These take the seats of a new round, the highest ticket first; lowest first."""
    await seats_open(world)
    order = by_ticket(world, *names)
    for who in reversed(order):
        await world.score_commit(who)
    return order
