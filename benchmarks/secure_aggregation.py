"""What masks cost: a masked round against its plain round, beside Flower's SecAgg+ against its own."""

import os
import statistics
from typing import NamedTuple

from benchmarks.report import Result, Table, spread
from benchmarks.secure_aggregation_clients import LARGE, SMALL
from benchmarks.secure_aggregation_flower import flower
from benchmarks.secure_aggregation_rounds import Case, Rounds

NOTES = [
    "A plain round is training, quantising and the exact mean of all clients; a masked one is the "
    "same with every message of the protocol in between, all clients' and the server's work one "
    "after the other, through the bytes of every message. Every client works out its neighbours for "
    "itself, and takes the one-way step of all its secrets that makes the round's keys unreadable "
    "from later ones. Clients are trained one by one, as participants are on machines of their own. "
    "The masked sum is compared with the plain sum of the survivors, bit for bit, in each round.",
    "Plain and masked rounds alternate, ours and Flower's, so that a busy spell meets both, and "
    "overheads are medians over such pairs. Flower's run in the middle of ours. Both have the same "
    "shares and thresholds: all clients at ten; at a hundred, what `suggest` finds for that many "
    "drop-outs (11 shares where there are none, as in Flower's examples). Drop-outs leave after "
    "sharing their keys and before sending anything, the dearest moment; the plain round of the "
    "same clients has none. Of Flower's seconds at 53 shares most are Shamir's: it shares private "
    "keys as PEM text, 306 bytes, in Python's integers.",
    "Where it goes: *together* trains all clients in one compiled step, as only a simulation can; "
    "against that, work that no compiler can join is many times dearer. The protocol's time a client "
    "includes its share of the server's; on machines of their own, clients work side by side. "
    "Channel keys are agreed once in an epoch, with everybody, and are not in the rounds' times; two "
    "new pairs of keys with each neighbour, as the papers and Flower have in each round, would take "
    "what the last column says, on top.",
]


QUICK = (Case(10, SMALL, 1, 9, 6, 3),)
FULL = (
    Case(10, SMALL, 0, 9, 6, 41),
    Case(10, SMALL, 1, 9, 6, 41),
    Case(10, SMALL, 3, 9, 6, 41),
    Case(100, SMALL, 0, 10, 7, 21),
    Case(100, SMALL, 10, 18, 11, 21),
    Case(100, SMALL, 30, 52, 28, 21),
    Case(10, LARGE, 0, 9, 6, 15),
    Case(10, LARGE, 3, 9, 6, 15),
)


def run(quick: bool) -> Result:
    """Ten clients, without Flower, in quick."""
    measured = [measure(case, beside=not quick) for case in (QUICK if quick else FULL)]
    overhead = (
        "clients, parameters, drop-outs",
        "shares, threshold",
        "plain, ms",
        "masked, ms",
        "overhead",
        "least to most",
        "Flower plain, ms",
        "SecAgg+, ms",
        "overhead",
        "least to most",
        "Flower's over ours",
    )
    inside = (
        "clients, parameters, drop-outs",
        "together, plain, ms",
        "masked, ms",
        "overhead",
        "protocol, ms a client",
        "keys of an epoch, ms a client",
        "two new keys a neighbour, ms a client",
    )
    tables = [
        Table(
            f"Milliseconds a round, medians, {os.cpu_count()} cores",
            overhead,
            [one.overhead for one in measured],
        ),
        Table("Where it goes", inside, [one.inside for one in measured]),
    ]
    return Result("secure_aggregation", "Masked rounds", tables, NOTES)


Cell = str | int | float
Pair = tuple[float, float]  # seconds of a plain round, and of the masked one after it


class Measured(NamedTuple):
    """A case's row in each table."""

    overhead: tuple[Cell, ...]
    inside: tuple[Cell, ...]


class Times(NamedTuple):
    """What was measured of ours."""

    alone: list[Pair]
    together: list[Pair]
    protocol: list[float]


def measure(case: Case, *, beside: bool) -> Measured:
    """Runs a case; ``beside``: with Flower in the middle of it."""
    rounds, times = Rounds(case), Times([], [], [])
    for trained in (rounds.alone, rounds.together):  # compiles
        rounds.plain(trained)
        rounds.masked(trained)
    half = case.repeats // 2
    _repeat(rounds, times, half)
    theirs = _flower(case) if beside else "not run"
    _repeat(rounds, times, case.repeats - half)
    name = f"{case.clients}, {case.size:,}, {case.dropped}"
    flowers: tuple[Cell, ...] = (str(theirs), "", "", "", "")
    if not isinstance(theirs, str):
        flowers = (*_cells(theirs), _overhead(theirs) / _overhead(times.alone))
    inside = (
        *_cells(times.together)[:3],
        1e3 * statistics.median(times.protocol) / case.clients,
        1e3 * rounds.agreeing() / case.clients,
        1e3 * rounds.republished() / case.clients,
    )
    return Measured(
        (name, f"{case.degree + 1}, {case.threshold}", *_cells(times.alone), *flowers),
        (name, *inside),
    )


def _repeat(rounds: Rounds, times: Times, count: int) -> None:
    for _ in range(count):
        times.alone.append((rounds.plain(rounds.alone), rounds.masked(rounds.alone)))
        times.protocol.append(rounds.masking)
        times.together.append((rounds.plain(rounds.together), rounds.masked(rounds.together)))


def _flower(case: Case) -> list[Pair] | str:
    found = flower(
        case.clients,
        case.size,
        shares=case.degree + 1,
        threshold=case.threshold,
        dropped=case.dropped,
        pairs=4 if case.clients < 100 else 3,  # the first is not counted
    )
    return "not installed" if found is None else found


def _cells(pairs: list[Pair]) -> tuple[Cell, ...]:
    """Plain and masked milliseconds, the overhead, and its range."""
    plain, masked = (1e3 * statistics.median(one) for one in zip(*pairs, strict=True))
    ratios = [masked / plain for plain, masked in pairs]
    return plain, masked, _overhead(pairs), "{0:.2f} to {2:.2f}".format(*spread(ratios))


def _overhead(pairs: list[Pair]) -> float:
    return statistics.median(masked / plain for plain, masked in pairs)
