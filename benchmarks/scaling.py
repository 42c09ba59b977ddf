"""Time and memory of a simulated round against the size of the model and the number of clients."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.report import Result, Table

_SAMPLES, _CLASSES, _FEATURES = 20, 10, 64
_ROUNDS = 4

NOTES = [
    "Each row is a process of its own that trains a multi-layer perceptron with exact aggregation "
    "(updates in integers, the mean), every client on 20 samples, one epoch in batches of "
    "ten. *Memory* is the largest resident size less that of a process that has only imported and "
    "compiled the smallest case. *Exponent* is the slope between one row and the next on logarithmic "
    "axes: 1 is a straight "
    "line through zero, 0 is constant.",
    "Time grows with the product of parameters and clients once there is enough to do. Memory does not "
    "grow with the number of clients: updates are summed as they come, block by block, and what a block "
    "needs is bounded. It grows with the model: some copies of it for every client that trains at the "
    "same time. Data are the one thing that grows with clients, 5 kB each here.",
]


@dataclass(frozen=True)
class Row:
    """A case and what it took."""

    parameters: int
    clients: int
    seconds: float
    memory: int


def run(quick: bool) -> Result:
    """Models of 10^4 and clients to 100 in quick; 10^7 parameters and 10,000 clients in full."""
    models = [10**4] if quick else [10**4, 10**5, 10**6, 10**7]
    crowds = [10, 40] if quick else [10, 100, 1_000, 10_000]
    least = _measured(10**3, 2).memory
    by_model = [_measured(size, 10) for size in models]
    by_clients = [_measured(10**4, clients) for clients in crowds]
    tables = [
        _table(
            "Against the size of the model, 10 clients", by_model, least, lambda one: one.parameters
        ),
        _table(
            "Against the number of clients, 10^4 parameters",
            by_clients,
            least,
            lambda one: one.clients,
        ),
    ]
    return Result("scaling", "How a simulated round scales", tables, NOTES)


def _measured(parameters: int, clients: int) -> Row:
    command = [sys.executable, "-m", "benchmarks.scaling", str(parameters), str(clients)]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=True,
    )
    return Row(**json.loads(done.stdout.splitlines()[-1]))


def _table(title: str, rows: Sequence[Row], least: int, size: Callable[[Row], int]) -> Table:
    lines: list[tuple[str | int | float, ...]] = []
    before: Row | None = None
    for one in rows:
        memory = max(1, one.memory - least)
        slopes: tuple[str | float, ...] = ("", "")
        if before is not None:
            step = np.log(size(one) / size(before))
            earlier = max(1, before.memory - least)
            slopes = (
                float(np.log(one.seconds / before.seconds) / step),
                float(np.log(memory / earlier) / step),
            )
        per_client = one.seconds / one.clients * 1e3
        lines.append(
            (f"{size(one):,}", one.seconds, slopes[0], per_client, memory / 2**20, slopes[1])
        )
        before = one
    head = ("size", "seconds a round", "exponent", "ms a client", "memory, MiB", "exponent")
    return Table(title, head, lines)


def _simulate(parameters: int, clients: int) -> dict[str, Any]:
    """Runs a case in this process."""
    import resource

    from fedsol.learning import Dataset, model
    from fedsol.learning.models import parameter_spec
    from fedsol.simulation import LocalTraining, Population, Settings, simulate

    hidden = max(1, (parameters - _CLASSES) // (_FEATURES + 1 + _CLASSES))
    chosen = model("mlp", features=_FEATURES, classes=_CLASSES, hidden=(hidden,))
    random = np.random.default_rng(0)
    count = clients * _SAMPLES
    x = random.normal(size=(count, _FEATURES)).astype(np.float32)
    y = random.integers(0, _CLASSES, count).astype(np.int32)
    shares = tuple(np.arange(count).reshape(clients, _SAMPLES))
    settings = Settings(
        model=chosen,
        population=Population(Dataset(x, y, _CLASSES, "noise"), shares),
        local=LocalTraining(learning_rate=0.01, batch_size=10),
        exact=True,
        weighted=False,
        width=min(4, clients),
    )
    result = simulate(settings, rounds=_ROUNDS)
    return {
        "parameters": parameter_spec(chosen).size,
        "clients": clients,
        "seconds": float(np.median([one.seconds for one in result.history[1:]])),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


if __name__ == "__main__":
    print(json.dumps(_simulate(int(sys.argv[1]), int(sys.argv[2]))))
