"""What can be disputed in a masked round: each verdict follows from the evidence in the ledger."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import pytest

from fedsol.audit import audit, watch
from fedsol.program.instructions.dispute import lying_norm
from tests.program.disputing import dispute
from tests.unit.audit import disputed
from tests.unit.audit.masking import (
    FOUR,
    Masked,
    open_masked_court,
    play,
    store,
    tell_masked,
)
from tests.unit.audit.tampering import Told, change, events_of, up_to
from tests.world import World

VERDICTS = "verdicts follow from the evidence"
NAMED = "events name who and what is there"
LAST = 4
"""The last chunk of masked words of 32 bits; an open update of as many parameters ends before."""
QMAX = 8_192
"""A bound that an update has to keep, and masked words do not."""


async def shared(world: World) -> Masked:
    """A round in which everybody is about to show something."""
    round_ = Masked(world)
    await round_.join(*FOUR)
    await round_.share(*FOUR)
    return round_


async def truthful(world: World) -> None:
    """Bob is accused of words beyond the bound, which masked words may be."""
    round_ = await play(world)
    await round_.aggregate()
    await _accuse(world, "bob", LAST)
    await world.reach("Settled")


async def lying(world: World) -> Masked:
    """Bob's sum tree lies; it falls before the sum is opened, and is not in it."""
    round_ = await shared(world)
    await round_.reveal(*FOUR, lies={"bob": {LAST: 0}})
    await round_.draw()
    await _accuse(world, "bob", LAST)
    return await _rest(round_, "bob")


async def copied(world: World) -> Masked:
    """Carol shows what alice has shown; no chunk of it that is asked for."""
    round_ = await shared(world)
    await round_.reveal(*FOUR, copies={"carol": "alice"})
    await round_.draw()
    await _silent(world, "carol")
    return await _rest(round_, "carol")


async def withheld(world: World) -> Masked:
    """Nobody shows the chunk of bob's masked words that is asked for."""
    round_ = await play(world)
    await _silent(world, "bob")
    return await _rest(round_, "bob")


async def shown(world: World, on: str | None) -> None:
    """The chunk that is asked for, of bob's words or of the new model, is shown."""
    round_ = await play(world)
    await round_.aggregate()
    case = dispute(world, "eve", on)
    await case.demand(LAST)
    await case.answer_truly(LAST)
    await case.judge()
    await world.reach("Settled")


async def hidden(world: World) -> None:
    """Nobody shows the chunk of the new model that is asked for; the next one is there."""
    round_ = await play(world)
    await round_.aggregate()
    case = dispute(world, "eve")
    await case.demand(LAST)
    world.pass_window(case.state.deadline)
    await case.judge()
    await round_.aggregate()
    await world.reach("Settled")


async def _silent(world: World, who: str) -> None:
    case = dispute(world, "eve", who)
    await case.demand(LAST)
    world.pass_window(case.state.deadline)
    await case.judge()


async def _accuse(world: World, who: str, chunk: int) -> None:
    case = dispute(world, "eve", who)
    await case.open(lying_norm(chunk))
    await case.leaf(chunk)
    await case.judge()


async def _rest(round_: Masked, who: str) -> Masked:
    round_.falls(who)
    await round_.aggregate()
    await round_.world.reach("Settled")
    return round_


# Story, and the verdict of its dispute.
CASES: dict[str, tuple[Any, str]] = {
    "true words": (truthful, "Acquitted"),
    "lying leaf": (lying, "Convicted"),
    "withheld copy": (copied, "Convicted"),
    "withheld words": (withheld, "Convicted"),
    "shown words": (partial(shown, on="bob"), "Acquitted"),
    "shown model": (partial(shown, on=None), "Acquitted"),
    "hidden model": (hidden, "Convicted"),
}


@cache
def history_of(name: str) -> Told:
    """The history of a case; it happens once."""
    return tell_masked(CASES[name][0], qmax=QMAX)


@pytest.mark.parametrize("name", CASES)
def test_an_honest_dispute_has_no_flaw(name: str) -> None:
    told = history_of(name)
    assert told.flaws() == set()
    decided = watch(told.history, told.genesis, told.kept).ledger.decided
    assert decided[0].verdict == CASES[name][1]


@pytest.mark.parametrize("name", CASES)
def test_the_other_verdict_is_found(name: str) -> None:
    told = history_of(name)
    forged = change(told.history, "ChallengeResolved", proven=lambda proven: not proven)
    assert VERDICTS in told.flaws(forged)


@pytest.mark.parametrize("story", [lying, copied, withheld])
async def test_what_fell_before_the_sum_was_opened_is_not_in_it(story: Any) -> None:
    async with open_masked_court() as world:
        round_ = await story(world)
        report = await audit(
            world.chain, world.ref.address, await store(world, story.__name__, round_)
        )
        assert report.ok, [one for one in report.checks if not one.ok]
        assert report.checks[-1].detail.startswith("3 masked updates, 1 aggregates")


def test_that_a_masked_sum_is_wrong_cannot_have_been_claimed() -> None:
    told = history_of("shown model")
    history = up_to(told.history, "ChallengeOpened")
    (opened,) = events_of(history, "ChallengeOpened")
    assert told.flaws(history) == set()
    assert type(opened.data.kind).__name__ == "Unavailable"
    other = kind_of("wrong aggregate", "WrongAggregate")
    assert told.flaws(change(history, "ChallengeOpened", kind=other)) == {NAMED}


def test_that_masked_words_are_a_copy_cannot_have_been_claimed() -> None:
    told = history_of("withheld copy")
    history = up_to(told.history, "ChallengeOpened")
    assert told.flaws(history) == set()
    other = kind_of("copied update", "CopiedUpdate")
    assert told.flaws(change(history, "ChallengeOpened", kind=other)) == {NAMED}


def test_that_masked_words_are_a_copy_convicts_nobody() -> None:
    told = history_of("withheld copy")
    other = kind_of("copied update", "CopiedUpdate")
    assert VERDICTS in told.flaws(change(told.history, "ChallengeOpened", kind=other))


def kind_of(case: str, name: str) -> Any:
    """What was claimed in a case of open rounds, whose name that is."""
    kind = events_of(disputed.history_of(case).history, "ChallengeOpened")[0].data.kind
    assert type(kind).__name__ == name
    return kind
