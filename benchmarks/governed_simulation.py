"""A simulation's governed rounds, beside the same rounds without a chain and Flower's plain ones."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.report import Result, Table
from benchmarks.simulation_clients import Crowd
from benchmarks.simulation_flower import flower
from fedsol.simulation import EmbeddedGovernor, Population, Settings, simulate

NOTES = [
    "Everybody takes part in every round: commits, reveals, is aggregated, claims its reward and "
    "closes its submission. *Until settled* is from the opening of a round to its settlement, where "
    "all that was due before is paid; *sustained* is the time from round to round with the claims, "
    "which the chain's process pays while the next round trains. Two processes sign and run the "
    "transactions beside the one that trains. *Overhead* of either is against ungoverned rounds. "
    "Models of governed and ungoverned rounds are equal bit for bit, which is checked.",
    "What limits the chain's process is LiteSVM, which runs one transaction after another and, as "
    "built into solders 0.26, traces every instruction of the program: 16 to 28 ns for each compute "
    "unit, by the machine. It takes a core while the others train: of two cores that is felt also "
    "where clients train for milliseconds. Logistic regression on 60 samples is the worst case "
    "there is.",
]


@dataclass(frozen=True)
class Case:
    """What is measured: clients, how often they go over their data, rounds."""

    crowd: Crowd
    epochs: int
    rounds: int


@dataclass(frozen=True)
class Measured:
    """Seconds by round: ungoverned, until settled, sustained, Flower's."""

    case: Case
    plain: list[float]
    settled: list[float]
    sustained: float
    flower: list[float]


def run(quick: bool) -> Result:
    """Eight clients in quick; a hundred of three sorts in full."""
    if quick:
        cases = [Case(Crowd("logreg", 8), 1, 3)]
    else:
        cases = [
            Case(Crowd("logreg", 100), 1, 12),
            Case(Crowd("logreg", 100), 130, 8),
            Case(Crowd("cnn", 100), 1, 6),
        ]
    measured = [_measure(case, beside_flower=not quick) for case in cases]
    return Result(
        "governed_simulation", "Governed rounds of a simulation", [_table(measured)], NOTES
    )


def _settings(case: Case) -> Settings:
    crowd = case.crowd
    local = crowd.local
    return Settings(
        model=crowd.model,
        population=Population(crowd.data()[0], tuple(crowd.shares())),
        local=type(local)(
            learning_rate=local.learning_rate, epochs=case.epochs, batch_size=local.batch_size
        ),
        scheme=EmbeddedGovernor().scheme,
        exact=True,
        weighted=False,
    )


def _measure(case: Case, *, beside_flower: bool) -> Measured:
    settings = _settings(case)
    plain = simulate(settings, rounds=case.rounds)
    with EmbeddedGovernor() as governor:
        governed = simulate(
            settings, rounds=case.rounds, governor=governor, watch=lambda _: governor.rest()
        )
    with EmbeddedGovernor() as governor:
        moments: list[float] = []
        simulate(
            settings,
            rounds=case.rounds,
            governor=governor,
            watch=lambda _: moments.append(time.perf_counter()),
        )
        sustained = (moments[-1] - moments[0]) / (len(moments) - 1)
    assert plain.values is not None
    assert governed.values is not None
    assert np.array_equal(plain.values, governed.values)
    theirs = None
    if beside_flower and case.epochs == 1:
        theirs = flower(case.crowd.kind, case.crowd.clients, case.rounds)
    # The first round compiles, and founds the federation.
    free, held = ([one.seconds for one in found.history[1:]] for found in (plain, governed))
    return Measured(case, free, held, sustained, theirs["rounds"][1:] if theirs else [])


def _table(measured: Sequence[Measured]) -> Table:
    rows: list[tuple[str | int | float, ...]] = []
    for one in measured:
        crowd, plain = one.case.crowd, statistics.median(one.plain)
        settled = statistics.median(one.settled)
        theirs = statistics.median(one.flower) if one.flower else 0.0
        rows.append(
            (
                f"{crowd.kind}, {crowd.clients} clients, {one.case.epochs} epochs",
                plain / crowd.clients * 1e3,
                plain,
                settled,
                one.sustained,
                f"{(settled / plain - 1) * 100:.0f} %",
                f"{(one.sustained / plain - 1) * 100:.0f} %",
                theirs or "not run",
                theirs / settled if theirs else "",
                theirs / one.sustained if theirs else "",
            )
        )
    head = (
        "clients",
        "training, ms each",
        "ungoverned, s a round",
        "until settled, s",
        "sustained, s",
        "overhead until settled",
        "overhead, sustained",
        "Flower's plain round, s",
        "Flower / settled",
        "Flower / sustained",
    )
    return Table("Medians of rounds", head, rows)
