"""What all members of a masked round agree on: who takes part, who masks with whom, how many may go.

Members stand on a circle in an order that the round's id draws, and each shares secrets with the
nearest on either side (a Harary graph; Bell et al., Secure Single-Server Aggregation with
(Poly)Logarithmic Overhead, CCS 2020). Nobody may choose the id: take it from a public beacon.
"""

import hashlib
import math
import struct
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fedsol.errors import ConfigError
from fedsol.learning.fixed_point import MAX_QMAX

_MOST_MEMBERS = 65_536


@dataclass(frozen=True)
class Plan:
    """The numbers of one masked round.

    ``round_id`` (32 bytes) is never used twice. ``members`` are distinct numbers of 32 bits;
    ``degree`` is the number of neighbours of each, even or all others; a secret is shared among a
    member and its neighbours, and ``threshold`` of these recover it. It is more than half of them,
    so that no two disjoint groups can recover both secrets of one member, and where not all are
    neighbours one more, so that no part of the circle can be cut out of it. Values are within
    ``-qmax..qmax``, times a weight of at most ``max_weight``. ``generation`` is that of the
    channels: it rises with an epoch's rounds, and what earlier generations used is erased.
    Words have room for the updates of ``capacity`` members, of all unless given: where their width
    has to be known before it is known who takes part. No more are ever summed.
    """

    round_id: bytes
    members: tuple[int, ...]
    size: int
    threshold: int
    degree: int
    qmax: int = MAX_QMAX
    max_weight: int = 1
    generation: int = 0
    capacity: int = 0

    def __post_init__(self) -> None:
        count = len(self.members)
        if len(self.round_id) != 32:
            raise ConfigError(f"a round's id has 32 bytes, not {len(self.round_id)}")
        if not 3 <= count <= _MOST_MEMBERS or len(set(self.members)) != count:
            raise ConfigError(f"a masked round has 3 to 65,536 distinct members, not {count}")
        if not all(0 <= member < 2**32 for member in self.members):
            raise ConfigError("members are numbers of 32 bits")
        if self.degree != count - 1 and (self.degree % 2 or not 2 <= self.degree < count):
            raise ConfigError(
                f"{count} members cannot have {self.degree} neighbours each",
                hint=f"Take an even number below {count}, or all others: {count - 1}.",
            )
        holders = self.degree + 1
        least = holders // 2 + (1 if holders == count else 2)
        if not least <= self.threshold <= holders:
            raise ConfigError(
                f"{self.threshold} of {holders} shares is no safe threshold",
                hint=f"Take {least} to {holders}: with less, a server that tells two stories could "
                "unmask a single update, or the sum of a few.",
            )
        if self.size < 1 or not 1 <= self.qmax <= MAX_QMAX or self.max_weight < 1:
            raise ConfigError("size and max_weight are positive, qmax is within 1..32,767")
        if not 0 <= self.generation < 2**32:
            raise ConfigError("a generation is a number of 32 bits")
        if not 0 <= self.capacity <= _MOST_MEMBERS:
            raise ConfigError(f"a capacity is within 0..65,536 members, not {self.capacity}")
        if self.largest_sum >= 2**63:
            raise ConfigError("such weights overflow a sum of 64 bits")

    @property
    def largest_sum(self) -> int:
        """The largest magnitude that a coordinate of the sum can have, of all there is room for."""
        return self.room * self.qmax * self.max_weight

    @property
    def room(self) -> int:
        """The most updates that are summed."""
        return self.capacity or len(self.members)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The narrowest words whose sum cannot wrap: uint16, uint32 or uint64."""
        bits = next(bits for bits in (16, 32, 64) if self.largest_sum < 2 ** (bits - 1))
        return np.dtype(f"<u{bits // 8}")

    @property
    def least_survivors(self) -> int:
        """Fewest updates whose sum a member helps to unmask: most of the members."""
        return max(self.threshold, len(self.members) // 2 + 1)

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 (32 bytes) of all the numbers: every key of the round is bound to it."""
        limits = struct.pack(
            "<QIIIQ", self.size, self.threshold, self.degree, self.qmax, self.max_weight
        )
        numbers = limits + struct.pack("<II", self.generation, self.capacity)
        members = struct.pack(f"<{len(self.members)}I", *self.members)
        return hashlib.sha256(b"fedsol masked round" + self.round_id + numbers + members).digest()

    def neighbours(self, member: int) -> tuple[int, ...]:
        """Whom a member masks with, in rising order. Raises ConfigError for a stranger."""
        if member not in self._places:
            raise ConfigError(f"{member} is no member of this round")
        if self.degree == len(self.members) - 1:
            return tuple(sorted(set(self.members) - {member}))
        if member not in self._near:
            self._near[member] = self._beside(member)
        return self._near[member]

    def holders(self, member: int) -> tuple[int, ...]:
        """Who holds shares of a member's secrets: it and its neighbours, in rising order."""
        return tuple(sorted((*self.neighbours(member), member)))

    def _beside(self, member: int) -> tuple[int, ...]:
        count, place = len(self.members), self._places[member]
        reach = self.degree // 2
        steps = (*range(-reach, 0), *range(1, reach + 1))
        return tuple(sorted(self._circle[(place + step) % count] for step in steps))

    @cached_property
    def _circle(self) -> tuple[int, ...]:
        drawn = hashlib.shake_256(b"circle" + self.round_id).digest(8 * len(self.members))
        order = np.frombuffer(drawn, "<u8").argsort(kind="stable").tolist()
        return tuple(self.members[row] for row in order)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {member: place for place, member in enumerate(self._circle)}

    @cached_property
    def _near(self) -> dict[int, tuple[int, ...]]:
        return {}


def suggest(
    clients: int, *, dropout: float, corrupt: float = 0.0, security: int = 40, failure: int = 10
) -> tuple[int, int]:
    """The least (degree, threshold) that keeps both promises of a round, for a random circle.

    With at most a share ``dropout`` of the members gone, all secrets can be recovered but for a
    chance of 2**-failure, when the round has to be run again. With at most a share ``corrupt``
    helping a lying server, it recovers both secrets of nobody and the others stay connected, but
    for 2**-security. Union bounds over the members. Where only a complete graph will do its degree
    is ``clients - 1``; both are certain.

    Raises:
        ConfigError: more may go and lie than any threshold can bear.
    """
    gone, liars = math.ceil(dropout * clients), math.ceil(corrupt * clients)
    others = clients - 1
    for degree in range(2, clients - 1, 2):
        # Only two gaps, each as wide as a member's reach, cut a circle.
        gap = clients * ((gone + liars) / clients) ** (degree // 2)
        most = (2.0**-security - gap**2) / clients
        # Without its liars a member still has to have most of its neighbours on its side. A higher
        # threshold leaks less and fails more often, so that the least that is safe is the best.
        reach = degree // 2
        lies = range(1, degree - reach + 1)
        safe = bisect_left(lies, True, key=lambda lie: _tail(others, liars, degree, lie) <= most)
        if safe == len(lies):
            continue
        threshold = reach + 1 + lies[safe]
        if _failing(clients, gone, degree, threshold) <= 2.0**-failure:
            return degree, threshold
    threshold = (clients + liars) // 2 + 1
    if threshold > clients - gone:
        raise ConfigError(
            f"{gone} of {clients} members cannot drop out while {liars} help a lying server",
            hint="Allow for fewer of either: drop-outs + half of (members + liars) < members.",
        )
    return clients - 1, threshold


def _failing(clients: int, gone: int, degree: int, threshold: int) -> float:
    """At most the chance that some secret has too few shares left, when so many are gone."""
    # Of who is gone only neighbours give shares; a survivor gives one of its own as well.
    spare = degree + 1 - threshold
    fails = gone * _tail(clients - 1, max(gone - 1, 0), degree, spare)
    return fails + (clients - gone) * _tail(clients - 1, gone, degree, spare + 1)


def _tail(population: int, marked: int, drawn: int, least: int) -> float:
    """The chance that of ``drawn`` out of ``population`` at least ``least`` are among ``marked``."""
    ways = range(least, min(marked, drawn) + 1)
    favourable = sum(
        math.comb(marked, hit) * math.comb(population - marked, drawn - hit) for hit in ways
    )
    return favourable / math.comb(population, drawn)
