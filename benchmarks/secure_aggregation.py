"""What masks cost: a masked round against its plain round, beside Flower's SecAgg+ against its own."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Result, Table, spread
from benchmarks.secure_aggregation_clients import LARGE, SMALL, Clients
from benchmarks.secure_aggregation_flower import flower
from fedsol.learning.aggregation import Mean, Scale, aggregate, step
from fedsol.learning.fixed_point import quantise_block, to_float
from fedsol.learning.privacy.secure_aggregation import Channels, Plan, masked_sum, new_channels

_BITS = 16
NOTES = [
    "A plain round is training, quantising and the exact mean of all clients; a masked one is the "
    "same with every message of the protocol in between, all clients' and the server's work one "
    "after the other, through the bytes of every message. *Client by client* trains each by a call "
    "of its own, as participants do on machines of their own; *together* trains all in one compiled "
    "step, as only a simulation can: against that, work that no compiler can join is many times "
    "dearer. In turn, plain after masked, so that a busy spell meets both; ratios are of pairs. "
    "The masked sum is compared with the plain sum of the survivors, bit for bit, in each round.",
    "Both sides have the same shares and thresholds: all clients at ten; at a hundred, what "
    "`suggest` finds for that many drop-outs (11 shares where there are none, as in Flower's "
    "examples). Channel keys are agreed once in a federation's life, and are not in the times: "
    "one key exchange for each two neighbours that meet for the first time, some 45 µs. Flower "
    "agrees on two new pairs of keys with each neighbour in each round. Drop-outs leave after "
    "sharing their keys and before sending anything, the dearest moment; the plain round of the "
    "same clients has none. The protocol's time a client includes its share of the server's; on "
    "machines of their own, clients work side by side.",
]


@dataclass(frozen=True)
class Case:
    """One row."""

    clients: int
    size: int
    dropped: int
    degree: int
    threshold: int
    repeats: int


QUICK = (Case(10, SMALL, 1, 9, 6, 3),)
FULL = (
    Case(10, SMALL, 0, 9, 6, 15),
    Case(10, SMALL, 1, 9, 6, 15),
    Case(10, SMALL, 3, 9, 6, 15),
    Case(100, SMALL, 0, 10, 7, 9),
    Case(100, SMALL, 10, 18, 11, 9),
    Case(100, SMALL, 30, 56, 30, 9),
    Case(10, LARGE, 0, 9, 6, 7),
    Case(10, LARGE, 3, 9, 6, 7),
)


def run(quick: bool) -> Result:
    """Ten clients, without Flower, in quick."""
    rows = [_row(case, beside=not quick) for case in (QUICK if quick else FULL)]
    head = (
        "clients, parameters, drop-outs",
        "shares, threshold",
        "plain, client by client, ms",
        "masked, ms",
        "ratio",
        "least to most",
        "together, plain, ms",
        "ratio",
        "protocol, ms a client",
        "Flower plain, ms",
        "SecAgg+, ms",
        "ratio",
    )
    table = Table(f"Milliseconds a round, medians, {os.cpu_count()} cores", head, rows)
    return Result("secure_aggregation", "Masked rounds", [table], NOTES)


class Rounds:
    """Rounds of one case, from the same model."""

    def __init__(self, case: Case) -> None:
        self.case, self.clients = case, Clients(case.clients, case.size)
        self.before = np.zeros(case.size, np.int32)
        self.channels = _acquainted(case.clients)
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
        members = tuple(range(case.clients))
        masking = time.perf_counter()
        plan = Plan(os.urandom(32), members, case.size, case.threshold, case.degree)
        total = masked_sum(plan, self.channels, updates, dropped=dropped)
        self.masking = time.perf_counter() - masking
        step(self.before, total, case.clients - case.dropped, Scale())
        seconds = time.perf_counter() - began
        if (total != updates[case.dropped :].sum(0, dtype=np.int64)).any():
            raise AssertionError("the masked sum is not the plain sum")
        return seconds

    def _quantised(self, after: NDArray[np.float32]) -> NDArray[np.int16]:
        return quantise_block(
            self.before,
            after,
            frac_bits=_BITS,
            update_bits=_BITS,
            qmax=32_767,
            max_norm_squared=2**64 - 1,
        )


def _acquainted(count: int) -> dict[int, Channels]:
    """Channels whose key exchanges are done."""
    channels = new_channels(range(count))
    for member, channel in channels.items():
        for peer in set(channels) - {member}:
            channel.edge(peer, b"")
    return channels


def _row(case: Case, *, beside: bool) -> tuple[str | int | float, ...]:
    rounds = Rounds(case)
    for trained in (rounds.alone, rounds.together):  # compiles
        rounds.plain(trained)
        rounds.masked(trained)
    times: dict[str, list[float]] = {"plain": [], "masked": [], "swift": [], "own": [], "joint": []}
    for _ in range(case.repeats):
        times["plain"].append(rounds.plain(rounds.alone))
        times["masked"].append(rounds.masked(rounds.alone))
        times["own"].append(rounds.masking)
        times["swift"].append(rounds.plain(rounds.together))
        times["joint"].append(rounds.masked(rounds.together))
    ratios = _ratios(times["masked"], times["plain"])
    swift = _ratios(times["joint"], times["swift"])
    middle = {name: 1e3 * statistics.median(taken) for name, taken in times.items()}
    return (
        f"{case.clients}, {case.size:,}, {case.dropped}",
        f"{case.degree + 1}, {case.threshold}",
        middle["plain"],
        middle["masked"],
        statistics.median(ratios),
        "{0:.2f} to {2:.2f}".format(*spread(ratios)),
        middle["swift"],
        statistics.median(swift),
        middle["own"] / case.clients,
        *(_beside(case) if beside else ("not run", "", "")),
    )


def _ratios(above: list[float], below: list[float]) -> list[float]:
    return [one / other for one, other in zip(above, below, strict=True)]


def _beside(case: Case) -> tuple[str | float, str | float, str | float]:
    rounds = 4 if case.clients < 100 else 3  # the first is not counted
    same = {"clients": case.clients, "size": case.size, "rounds": rounds}
    plain = flower(**same, shares=0, threshold=0, dropped=0)
    masked = flower(**same, shares=case.degree + 1, threshold=case.threshold, dropped=case.dropped)
    if plain is None or masked is None:
        return "not installed", "", ""
    first, second = (1e3 * statistics.median(one) for one in (plain, masked))
    return first, second, second / first
