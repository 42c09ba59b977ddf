"""Leaving when asked: the first signal ends the work at the next safe point, the second at once."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from fedsol.cli.output import note

_STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}


@dataclass
class Stop:
    """Whether, and by what, this process was asked to leave."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    by: signal.Signals | None = None

    @property
    def status(self) -> int:
        """The exit status that the signal stands for; 0 without one."""
        return _STATUS[self.by] if self.by is not None else 0


@contextmanager
def stopping(message: str) -> Iterator[Stop]:
    """Takes SIGINT and SIGTERM over; ``message`` is what is said at the first of them."""
    loop, stop = asyncio.get_running_loop(), Stop()
    current = asyncio.current_task()

    def on(caught: signal.Signals) -> None:
        if stop.by is not None:
            if current is not None:
                current.cancel()
            return
        stop.by = caught
        stop.asked.set()
        note(message)

    for one in _STATUS:
        loop.add_signal_handler(one, on, one)
    try:
        yield stop
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        for one in _STATUS:
            loop.remove_signal_handler(one)
