"""Lets time pass at once on a local chain that one person alone runs: for simulations."""

from dataclasses import dataclass

import httpx

from fedsol.chain import load_config
from fedsol.errors import ConfigError
from fedsol.program.addresses import round_address
from fedsol.program.generated.types.deadline import Deadline
from fedsol.reading import is_ended, is_past, list_challenges
from fedsol.roles.member import Member, Snapshot


@dataclass(frozen=True)
class FastForward:
    """The role of a clock: moves ``fedsol localnet``'s to the next deadline of the round.

    It comes after all roles that have something to do, as it leaves nobody else any time. ``url`` is
    the local chain's. Raises ConfigError for any other chain.
    """

    member: Member
    url: str | None = None

    async def step(self, now: Snapshot) -> bool:
        """Moves the clock, if something has a deadline, and says whether it did."""
        end = await self._next(now)
        if end is None:
            return False
        seconds = max(0, end.time - now.clock.unix_timestamp)
        slots = max(0, end.slot - now.clock.slot)
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "fedsol_advance",
            "params": [{"seconds": seconds, "slots": slots}],
        }
        async with httpx.AsyncClient() as client:
            answer = await client.post(load_config(url=self.url).urls[0], json=body)
        if answer.is_error or "result" not in answer.json():
            raise ConfigError(
                "this chain's time cannot be moved",
                hint="Leave fast_forward out: only `fedsol localnet` has a clock of one's own.",
            )
        return True

    async def _next(self, now: Snapshot) -> Deadline | None:
        round_ = now.round
        if round_ is None or is_ended(round_):
            return None
        if round_.phase.kind == "Score" and not round_.drawn:
            # The draw waits for the hash of a slot, which is soon forgotten.
            return Deadline(now.clock.unix_timestamp, now.clock.slot + 1)
        address = round_address(self.member.federation.address, round_.number)
        disputes = await list_challenges(self.member.chain, address) if round_.disputes else []
        opened = [one.deadline for _, one, _ in disputes if one.verdict.kind == "Open"]
        coming = [
            end
            for end in (round_.deadline, round_.takeover, *opened)
            if not is_past(end, now.clock)
        ]
        return min(coming, key=lambda end: (end.time, end.slot), default=None)
