"""Rounds of one case, plain and masked, with the clients' training in both."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.secure_aggregation_clients import Clients
from fedsol.learning.aggregation import Mean, Scale, aggregate, step
from fedsol.learning.fixed_point import quantise_block, to_float
from fedsol.learning.privacy.secure_aggregation import Channels, Plan, masked_sum, new_channels

_BITS = 16


@dataclass(frozen=True)
class Case:
    """One row."""

    clients: int
    size: int
    dropped: int
    degree: int
    threshold: int
    repeats: int


class Rounds:
    """Rounds of one case, from the same model."""

    def __init__(self, case: Case) -> None:
        self.case, self.clients = case, Clients(case.clients, case.size)
        self.before = np.zeros(case.size, np.int32)
        self.channels, self.generation = acquainted(case.clients), 1
        self.masking = 0.0

    def alone(self) -> NDArray[np.float32]:
        """Everybody's parameters, trained one by one."""
        start = to_float(self.before, _BITS)
        return np.stack([self.clients.trained(i, start) for i in range(self.case.clients)])

    def together(self) -> NDArray[np.float32]:
        """Everybody's parameters, trained at once."""
        return self.clients.trained_together(to_float(self.before, _BITS))

    def plain(self, trained: Callable[[], NDArray[np.float32]]) -> float:
        """Seconds of a plain round."""
        began = time.perf_counter()
        updates = self._quantised(trained())
        weights = np.ones(len(updates), np.uint32)
        aggregate(self.before, updates, weights, Mean(), Scale())
        return time.perf_counter() - began

    def masked(self, trained: Callable[[], NDArray[np.float32]]) -> float:
        """Seconds of a masked round; its sum is compared afterwards."""
        case, dropped = self.case, set(range(self.case.dropped))
        began = time.perf_counter()
        updates = self._quantised(trained())
        masking = time.perf_counter()
        total = masked_sum(self.plan(), self.channels, updates, dropped=dropped)
        self.masking = time.perf_counter() - masking
        step(self.before, total, case.clients - case.dropped, Scale())
        seconds = time.perf_counter() - began
        if (total != updates[case.dropped :].sum(0, dtype=np.int64)).any():
            raise AssertionError("the masked sum is not the plain sum")
        return seconds

    def plan(self) -> Plan:
        """The next round's plan, worked out by every client."""
        case, number = self.case, os.urandom(32)
        members = tuple(range(case.clients))
        self.generation += 1
        for one in members:
            plan = Plan(
                number,
                members,
                case.size,
                case.threshold,
                case.degree,
                generation=self.generation,
            )
            plan.neighbours(one)
        return plan

    def agreeing(self) -> float:
        """Seconds of what begins an epoch: everybody agrees with everybody."""
        began = time.perf_counter()
        acquainted(self.case.clients)
        return time.perf_counter() - began

    def republished(self) -> float:
        """Seconds of agreeing on two new keys with each neighbour, as published."""
        plan = self.plan()
        began = time.perf_counter()
        for _ in range(2):
            for member, channels in new_channels(plan.members).items():
                for peer in plan.neighbours(member):
                    channels.edge(peer, plan.digest)
        return time.perf_counter() - began

    def _quantised(self, after: NDArray[np.float32]) -> NDArray[np.int16]:
        return quantise_block(
            self.before,
            after,
            frac_bits=_BITS,
            update_bits=_BITS,
            qmax=32_767,
            max_norm_squared=2**64 - 1,
        )


def acquainted(count: int) -> dict[int, Channels]:
    """Channels in generation 1, whose key agreements are done."""
    channels = new_channels(range(count))
    for one in channels.values():
        one.advance(1)
    return channels
