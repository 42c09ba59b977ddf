"""How fast an update's Merkle sum tree is built, next to hashlib over the same bytes."""

import hashlib
import os
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Result, Table, spread
from fedsol.learning.merkle import update_tree
from fedsol.learning.merkle_hash import backends

NOTES = [
    "A chunk of 256 bytes costs five SHA-256 blocks as a leaf and two more as its share of the "
    "nodes, where one long hash takes four: on equal terms the ratio can reach 4/7, 57 %. It goes "
    "beyond on processors with SHA instructions, where four messages are hashed side by side. "
    "Compiling, once per machine, is not in the times. Each repeat runs every engine in turn, so "
    "that a busy spell meets all of them.",
]


def run(quick: bool) -> Result:
    """Ten million parameters in full, a million in quick."""
    size, repeats = (1_000_000, 3) if quick else (10_000_000, 15)
    values = np.random.default_rng(0).integers(-127, 128, size).astype(np.int16)
    data = values.tobytes()
    times = measure(_tasks(values), repeats)
    base = times["hashlib"]
    rows: list[tuple[str | int | float, ...]] = []
    for name, taken in times.items():
        speed = spread([len(data) / 1e6 / seconds for seconds in taken])
        ratio = spread([one / other for one, other in zip(base, taken, strict=True)])
        rows.append((name, *speed, *ratio))
    title = f"{size:,} parameters, {len(data):,} bytes, {repeats} repeats"
    head = ("engine", "MB/s: least", "median", "most", "ratio: least", "median", "most")
    return Result("merkle", "Merkle sum tree of an update", [Table(title, head, rows)], NOTES)


def measure(tasks: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each task, ``repeats`` times in turn, so that a busy spell meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            times[name].append(time.perf_counter() - start)
    return times


def _tasks(values: NDArray[np.int16]) -> dict[str, Callable[[], object]]:
    data, cores = values.tobytes(), os.cpu_count() or 1
    tasks: dict[str, Callable[[], object]] = {"hashlib": lambda: hashlib.sha256(data).digest()}
    for engine in [name for name in backends() if name != "hashlib"] or ["hashlib"]:
        update_tree(values[:1_000], engine=engine)  # compiles, or reads what was compiled
        for threads in sorted({1, cores}):
            task = partial(update_tree, values, engine=engine, threads=threads)
            tasks[f"tree, {engine}, {threads} thread(s)"] = task
    return tasks
