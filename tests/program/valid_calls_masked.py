"""For every instruction of masked rounds one call that is valid; see ``tests.program.valid_calls``."""

from __future__ import annotations

from tests.world import Call, World

MEMBERS = ("alice", "bob", "carol")


async def _round_join(world: World) -> Call:
    await world.round_open()
    await world.round_join("bob")
    return world.round_join("alice")


async def _round_share(world: World) -> Call:
    await world.reach("Share", trainers=MEMBERS)
    return world.round_share("alice")


async def _round_object(world: World) -> Call:
    """The second of three objections: with it the aggregate falls."""
    await world.reach("Challenge", trainers=MEMBERS)
    await world.round_object("bob")
    return world.round_object("alice")


CASES = {
    "round_join": _round_join,
    "round_share": _round_share,
    "round_object": _round_object,
}
