"""Rounds whose scores are shown and wait to be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.world import World

TRAINERS = ["alice", "bob", "carol"]
Opinions = Mapping[str, Sequence[int]]


async def tallied(world: World, opinions: Opinions | None = None, **cast: Any) -> None:
    """A round whose scores are shown, and the time to tell of plants is over."""
    cast.setdefault("trainers", TRAINERS)
    await world.reach("Tally", opinions=opinions, **cast)
    await world.plant_all()
    await world.pass_phase()


def about_alice(**scores: int) -> Opinions:
    """What evaluators think of the first submission; the others they find good."""
    return {who: (score, 8_000, 8_000) for who, score in scores.items()}


async def counts(world: World, who: str) -> tuple[int, int, int]:
    """An evaluator's credits, strikes and missed plants."""
    made = await world.evaluation(who)
    return made.credits, made.strikes, made.missed
