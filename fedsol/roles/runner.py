"""Lets roles act: several in one process, or one process each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from fedsol.errors import ChainError
from fedsol.log import get_logger
from fedsol.program import Round
from fedsol.program.addresses import round_address
from fedsol.program.generated.types.deadline import Deadline
from fedsol.reading import is_ended, is_past, list_challenges
from fedsol.roles.member import Member, Snapshot

log = get_logger(__name__)

_LOOK_SECONDS = 1.0


class Role(Protocol):
    """Somebody who looks at the state and does the one thing that is due."""

    @property
    def member(self) -> Member:
        """Whose role it is."""

    async def step(self, now: Snapshot) -> bool:
        """Does what is due and says whether anything was."""


Until = Callable[[Snapshot], bool]
Watch = Callable[[Snapshot], Awaitable[None]]


async def run(role: Sequence[Role], *, until: Until, watch: Watch | None = None) -> Snapshot:
    """Runs one member's roles on a chain whose time passes by itself, until ``until`` says so.

    What the chain refuses is logged and tried again at the next look: others act at the same time.
    """
    member = role[0].member
    while True:
        acted = False
        for one in role:
            now = await member.snapshot()
            if watch is not None:
                await watch(now)
            if until(now):
                return now
            try:
                acted = await one.step(now) or acted
            except ChainError as error:
                log.warning("refused", reason=str(error), hint=error.hint)
        if not acted:
            await asyncio.sleep(_LOOK_SECONDS)


async def run_together(
    roles: Sequence[Role], *, until: Until, watch: Watch | None = None
) -> Snapshot:
    """Runs many members' roles in turn on one chain; when nobody has anything to do, time passes.

    On an embedded chain waiting costs nothing, and the order is the same every time. Errors are
    raised.
    """
    member = roles[0].member
    now = await member.snapshot()
    while not until(now):
        acted = False
        for role in roles:
            if await role.step(now):
                acted = True
                now = await member.snapshot()
                if watch is not None:
                    await watch(now)
                if until(now):
                    return now
        if not acted:
            await _wait(member, now)
            now = await member.snapshot()
    return now


async def _wait(member: Member, now: Snapshot) -> None:
    """Waits for the next moment at which something may be due."""
    slot, time = now.clock.slot + 1, 0
    # A beacon waits for a slot's hash, which a cluster soon forgets: not for its phase's end.
    drawing = now.round is not None and now.round.phase.kind == "Score" and not now.round.drawn
    if now.round is not None and not is_ended(now.round) and not drawing:
        ends = [now.round.deadline, now.round.takeover, *await _disputes_end(member, now.round)]
        coming = [end for end in ends if not is_past(end, now.clock)]
        if coming:
            first = min(coming, key=lambda end: (end.time, end.slot))
            slot, time = first.slot, first.time
    await member.chain.wait_until(unix_timestamp=time, slot=slot)


async def _disputes_end(member: Member, round_: Round) -> list[Deadline]:
    """When evidence or an answer comes too late, for each dispute that is open."""
    if not round_.disputes:
        return []
    address = round_address(member.federation.address, round_.number)
    found = await list_challenges(member.chain, address)
    return [one.deadline for _, one, _ in found if one.verdict.kind == "Open"]
