"""A process that dies when it talks to the chain."""

from collections.abc import Sequence
from typing import Any, Literal

READS = ("account", "accounts", "program_accounts", "clock")
SENDS = ("send", "resume")

How = Literal["before", "signed", "after"]
"""Before anything of the talk happens; with its signed bytes on disk and not sent; right after it."""


class Died(BaseException):
    """The process is gone: nothing after this point runs."""


class MortalChain:
    """A chain on which the n-th talk is the last one."""

    def __init__(
        self, chain: Any, *, dies_at: int, how: How, talks: Sequence[str] = (*READS, *SENDS)
    ) -> None:
        self._chain, self._left, self._how, self._talks = chain, dies_at, how, talks
        self._dead = False

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._chain, name)
        if name not in self._talks:
            return call

        async def talk(*args: Any, **named: Any) -> Any:
            self._left -= 1
            # Talks may be side by side: each knows for itself whether it is the last one.
            last = self._left == 0
            if self._dead or (last and self._how != "after"):
                await self._die(name, args, named)
            result = await call(*args, **named)
            if last:
                self._dead = True
                raise Died
            return result

        return talk

    async def _die(self, name: str, args: Any, named: Any) -> None:
        keep, was_dead = named.get("before_send"), self._dead
        self._dead = True
        if not was_dead and self._how == "signed" and name == "send" and keep is not None:

            async def keep_and_die(*signed: Any) -> None:
                await keep(*signed)
                raise Died

            await self._chain.send(*args, **{**named, "before_send": keep_and_die})
        raise Died
