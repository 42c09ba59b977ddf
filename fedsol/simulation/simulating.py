"""Federated learning with many clients on one machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fedsol.learning.datasets import Dataset
from fedsol.learning.privacy import BudgetExhausted
from fedsol.simulation.engine import Engine
from fedsol.simulation.gathering import ExactServer
from fedsol.simulation.governing import Governor
from fedsol.simulation.history import RoundMetrics, tell
from fedsol.simulation.masked_server import MaskedServer
from fedsol.simulation.run import Run
from fedsol.simulation.settings import Settings
from fedsol.tracking import Tracker


@dataclass(frozen=True, eq=False)
class Result:
    """What came out: the last model as a vector (float32[d]), in integers if it was exact, all rounds.

    ``width`` is how many clients trained side by side; ``epsilon`` what privacy has cost whoever
    it cost most, and ``exhausted`` whether its budget ended the simulation before its last round.
    """

    parameters: NDArray[np.float32]
    values: NDArray[np.int32] | None
    history: list[RoundMetrics]
    width: int
    epsilon: float | None = None
    exhausted: bool = False

    @property
    def accuracy(self) -> float | None:
        """Share of right answers on the test data, when it was last measured."""
        measured = [one.accuracy for one in self.history if one.accuracy is not None]
        return measured[-1] if measured else None


def simulate(
    settings: Settings,
    *,
    rounds: int,
    test: Dataset | None = None,
    governor: Governor | None = None,
    engine: Engine | None = None,
    folder: Path | None = None,
    resume: bool = False,
    evaluate_every: int = 1,
    trackers: Sequence[Tracker] = (),
    watch: Callable[[RoundMetrics], None] | None = None,
) -> Result:
    """Runs ``rounds`` rounds; the same settings give the same bytes, block by block or resumed.

    With a ``governor`` every update is committed, revealed, aggregated and paid on its chain. In
    ``folder`` each round is kept when it is over; ``resume`` goes on from there. ``watch`` and
    ``trackers`` are told of each round. A simulation that is interrupted has kept its last round.

    Raises:
        ConfigError: settings that do not fit together.
        StateError: ``resume`` from another simulation's folder, or from none.
        NotFinite: a client's training diverged.
        ChainError: a governed round failed.
    """
    run = Run(settings, test, governor, engine, folder, evaluate_every)
    exhausted = False
    try:
        run.begin(resume)
        for number in range(len(run.history) + 1, rounds + 1):
            try:
                one = run.round(number, last=number == rounds)
            except BudgetExhausted:
                exhausted = True
                break
            tell(tuple(trackers), one)
            if watch is not None:
                watch(one)
    finally:
        run.engine.close()
    server = run.server
    values = server.values if isinstance(server, ExactServer | MaskedServer) else None
    epsilon = run.history[-1].epsilon if run.history else None
    return Result(server.vector(), values, run.history, run.width, epsilon, exhausted)
