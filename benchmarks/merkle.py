"""How fast an update's Merkle sum tree is built, next to hashlib over the same bytes.

    python benchmarks/merkle.py [--size 10000000] [--repeats 15] [--json]

A chunk of 256 bytes costs five SHA-256 blocks as a leaf and two more as its share of the nodes,
where one long hash takes four: on equal terms the ratio can reach 4/7, 57 %. It goes beyond on
processors with SHA instructions, where four messages are hashed side by side. Compiling, once per
machine, is not in the times.
"""

import argparse
import hashlib
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fedsol.learning.merkle import update_tree
from fedsol.learning.merkle_hash import backends


def measure(tasks: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each task, ``repeats`` times in turn, so that a busy spell meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            times[name].append(time.perf_counter() - start)
    return times


def report(size: int, repeats: int) -> dict[str, Any]:
    """Throughput (MB/s) and its ratio to hashlib on one thread, repeat by repeat."""
    values = np.random.default_rng(0).integers(-127, 128, size).astype(np.int16)
    data = values.tobytes()
    cores = os.cpu_count() or 1
    engines = [name for name in backends() if name != "hashlib"] or ["hashlib"]
    tasks: dict[str, Callable[[], object]] = {"hashlib": lambda: hashlib.sha256(data).digest()}
    for engine in engines:
        update_tree(values[:1_000], engine=engine)  # compiles, or reads what was compiled
        for threads in sorted({1, cores}):
            tasks[f"tree, {engine}, {threads} thread(s)"] = lambda e=engine, t=threads: update_tree(
                values, engine=e, threads=t
            )
    times = measure(tasks, repeats)
    base = times["hashlib"]
    rows = {
        name: {
            "mb_per_s": spread([len(data) / 1e6 / t for t in taken]),
            "ratio": spread([b / t for b, t in zip(base, taken, strict=True)]),
        }
        for name, taken in times.items()
    }
    return {"parameters": size, "bytes": len(data), "cores": cores, "results": rows}


def spread(values: list[float]) -> dict[str, float]:
    """Least, middle and largest."""
    found = {"min": min(values), "median": statistics.median(values), "max": max(values)}
    return {name: round(value, 3) for name, value in found.items()}


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", type=int, default=10_000_000, help="parameters of the update")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    found = report(arguments.size, arguments.repeats)
    if arguments.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{found['parameters']:,} parameters, {found['bytes']:,} bytes, {found['cores']} cores")
    print(f"{'':32}{'MB/s: min  median     max':>26}{'ratio: min  median   max':>28}")
    for name, row in found["results"].items():
        speed = "".join(f"{v:8,.0f}" for v in row["mb_per_s"].values())
        ratio = "".join(f"{v:8.2f}" for v in row["ratio"].values())
        print(f"{name:32}{speed}    {ratio}")


if __name__ == "__main__":
    main()
