"""Whether exact aggregation gives the same bits on any number of threads, and what that costs."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from benchmarks.merkle import measure
from benchmarks.report import Result, Table, spread
from fedsol.learning import robust
from fedsol.learning.aggregation import Mean, Median, Rule, Scale, TrimmedMean
from fedsol.learning.aggregation_jax import aggregate

THREADS = (1, 2, 16)
NOTES = [
    "Each number of threads is a process of its own, in which XLA takes that many. In each, every "
    "rule runs on the updates as they are and with the clients shuffled; a digest is the SHA-256 of "
    "the model that comes out, and all that differ are counted. The float mean is compiled too, on "
    "float32 updates, which are twice as long as int16; it is `ones @ updates / n`, which takes a "
    "fraction of what `jnp.mean` does here. Times are of calls from NumPy arrays to NumPy arrays.",
]


def run(quick: bool) -> Result:
    """A hundred clients with a million parameters in full."""
    clients, size, repeats = (20, 50_000, 2) if quick else (100, 1_000_000, 5)
    found = {threads: _in_process(threads, clients, size, repeats) for threads in THREADS}
    rows: list[tuple[str | int | float, ...]] = []
    for name in rules(clients):
        digests = [digest for one in found.values() for digest in one["digests"][name]]
        different = len(set(digests)) - 1
        rows.append((name, len(digests), different, *_slow_downs(found, name)))
    floats = [digest for one in found.values() for digest in one["digests"]["float mean"]]
    rows.append(("float mean", len(floats), len(set(floats)) - 1, *["-"] * 2 * len(THREADS)))
    head = ["rule", "digests", "that differ"]
    for threads in THREADS:
        head += [f"ms, {threads} thread(s)", "by float mean's"]
    title = f"{clients} clients, {size:,} parameters, {repeats} repeats, median"
    table = Table(title, tuple(head), rows)
    return Result("reproducible", "Aggregation that is equal bit for bit", [table], NOTES)


def rules(clients: int) -> dict[str, Rule]:
    """The program's rules by name."""
    return {"mean": Mean(), "trimmed mean": TrimmedMean(clients // 10), "median": Median()}


def _slow_downs(found: dict[int, dict[str, dict[str, list[float]]]], name: str) -> list[float]:
    cells = []
    for one in found.values():
        times, floats = one["seconds"][name], one["seconds"]["float mean"]
        pairs = zip(times, floats, strict=True)
        cells += [1e3 * spread(times)[1], spread([mine / plain for mine, plain in pairs])[1]]
    return cells


def _in_process(
    threads: int, clients: int, size: int, repeats: int
) -> dict[str, dict[str, list[float]]]:
    code = f"from benchmarks.reproducible import told; told({clients}, {size}, {repeats})"
    # What XLA sizes its pool of threads by; one flag more makes it leave the caller's thread alone.
    several = "true" if threads > 1 else "false"
    environment = os.environ | {
        "NPROC": str(threads),
        "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={several}",
        "JAX_PLATFORMS": "cpu",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    told: dict[str, dict[str, list[float]]] = json.loads(done.stdout)
    return told


def told(clients: int, size: int, repeats: int) -> None:
    """Prints digests and seconds by rule as JSON: what a process of its own does."""
    random = np.random.default_rng(0)
    updates = random.integers(-3_000, 3_001, (clients, size)).astype(np.int16)
    weights = random.integers(1, 1_000, clients).astype(np.uint32)
    model = random.integers(-(2**20), 2**20, size).astype(np.int32)
    floats = updates.astype(np.float32) / 2**16
    order = random.permutation(clients)
    tasks: dict[str, Callable[[], object]] = {
        name: partial(aggregate, model, updates, weights, rule, Scale())
        for name, rule in rules(clients).items()
    }
    digests = {
        name: [
            _digest(aggregate(model, updates[some], weights[some], rule, Scale()))
            for some in (np.arange(clients), order)
        ]
        for name, rule in rules(clients).items()
    }
    mean = jax.jit(robust.mean)
    digests["float mean"] = [
        _digest(np.asarray(mean(floats[some], weights[some].astype(np.float32))))
        for some in (np.arange(clients), order)
    ]
    tasks["float mean"] = lambda: np.asarray(mean(jnp.asarray(floats)))
    measure(tasks, 1)  # compiles
    print(json.dumps({"digests": digests, "seconds": measure(tasks, repeats)}))


def _digest(values: NDArray[np.int32] | NDArray[np.float32]) -> str:
    return hashlib.sha256(values.tobytes()).hexdigest()
