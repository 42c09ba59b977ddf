"""What is known of every round: kept in memory, and in a file of JSON lines as it comes."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fedsol.tracking import Tracker


@dataclass(frozen=True)
class RoundMetrics:
    """One round: who took part, how good the model is, and how long it took.

    ``loss`` (nats) and ``accuracy`` are of the test data, None where the round was not evaluated.
    ``seconds`` are of the whole round, of which ``training`` until the last update was there.
    ``transactions`` and compute ``units`` are a governed round's. ``epsilon`` is what privacy has
    cost so far, None without a budget. ``masking`` are the seconds of a masked round's protocol;
    it was ``lost`` if too few were left to unmask the sum, and the model is as before.
    """

    number: int
    clients: int
    dropped: int
    late: int
    loss: float | None
    accuracy: float | None
    seconds: float
    training: float
    wasted: float
    transactions: int = 0
    units: int = 0
    epsilon: float | None = None
    masking: float = 0.0
    lost: bool = False

    @property
    def clients_per_second(self) -> float:
        """Client updates a second, over the whole round."""
        return self.clients / self.seconds if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "clients_per_second": self.clients_per_second}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RoundMetrics":
        """The inverse of :meth:`to_json`; also of what was written before all figures were known."""
        return cls(**{name: value[name] for name in cls.__dataclass_fields__ if name in value})


def tell(trackers: tuple[Tracker, ...], one: RoundMetrics) -> None:
    """Gives a round's numbers to all trackers."""
    numbers = {name: float(value) for name, value in one.to_json().items() if value is not None}
    for tracker in trackers:
        tracker.log(one.number, numbers)


def append_line(file: Path, one: RoundMetrics) -> None:
    """Adds a round to a file of JSON lines."""
    with file.open("a") as lines:
        lines.write(json.dumps(one.to_json()) + "\n")


def rewrite_lines(file: Path, history: list[RoundMetrics]) -> None:
    """Makes the file say what the history says: what was written after the last checkpoint goes."""
    temporary = file.with_suffix(".tmp")
    temporary.write_text("".join(json.dumps(one.to_json()) + "\n" for one in history))
    os.replace(temporary, file)
