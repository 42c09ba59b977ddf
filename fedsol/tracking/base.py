"""What a tracker is, and several as one."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Self


class Tracker(ABC):
    """Whoever keeps the metrics of a run; a context manager that closes itself."""

    @abstractmethod
    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Keeps the metrics of a step (of a round: its number)."""

    @abstractmethod
    def close(self) -> None:
        """Writes out what is left; nothing is logged after it. May be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Several(Tracker):
    """Tells several trackers, in their order."""

    def __init__(self, trackers: Sequence[Tracker]) -> None:
        self.trackers = tuple(trackers)

    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Tells each of them."""
        for one in self.trackers:
            one.log(step, metrics)

    def close(self) -> None:
        """Closes each of them, also when closing another fails."""
        with ExitStack() as stack:
            for one in self.trackers:
                stack.callback(one.close)
