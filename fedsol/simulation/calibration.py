"""How many clients train fastest side by side: measured once, on the real data."""

import json
import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from platform import node, processor

import jax
import numpy as np
from jax import Array
from numpy.typing import NDArray
from platformdirs import user_cache_dir

from fedsol.errors import StateError
from fedsol.files import write_atomic
from fedsol.learning.models import Model
from fedsol.learning.models import spec as model_spec
from fedsol.simulation.engine import LocalEngine, block_size, widest
from fedsol.simulation.local import LocalTraining
from fedsol.simulation.population import Population

_STEP = 4  # each width tried is so many times the one before
_FEW = 8  # below so many trainings, measuring costs more than it saves
_MEASURED = 64  # clients that train to measure one width
_REPEATS = 2


def chosen_width(
    engine: LocalEngine, population: Population, vector: NDArray[np.float32], *, trainings: int
) -> int:
    """The width that trained the most clients a second: 1 is a scan, the widest a plain ``vmap``.

    ``trainings`` is how many are to come. What was measured is kept in the user's cache folder, by
    machine, model, training and amount of data: a second run chooses alike, and gives the same bytes.
    """
    limit = min(widest(engine.model, engine.local), len(population), trainings)
    if limit < _FEW:
        return limit
    file = _cache_file(engine.model, engine.local, population, limit)
    kept = _read(file)
    if kept is None:
        kept = fastest(limit, lambda width: _rate(engine, population, vector, width))
        _write(file, kept)
    return kept


def fastest(limit: int, rate: Callable[[int], float]) -> int:
    """The best of 1, 4, 16 …, up to ``limit``; it stops where more is slower."""
    best, best_rate = 1, 0.0
    width = 1
    while True:
        measured = rate(width)
        if measured > best_rate:
            best, best_rate = width, measured
        elif measured < 0.8 * best_rate:
            return best
        if width == limit:
            return best
        width = min(_STEP * width, limit)


def _rate(
    engine: LocalEngine, population: Population, vector: NDArray[np.float32], width: int
) -> float:
    """Clients a second, the first run, which compiles, left out."""
    clients = range(min(len(population), _MEASURED))
    size = block_size(len(clients), engine.model, width)
    blocks = population.blocks(clients, size, engine.local.batch_size)
    key: Array = jax.random.key(0)
    times = []
    for _ in range(1 + _REPEATS):
        began = time.perf_counter()
        for _ in engine.train(vector, blocks, key, width):
            pass
        times.append(time.perf_counter() - began)
    return len(clients) / min(times[1:])


def _cache_file(model: Model, local: LocalTraining, population: Population, limit: int) -> Path:
    sizes = population.sizes(range(len(population)))
    what = [node(), processor(), os.cpu_count(), jax.__version__, str(jax.devices()[0].device_kind)]
    what += [model_spec(model), repr(local), len(sizes), int(sizes.sum()), int(sizes.max()), limit]
    name = sha256(repr(what).encode()).hexdigest()[:32]
    return Path(user_cache_dir("fedsol")) / "simulation" / f"{name}.json"


def _read(file: Path) -> int | None:
    try:
        return int(json.loads(file.read_text())["width"])
    except (OSError, ValueError, KeyError, StateError):
        return None


def _write(file: Path, width: int) -> None:
    try:
        write_atomic(file, json.dumps({"width": width}).encode())
    except OSError:
        return  # a machine without a home is measured every time
