"""For every instruction of disputes one call that is valid; see ``tests.program.valid_calls``."""

from __future__ import annotations

from fedsol.program.instructions import UPDATE, copied_update, lying_norm, wrong_distance
from tests.world import Call, World

CHUNK = 1
CUT = 800
"""Bytes of a first piece of two updates: not a whole number of chunks."""


async def _challenge_open(world: World) -> Call:
    await world.reach("Challenge")
    return world.challenge_open("eve", lying_norm(CHUNK), target="alice")


async def _challenge_append(world: World) -> Call:
    await _challenged(world)
    assert world.numbers is not None
    update = world.numbers.learnt("alice", world.number)
    return world.challenge_append(
        "eve",
        UPDATE,
        chunk=update.chunk(CHUNK),
        siblings=update.path(CHUNK),
        declared=update.sum_of(CHUNK),
        target="alice",
        submission="alice",
    )


async def _challenge_measure(world: World) -> Call:
    """The last bytes of alice's and carol's updates, whose distance eve doubts."""
    await world.reach("Challenge", trainers=("alice", "bob", "carol"))
    await world.challenge_open("eve", wrong_distance(0, 2))
    assert world.numbers is not None
    data = world.numbers.interleaved("alice", "carol", world.number)
    await world.challenge_measure("eve", 0, data[:CUT])
    return world.challenge_measure("eve", CUT, data[CUT:], pair=("alice", "carol"))


async def _challenge_resolve(world: World) -> Call:
    """Bob copied alice, so that the aggregate falls, and bob from the middle of the list."""
    assert world.numbers is not None
    number = world.number + 1
    world.numbers.learn("bob", number, world.numbers.learnt("alice", number).values)
    await world.reach("Aggregate")
    await world.stake_unbond("bob", 1_000)
    world.pass_window((await world.round()).deadline)
    await world.round_aggregate("carol")
    await world.challenge_open("eve", copied_update(), target="bob")
    return world.challenge_resolve(
        "eve", "bob", target="bob", original="alice", aggregator="carol", last="dan"
    )


async def _challenge_expire(world: World) -> Call:
    await _challenged(world)
    world.pass_window((await world.challenge("eve", "alice")).deadline)
    return world.challenge_expire("eve", "alice", target="alice")


async def _challenge_close(world: World) -> Call:
    await (await _challenge_expire(world))
    return world.challenge_close("eve", target="alice")


async def _demand_open(world: World) -> Call:
    await world.reach("Challenge")
    return world.demand_open("eve", CHUNK, target="alice")


async def _demand_answer(world: World) -> Call:
    await (await _demand_open(world))
    assert world.numbers is not None
    update = world.numbers.learnt("alice", world.number)
    return world.demand_answer(
        "alice", "eve", chunk=update.chunk(CHUNK), siblings=update.path(CHUNK), target="alice"
    )


async def _challenged(world: World) -> None:
    await (await _challenge_open(world))


CASES = {
    "challenge_open": _challenge_open,
    "challenge_append": _challenge_append,
    "challenge_measure": _challenge_measure,
    "challenge_resolve": _challenge_resolve,
    "challenge_expire": _challenge_expire,
    "challenge_close": _challenge_close,
    "demand_open": _demand_open,
    "demand_answer": _demand_answer,
}
