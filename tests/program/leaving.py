"""Winding a world up: everybody claims, closes and takes out what they can, and goes."""

from __future__ import annotations

from tests.world import World


async def leave_all(world: World) -> None:
    """Everybody takes out everything and closes what they can; rounds too."""
    for number in range(1, world.number + 1):
        if world.exists(world.round_at(number)):
            await end(world, number)
    for name in dict.fromkeys(world.names.values()):
        if world.exists(world.person(name)):
            await leave(world, name)


async def end(world: World, number: int) -> None:
    """A round is ended, everything in it claimed and closed, and it too."""
    if await world.phase(number) not in ("Settled", "Aborted"):
        await world.reach("Settled")
    await empty(world, number)
    world.pass_window((await world.round(number)).deadline)
    await world.round_close(number=number)


async def empty(world: World, number: int, *, faulty: tuple[str, ...] = ()) -> None:
    """All that a round that is over owes is claimed and its accounts closed, but of the faulty."""
    settled = await world.phase(number) == "Settled"
    for name in dict.fromkeys(world.names.values()):
        await _close_challenges(world, name, number)
        if name not in faulty and world.exists(world.submission_at(name, number)):
            if settled and await _is_due(world, name, number):
                await world.reward_claim(name, number=number)
            await world.submission_close(name, number=number)
        if world.exists(world.evaluation_at(name, number)):
            if settled and (await world.evaluation(name, number)).status.kind == "Revealed":
                await world.evaluation_claim(name, number=number)
            await world.evaluation_close(name, number=number)


async def _is_due(world: World, name: str, number: int) -> bool:
    submission = await world.submission(name, number)
    return submission.status.kind in ("Revealed", "Planted") and not submission.claimed


async def _close_challenges(world: World, challenger: str, number: int) -> None:
    targets = [None, *dict.fromkeys(world.names.values())]
    for target in targets:
        if world.exists(world.challenge_at(challenger, target, number)):
            await world.challenge_close(challenger, target=target, number=number)


async def leave(world: World, name: str) -> None:
    """One person takes out everything and goes."""
    person = await world.participant(name)
    if person.stake:
        end = (await world.federation()).aggregators - 1
        last = None
        if person.listed and person.aggregator_index != end:
            last = world.listed(end)
        await world.stake_unbond(name, person.stake, last=last)
    person = await world.participant(name)
    entries = [entry for entry in person.unbonding if entry.amount]
    for entry in entries:
        world.pass_window(entry.release)
    if entries:
        await world.stake_withdraw(name)
    await world.participant_close(name)
