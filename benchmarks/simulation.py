"""Simulated clients a second, beside Flower's simulation of the same clients."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.report import Result, Table
from benchmarks.simulation_clients import Crowd
from benchmarks.simulation_flower import flower
from fedsol.simulation import Population, Settings, simulate

NOTES = [
    "Both train the same clients on the same bytes: 60 images of 28 x 28 pixels each, one epoch in "
    "batches of ten, the same keys, FedAvg. Flower's client calls the compiled function that one of "
    "our clients amounts to; its actors, one for each core, keep it from task to task, and are "
    "limited to one thread each, which is their fastest arrangement here. Figures are medians of "
    "rounds after the first; *start-up* is what comes before the second round.",
    "Ours trains blocks of clients on all cores, each block one compiled loop. With logistic "
    "regression what is saved is what Flower does between clients: messages, scheduling, copies. A "
    "convolutional net of this size is bound by its arithmetic, which is the same for both: some 1.6 "
    "million operations a sample, forward and back, are a hundred million a client, and 400 clients a "
    "second are 40 billion a second of two cores. There the ratio can only be what Flower adds.",
]


@dataclass(frozen=True)
class Compared:
    """Clients, our rounds and Flower's: seconds, start-up, accuracy."""

    crowd: Crowd
    ours: dict[str, Any]
    theirs: dict[str, Any] | None


def run(quick: bool) -> Result:
    """Ten clients, without Flower, in quick; 10, 100 and 1,000 of two sorts in full."""
    if quick:
        plan = [(Crowd("logreg", 10), 3)]
    else:
        sizes = {10: 12, 100: 8, 1_000: 4}
        plan = [(Crowd(k, n), rounds) for k in ("logreg", "cnn") for n, rounds in sizes.items()]
    compared = [_compare(crowd, rounds, beside=not quick) for crowd, rounds in plan]
    return Result("simulation", "Simulated clients a second", [_table(compared)], NOTES)


def _compare(crowd: Crowd, rounds: int, *, beside: bool) -> Compared:
    theirs = flower(crowd.kind, crowd.clients, rounds) if beside else None
    return Compared(crowd, _ours(crowd, rounds), theirs)


def _ours(crowd: Crowd, rounds: int) -> dict[str, Any]:
    settings = Settings(
        model=crowd.model,
        population=Population(crowd.data()[0], tuple(crowd.shares())),
        local=crowd.local,
    )
    began = time.perf_counter()
    result = simulate(settings, rounds=rounds, test=crowd.data()[1], evaluate_every=rounds)
    whole = time.perf_counter() - began
    # The last round also evaluates.
    measured = [one.training for one in result.history[1:]]
    start_up = whole - sum(one.seconds for one in result.history[1:])
    return {
        "rounds": measured,
        "start_up": start_up,
        "accuracy": result.accuracy,
        "width": result.width,
    }


def _table(compared: Sequence[Compared]) -> Table:
    rows: list[tuple[str | int | float, ...]] = []
    for one in compared:
        clients, ours = one.crowd.clients, statistics.median(one.ours["rounds"])
        row: list[str | int | float] = [f"{one.crowd.kind}, {clients:,} clients", clients / ours]
        row.append(_spread(one.ours["rounds"], clients))
        if one.theirs is None:
            row += ["not run", "", "", one.ours["start_up"], "", one.ours["accuracy"], ""]
        else:
            after = one.theirs["rounds"][1:]
            theirs = statistics.median(after)
            row += [clients / theirs, _spread(after, clients), theirs / ours]
            row += [one.ours["start_up"], one.theirs["start_up"] + one.theirs["rounds"][0]]
            row += [one.ours["accuracy"], one.theirs["accuracy"]]
        rows.append(tuple(row))
    head = (
        "clients",
        "fedsol, clients/s",
        "least to most",
        "Flower, clients/s",
        "least to most",
        "ratio",
        "fedsol's start-up, s",
        "Flower's, s",
        "accuracy",
        "Flower's",
    )
    return Table(f"Clients a second, {os.cpu_count()} cores", head, rows)


def _spread(seconds: Sequence[float], clients: int) -> str:
    return f"{clients / max(seconds):,.0f} to {clients / min(seconds):,.0f}"
