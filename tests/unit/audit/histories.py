"""What has happened in the histories that are audited: whole seasons of a world with real numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from fedsol.artifacts import ArtifactStore
from fedsol.audit.accounts import read_scores
from fedsol.audit.history import read_history
from tests.program.calls_scoring import AMPLITUDE
from tests.program.disputing import numbers, open_court
from tests.program.leaving import empty, leave_all
from tests.program.seating import by_ticket
from tests.unit.audit.tampering import Told
from tests.world import World

FOUR = ("eva", "ed", "eli", "una")
TRAINERS = ("alice", "bob", "dan")
Story = Callable[[World], Awaitable[Any]]


def tell(story: Story, *people: str, **options: Any) -> Told:
    """Lets a story happen, and reads its history."""

    async def happen() -> Told:
        async with open_court(*people, **options) as world:
            await story(world)
            return await told(world)

    return asyncio.run(happen())


async def told(world: World) -> Told:
    """The history of a world so far."""
    history = await read_history(world.chain, world.ref.address)
    kept = await read_scores(world.chain, history.events)
    return Told(history, world.ledger.genesis_hash, kept)


async def season(world: World) -> None:
    """Two scored rounds in which nearly everything happens that can.

    In the first, carol does not reveal, bob's update is too bad, one of four evaluators is displaced
    and one is mute. In the second, dan has planted noise, and one evaluator did not look. Everybody
    is punished and paid.
    """
    await world.evaluators("una")
    await world.audit_arm("dan", secret=world.secret("dan", 2))
    order = await first_seats(world)
    await world.reach("Settled")
    await world.fault_no_reveal("eve", "carol")
    await world.fault_evaluator("eve", order[2])
    await empty(world, 1)
    await world.reach("Commit", trainers=TRAINERS, planters=["dan"], evaluators=order[:3])
    numbers(world).plant(world, "dan", AMPLITUDE)
    looked = dict.fromkeys(order[:2], (7_000, 9_000, 0))
    world.casts[2] = replace(world.cast, opinions=looked | {order[2]: (7_500, 9_000, 8_000)})
    await world.reach("Settled")
    await world.fault_evaluator("eve", order[2], number=2)
    await empty(world, 2)
    await world.stake_unbond(order[0], 1_000)


async def first_seats(world: World) -> list[str]:
    """Four evaluators commit for three seats, so that the last of them displaces the first."""
    await world.reach("Score", trainers=TRAINERS, silent=["carol"])
    await world.draw()
    order = by_ticket(world, *FOUR)
    opinions = {order[0]: (8_000, 500, 7_000), order[1]: (6_000, 700, 9_600)}
    world.casts[1] = replace(
        world.cast, evaluators=tuple(order[:2]), mute=(order[2],), opinions=opinions
    )
    for who in reversed(order[1:]):
        await world.score_commit(who, scores=world.opinion(who))
    await world.score_commit(order[0], scores=world.opinion(order[0]), displaced=order[3])
    await world.pass_phase()
    await world.round_advance()
    return order


async def over(world: World) -> None:
    """A round settles, one is aborted, and everybody takes out everything and goes."""
    await world.reach("Settled")
    await world.reach("Aborted")
    await leave_all(world)


async def store_of(world: World, name: str) -> ArtifactStore:
    """A store with everything that was learnt and posted in a world."""
    store = ArtifactStore(f"memory://{name}")
    shown = [*numbers(world).updates.values(), *numbers(world).models.values()]
    for data in (b"the agreement", *(one.data for one in shown)):
        await store.put(data)
    return store
