"""One story for every way in which a dispute can end."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from fedsol.learning.merkle import UPDATE_VALUES
from fedsol.program.instructions.dispute import (
    copied_update,
    false_plant,
    lying_norm,
    wrong_aggregate,
)
from tests.program.calls_scoring import AMPLITUDE
from tests.program.disputing import (
    SIZE,
    SPOT,
    dispute,
    numbers,
    open_planting_round,
    post_true,
    post_wrong,
)
from tests.program.forging import chunks_of, sum_tree
from tests.unit.audit.histories import tell
from tests.unit.audit.tampering import Told
from tests.world import EVALUATORS, World

QMAX = 100
PLACE = SPOT + 1
"""A coordinate at which the default updates do not add up to zero."""
THREE = ("alice", "bob", "carol")


async def wrong(world: World, spot: int = PLACE) -> None:
    """A wrong aggregate is convicted, and the next one, which is right, settles."""
    await post_wrong(world, spot)
    case = dispute(world, "eve")
    await case.open(wrong_aggregate(spot))
    if spot < SIZE:
        await case.show_all(spot)
    else:
        await case.posted(spot)
    await case.judge()
    await post_true(world)
    await world.reach("Settled")


async def right(world: World) -> None:
    """A right aggregate is accused, and settles."""
    await world.reach("Challenge")
    await dispute(world, "eve").prove(PLACE)
    await dispute(world, "eve").judge()
    await world.reach("Settled")


async def lying(world: World, **forged: Any) -> None:
    """Bob's sum tree lies, which falls with the aggregate that counted it."""
    await world.round_open()
    values = numbers(world).learnt("bob", 1).values
    numbers(world).learn("bob", 1, values, sum_tree(chunks_of(values), **forged))
    await world.reach("Challenge", trainers=THREE)
    await _accuse(world, "bob", lying_norm(1), 1)
    await post_true(world)
    await world.reach("Settled")


async def beyond(world: World) -> None:
    """A value of bob's is beyond the bound, which is found before anybody aggregates."""
    await world.round_open()
    values = numbers(world).learnt("bob", 1).values.copy()
    values[SPOT] = -QMAX - 1
    numbers(world).learn("bob", 1, values)
    await world.reach("Aggregate", trainers=THREE)
    await _accuse(world, "bob", lying_norm(SPOT // UPDATE_VALUES), SPOT // UPDATE_VALUES)
    await world.reach("Settled")


async def truthful(world: World) -> None:
    """Bob is accused of a lie, and has told none."""
    await world.reach("Challenge")
    await _accuse(world, "bob", lying_norm(1), 1)
    await world.reach("Settled")


async def copied(world: World) -> None:
    """Bob's update is alice's."""
    await world.round_open()
    numbers(world).learn("bob", 1, numbers(world).learnt("alice", 1).values)
    await world.reach("Challenge", trainers=THREE)
    case = dispute(world, "eve", "bob")
    await case.open(copied_update())
    await case.judge(original="alice")
    await post_true(world)
    await world.reach("Settled")


async def planting(world: World, off: int) -> None:
    """Pam has told of a plant that is off by so much at its first value."""
    await open_planting_round(world, "pam", trainers=("alice", "bob", "pam"))
    values = numbers(world).plant(world, "pam", AMPLITUDE).values.copy()
    values[0] += off
    numbers(world).learn("pam", 2, values)
    await world.reach("Challenge")
    await _accuse(world, "pam", false_plant(0), 0)
    await world.reach("Settled")
    if off:
        # All of them found it good, which is excused.
        for who in EVALUATORS:
            await world.evaluation_claim(who)


async def unjudged(world: World) -> None:
    """A false plant falls before it is scored; another one, a true one, is missed by everybody."""
    for who in ("pam", "bob"):
        await world.audit_arm(who, secret=world.secret(who, 2))
    await world.reach("Settled")
    await world.reach("Commit", trainers=("alice", "bob", "pam", "dan"))
    numbers(world).plant(world, "bob", AMPLITUDE)
    await world.reach("Tally")
    for who in ("pam", "bob"):
        await world.audit_reveal(who)
    await _accuse(world, "pam", false_plant(0), 0)
    await world.reach("Settled")
    for who in EVALUATORS:
        await world.fault_evaluator("eve", who)


async def withheld(world: World) -> None:
    """Nobody shows the chunk of bob's that is asked for, and the aggregate falls with it."""
    await world.reach("Challenge", trainers=THREE)
    case = dispute(world, "eve", "bob")
    await case.demand(1)
    world.pass_window(case.state.deadline)
    await case.judge()
    await post_true(world)
    await world.reach("Settled")


async def hidden(world: World) -> None:
    """Nobody shows the chunk of the aggregate that is asked for."""
    await world.reach("Challenge", trainers=THREE)
    case = dispute(world, "eve")
    await case.demand(1)
    world.pass_window(case.state.deadline)
    await case.judge()
    await post_true(world)
    await world.reach("Settled")


async def shown(world: World, on: str | None) -> None:
    """The chunk that is asked for is shown in two pieces."""
    await world.reach("Challenge")
    case = dispute(world, "eve", on)
    await case.demand(1)
    whole = case.demanded(1)
    path = whole.path(1)
    await case.answer(chunk=whole.chunk(1), siblings=path[:1])
    await case.answer(siblings=path[1:])
    await case.judge()
    await world.reach("Settled")


async def twice(world: World) -> None:
    """Two people ask for a chunk of bob's, and get it."""
    await world.reach("Challenge")
    for who in ("eve", "mallory"):
        case = dispute(world, who, "bob")
        await case.demand(1)
        await case.answer_truly(1)
        await case.judge()
    await world.reach("Settled")


async def late(world: World) -> None:
    """Eve claims that an aggregate is wrong, shows one half of why, and no more."""
    await world.reach("Challenge")
    case = dispute(world, "eve")
    await case.open(wrong_aggregate(SPOT))
    await case.posted()
    world.pass_window(case.state.deadline)
    await case.expire(accused=case.accused)
    await case.close()
    await world.reach("Settled")


async def moot(world: World) -> None:
    """Mallory is faster than eve."""
    await post_wrong(world)
    slow, fast = dispute(world, "eve"), dispute(world, "mallory")
    await slow.open(wrong_aggregate(SPOT))
    await fast.prove()
    await fast.judge()
    await slow.expire()
    await slow.close()
    await post_true(world)
    await world.reach("Settled")


async def _accuse(world: World, who: str, kind: Any, chunk: int) -> None:
    case = dispute(world, "eve", who)
    await case.open(kind)
    await case.leaf(chunk)
    await case.judge()


_PLANTING = {"people": ("alice", "bob", "pam", "dan"), "scored": True}
# Story, options of its world, and the verdict of its first dispute that has one.
CASES: dict[str, tuple[Any, dict[str, Any], str]] = {
    "wrong aggregate": (wrong, {}, "Convicted"),
    "wrong padding": (partial(wrong, spot=SIZE + 3), {}, "Convicted"),
    "right aggregate": (right, {}, "Acquitted"),
    "lying leaf": (partial(lying, leaves={1: 0}), {}, "Convicted"),
    "overflowing sums": (partial(lying, leaves={0: 2**64 - 1}), {}, "Convicted"),
    "value beyond the bound": (beyond, {"qmax": QMAX}, "Convicted"),
    "true norm": (truthful, {}, "Acquitted"),
    "copied update": (copied, {}, "Convicted"),
    "false plant": (partial(planting, off=1), _PLANTING, "Convicted"),
    "false plant before the scores": (unjudged, _PLANTING, "Convicted"),
    "true plant": (partial(planting, off=0), _PLANTING, "Acquitted"),
    "withheld chunk": (withheld, {}, "Convicted"),
    "hidden model": (hidden, {}, "Convicted"),
    "shown chunk": (partial(shown, on="bob"), {}, "Acquitted"),
    "shown model": (partial(shown, on=None), {}, "Acquitted"),
    "two demands": (twice, {}, "Acquitted"),
    "no proof in time": (late, {}, "Acquitted"),
    "somebody was faster": (moot, {}, "Convicted"),
}


@cache
def history_of(name: str) -> Told:
    """The history of a case; it happens once."""
    story, options, _ = CASES[name]
    options = dict(options)
    people = options.pop("people", THREE)
    return tell(story, *people, **options)
