"""Who takes part in a round: chosen, dropped out, or too slow."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError


class Turnout(NamedTuple):
    """Numbers of the clients whose updates count, that dropped out, and that were too late."""

    present: tuple[int, ...]
    dropped: tuple[int, ...]
    late: tuple[int, ...]

    @property
    def asked(self) -> tuple[int, ...]:
        """All of them, in rising order."""
        return tuple(sorted(self.present + self.dropped + self.late))


@dataclass(frozen=True)
class Participation:
    """Chances of a client to be asked, and to answer in time.

    ``clients_per_round``: a number, or a share of all if below 1; all unless given. ``dropout`` is
    the chance to be gone in a round. A client's time is its number of samples times a slowness
    drawn anew each round, log-normal with the deviation ``stragglers``; who takes more than
    ``deadline`` times the median is late, and its update is lost.
    """

    clients_per_round: float | None = None
    dropout: float = 0.0
    stragglers: float = 0.0
    deadline: float = 2.0

    def __post_init__(self) -> None:
        asked = self.clients_per_round
        if asked is not None and (asked <= 0 or (asked > 1 and asked != int(asked))):
            raise ConfigError(f"{asked} clients a round: give a share below 1 or a whole number")
        if not 0 <= self.dropout < 1:
            raise ConfigError(f"a chance to drop out is at least 0 and below 1, not {self.dropout}")
        if self.stragglers < 0 or self.deadline <= 0:
            raise ConfigError("stragglers must not be negative, a deadline must be positive")

    def count(self, clients: int) -> int:
        """How many of so many are asked."""
        asked = self.clients_per_round
        if asked is None:
            return clients
        wanted = max(1, round(asked * clients)) if asked < 1 else int(asked)
        if wanted > clients:
            raise ConfigError(f"{wanted} clients a round are more than there are: {clients}")
        return wanted

    def draw(self, sizes: NDArray[np.int64], seed: int, number: int) -> Turnout:
        """Who takes part in round ``number``; ``sizes`` (int64[n]) are everybody's samples.

        At least one answers: if nobody would, the fastest does.
        """
        random = np.random.default_rng([seed, number])
        asked = np.sort(random.choice(len(sizes), self.count(len(sizes)), replace=False))
        gone = random.random(len(asked)) < self.dropout
        times = sizes[asked] * np.exp(self.stragglers * random.standard_normal(len(asked)))
        late = (
            ~gone & (times > self.deadline * np.median(times)) if self.stragglers else ~gone & False
        )
        present = ~gone & ~late
        if not present.any():
            present[np.argmin(times)] = True
            gone, late = gone & ~present, late & ~present
        return Turnout(*(tuple(int(i) for i in asked[chosen]) for chosen in (present, gone, late)))
