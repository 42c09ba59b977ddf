"""Where the time of one asyncio task goes: functions by label, each without what it calls."""

import functools
import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax

Target = tuple[Any, str, str]
"""Module or class, name of its function, label."""


class Stopwatch:
    """Seconds by label; what no label covers is ``rest``."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._labels = ["rest"]
        self._since = time.perf_counter()

    def turn(self) -> None:
        """Charges the time since the last turn to the innermost label."""
        now = time.perf_counter()
        self.seconds[self._labels[-1]] += now - self._since
        self._since = now

    @contextmanager
    def label(self, name: str) -> Iterator[None]:
        """What runs inside is charged to ``name``."""
        self.turn()
        self._labels.append(name)
        try:
            yield
        finally:
            self.turn()
            self._labels.pop()


@contextmanager
def timed(targets: Sequence[Target]) -> Iterator[Stopwatch]:
    """Times functions while it is open; nothing of the task may run in parallel."""
    watch = Stopwatch()
    originals = [(owner, name, owner.__dict__[name]) for owner, name, _ in targets]
    for owner, name, label in targets:
        setattr(owner, name, _wrapped(owner.__dict__[name], watch, label))
    try:
        yield watch
    finally:
        watch.turn()
        for owner, name, function in originals:
            setattr(owner, name, function)


def _wrapped(function: Callable[..., Any], watch: Stopwatch, label: str) -> Callable[..., Any]:
    @functools.wraps(function)
    async def waiting(*args: Any, **kwargs: Any) -> Any:
        with watch.label(label):
            return await function(*args, **kwargs)

    @functools.wraps(function)
    def running(*args: Any, **kwargs: Any) -> Any:
        with watch.label(label):
            # JAX answers before it has computed.
            return jax.block_until_ready(function(*args, **kwargs))  # type: ignore[no-untyped-call]

    return waiting if inspect.iscoroutinefunction(function) else running
