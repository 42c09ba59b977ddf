"""Holding that something is refused by name and changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from fedsol.errors import ChainError
from tests.program.calls import Call
from tests.program.reading import Reading, Snapshot


class Refusals(Reading):
    """Refusals: the exact class, and not one byte or lamport changed."""

    simulate: bool

    @asynccontextmanager
    async def refused(
        self, error: type[ChainError], *, name: str | tuple[str, ...] = "", landing: bool = False
    ) -> AsyncIterator[None]:
        """Holds that what runs inside fails with exactly this class, and changes nothing.

        Not one byte or lamport of any account may change, but the fees of failed transactions that
        landed. ``landing``: without a trial run, so that it lands. ``name``: of a ProgramError (or
        several, where runtimes differ).
        """
        names = (name,) if isinstance(name, str) else name
        before, landed = self.snapshot(), len(self.ledger.history.transactions)
        was, self.simulate = self.simulate, self.simulate and not landing
        raised: ChainError | None = None
        try:
            yield
        except ChainError as caught:
            raised = caught
        finally:
            self.simulate = was
        assert raised is not None, f"not refused: expected {error.__name__}"
        if type(raised) is not error or (name and getattr(raised, "name", "") not in names):
            expected = f"{error.__name__} {' or '.join(names)}".strip()
            raise AssertionError(f"expected {expected}, got {raised!r}") from raised
        since = list(self.ledger.history.transactions)[landed:]
        assert bool(since) == (not was or landing), "a trial run lands nothing, others do"
        self.assert_only_fees_changed(before, since)

    def assert_only_fees_changed(self, before: Snapshot, since: Iterable[Any] = ()) -> None:
        """Every account is what it was, less the fees of these transactions."""
        after, expected = self.snapshot(), dict(before)
        for transaction in since:
            payer = transaction.keys[0]
            lamports, owner, data = expected[payer]
            expected[payer] = (lamports - transaction.fee, owner, data)
        changed = {k for k in expected.keys() | after.keys() if expected.get(k) != after.get(k)}
        assert not changed, f"changed although refused: {sorted(map(str, changed))}"

    async def refuses(
        self,
        call: Call | Callable[[], Awaitable[Any]],
        error: type[ChainError],
        *,
        name: str | tuple[str, ...] = "",
    ) -> None:
        """``refused`` for one call, twice: in a trial run, and landing for real."""
        clock = (self.ledger.blocks.time, self.ledger.slot)
        for landing in (False, True):
            assert (self.ledger.blocks.time, self.ledger.slot) == clock
            async with self.refused(error, name=name, landing=landing):
                await (call if isinstance(call, Call) else call())
