"""A scored federation at a moment of its first round, and roles that act one step at a time."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fedsol.roles import Crank, Role, run_together
from fedsol.roles.member import Snapshot
from tests.stories.cast import Town, town
from tests.stories.jury import SCORED

ALONE = SCORED | {"min_evaluators": 1}


@asynccontextmanager
async def scoring(state: Path, *trainers: str, **rules: Any) -> AsyncIterator[Town]:
    """A round in its Score phase, its beacon drawn; Ida evaluates and has done nothing yet."""
    async with town(state, **ALONE | rules) as hospitals:
        for name in trainers:
            await hospitals.joins(name)
        await hospitals.judges("ida")
        await until(hospitals, "Score", *trainers)
        yield hospitals


async def until(
    hospitals: Town, phase: str, *names: str, number: int = 1, instead: Sequence[Role] = ()
) -> Snapshot:
    """Lets the crank and some people act until a phase: of Score, until the beacon is drawn."""
    member = hospitals.federation.member(hospitals.creator)
    roles: list[Role] = [Crank(member, opens=True, rounds=number), *instead]
    roles += [role for name in names for role in hospitals.people[name].roles]

    def there(now: Snapshot) -> bool:
        one = now.round
        here = one is not None and (one.number, one.phase.kind) == (number, phase)
        return here and (phase != "Score" or (one is not None and one.drawn))

    try:
        return await run_together(roles, until=there)
    finally:
        member.journal.close()


async def step(one: Role) -> bool:
    """One step of somebody, on what there is now."""
    return await one.step(await one.member.snapshot())
