"""Masked rounds: nobody sees a single update, by ``fedsol.learning.privacy.secure_aggregation``."""

import hashlib
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning.privacy import TooFewSurvivors, UnmaskingRefused
from fedsol.learning.privacy.secure_aggregation import (
    Channels,
    Plan,
    Rehearsal,
    new_channels,
    suggest,
)
from fedsol.simulation.participation import Participation

_EPOCH = 10  # rounds, where that saves agreements
_DRAWN = 200  # rounds, to see how many clients may be gone
_OTHERS = 2**32  # above the number of any round that is simulated


@dataclass(frozen=True)
class Masking:
    """How rounds are masked.

    ``dropout`` is the share of a round's clients that may go without losing the round; unless given,
    as many as ever go in 200 rounds that are drawn alike, or as can be borne. ``corrupt`` is the
    share that may help a lying server: more of either takes more neighbours for each. Channel keys
    serve an ``epoch`` of so many rounds; unless given ten, or one if that takes fewer agreements.

    Raises:
        ConfigError: a share is not within 0..1, or an epoch has no round.
    """

    dropout: float | None = None
    corrupt: float = 0.0
    epoch: int | None = None

    def __post_init__(self) -> None:
        shares = (self.dropout or 0.0, self.corrupt)
        if not all(0 <= share < 1 for share in shares):
            raise ConfigError(f"shares of clients are at least 0 and below 1, not {shares}")
        if self.epoch is not None and self.epoch < 1:
            raise ConfigError(f"an epoch has at least one round, not {self.epoch}")

    def liars(self, asked: int) -> int:
        """How many of so many clients may help a lying server."""
        return math.ceil(self.corrupt * asked)

    def borne(self, chances: Participation, sizes: NDArray[np.int64], seed: int) -> int:
        """How many of a round's clients may go; ``sizes`` (int64[n]) are everybody's samples."""
        asked = chances.count(len(sizes))
        if self.dropout is not None:
            return min(asked - 1, math.ceil(self.dropout * asked))
        most = (asked - self.liars(asked) - 1) // 2
        drawn = (chances.draw(sizes, seed, _OTHERS + number) for number in range(_DRAWN))
        return max(0, min(most, max(asked - len(one.present) for one in drawn)))

    def plan(self, asked: int, borne: int, size: int, qmax: int) -> Plan:
        """What the plans of all rounds have in common, with ``asked`` clients of whom some may go.

        Raises:
            ConfigError: so many cannot go.
        """
        # Half a client less: so many of so many, as a share, can come out a little above.
        share = max(0.0, borne - 0.5) / asked
        degree, threshold = suggest(asked, dropout=share, corrupt=self.corrupt)
        return Plan(bytes(32), tuple(range(asked)), size, threshold, degree, qmax)


class Masks:
    """The masked rounds of one simulation, one after another: all members, and the server.

    ``plan`` is what rounds have in common. Keys are drawn from the system's randomness, as the result
    does not depend on them; who masks with whom follows from the ``seed``, as it says which rounds
    are lost. ``seconds`` are those that the protocol took in this round.
    """

    def __init__(self, plan: Plan, people: int, epoch: int | None, seed: int) -> None:
        self.plan, self._people, self._seed = plan, people, seed
        self._epoch = epoch or (_EPOCH if people - 1 <= _EPOCH * plan.degree else 1)
        self._channels: dict[int, Channels] = {}
        self._generation = self._epoch
        self._round: Rehearsal
        self.seconds = 0.0

    def begin(self, number: int, asked: Sequence[int]) -> None:
        """All who are asked share their keys in round ``number``."""
        self.seconds = 0.0
        with self._clock():
            self._generation += 1
            if self._generation >= self._epoch:
                # An epoch of one round is among those who are there; longer, whoever may be asked.
                members = asked if self._epoch == 1 else range(self._people)
                self._channels, self._generation = new_channels(members), 0
            about = b"fedsol simulation" + repr((self._seed, number)).encode()
            plan = replace(
                self.plan,
                round_id=hashlib.sha256(about).digest(),
                members=tuple(asked),
                generation=self._generation,
            )
            self._round = Rehearsal(plan, self._channels)

    def take(self, clients: Sequence[int], updates: NDArray[np.int16]) -> None:
        """Clients mask their updates (int16[b, d]), and the server adds them."""
        with self._clock():
            for client, update in zip(clients, updates, strict=True):
                self._round.mask(client, update)

    def finish(self) -> tuple[NDArray[np.int64], int] | None:
        """The sum (int64[d]) and of how many updates; None if too few are left to unmask it."""
        with self._clock():
            try:
                return self._round.unmask(), len(self._round.server.survivors)
            except (TooFewSurvivors, UnmaskingRefused):
                return None

    @contextmanager
    def _clock(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - began
