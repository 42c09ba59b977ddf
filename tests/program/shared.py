"""Worlds that several tests may share, because nothing in them ever changes.

Refusals change nothing (``World.refused`` holds it) and trial runs do not either; so such tests use
one world whose clock stands still.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.world import World

Made = TypeVar("Made")
_made: dict[str, object] = {}


async def shared(key: str, make: Callable[[], Awaitable[Made]]) -> Made:
    """What ``make`` made the first time that the key was asked for in this process."""
    if key not in _made:
        _made[key] = await make()
    return _made[key]  # type: ignore[return-value]


def freeze(world: World) -> None:
    """From now on transactions take no time."""
    world.ledger.block_on_tx = False
