"""Flower's and byzfl's own aggregators on the updates of the study: are ours the same?"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from benchmarks.robustness_rules import BYZFL, FLOWER, RULES, Round

Floats = NDArray[Any]


def agreement(
    updates: Mapping[str, Floats], counts: Floats, byzantine: int
) -> list[tuple[str, str]]:
    """Largest difference to the peer's, as a share of the largest value, by rule.

    ``updates`` (float32[n, d]) are by rule, ``counts`` (int[n]) are clients' numbers of samples.
    """
    rows = []
    for package, rules, theirs in (("flwr", FLOWER, _flower), ("byzfl", BYZFL, _byzfl)):
        for name in rules:
            try:
                expected = theirs(name, updates[name], counts, byzantine)
            except ModuleNotFoundError as error:
                rows.append((f"{name} ({package})", f"{error.name} is not installed"))
                continue
            given = jnp.asarray(updates[name])
            zero = jnp.zeros(given.shape[1])
            weights = jnp.asarray(counts, jnp.float32)
            found = RULES[name](Round(zero, given, weights, zero, zero, jnp.abs, byzantine))
            apart = np.abs(np.asarray(found) - expected).max() / np.abs(expected).max()
            rows.append((f"{name} ({package})", f"{apart:.0e}"))
    return rows


def _flower(name: str, updates: Floats, counts: Floats, byzantine: int) -> Floats:
    aggregate = import_module("flwr.server.strategy.aggregate")
    given = [([row], int(count)) for row, count in zip(updates, counts, strict=True)]
    keep = len(updates) - byzantine
    made: dict[str, Callable[[], Any]] = {
        "FedAvg": lambda: aggregate.aggregate(given),
        "median": lambda: aggregate.aggregate_median(given),
        "trimmed mean": lambda: aggregate.aggregate_trimmed_avg(given, byzantine / len(updates)),
        "MultiKrum": lambda: aggregate.aggregate_krum(given, byzantine, keep),
    }
    return np.asarray(made[name]()[0])


def _byzfl(name: str, updates: Floats, counts: Floats, byzantine: int) -> Floats:
    byzfl = import_module("byzfl")
    last = byzfl.TrMean(byzantine) if "trimmed" in name else byzfl.GeometricMedian(nu=0.1, T=3)
    mixed = byzfl.NNM(byzantine)(byzfl.ARC(byzantine)(updates.copy()))
    return np.asarray(last(mixed))
