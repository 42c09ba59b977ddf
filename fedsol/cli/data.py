"""The data of one participant: a known data set or a file, and which part of it."""

import re
from pathlib import Path
from typing import Any

from fedsol.errors import ArchitectureMismatch, ConfigError
from fedsol.learning import Dataset, Model, load, partition
from fedsol.learning.models import spec
from fedsol.learning.partitioners import (
    DirichletPartitioner,
    IidPartitioner,
    Partitioner,
    PathologicalPartitioner,
    ShardPartitioner,
)


def read_data(text: str, *, held_out: bool = False) -> Dataset:
    """The training data of a known name, or all of an npz file with arrays ``x`` and ``y``.

    ``held_out``: the known name's test data instead. Raises ConfigError.
    """
    if not text.endswith(".npz"):
        return load(text)[1 if held_out else 0]
    import numpy as np

    try:
        # No pickles: a data file must not be able to run anything.
        with np.load(Path(text).expanduser(), allow_pickle=False) as found:
            x, y = found["x"].astype(np.float32), found["y"].astype(np.int32)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(
            f"the data {text} cannot be read: {error}",
            hint="It must be an npz file with arrays x (float32[n, features]) and y (int32[n]).",
        ) from error
    if y.ndim != 1 or len(x) != len(y) or len(y) == 0 or y.min() < 0 or not np.isfinite(x).all():
        raise ConfigError(
            f"the data {text} are not usable: x is {x.shape}, y is {y.shape}",
            hint="One label of 0 or more for each sample, and finite values only.",
        )
    return Dataset(x, y, int(y.max()) + 1, Path(text).stem)


def take_part(data: Dataset, text: str, how: str, *, alpha: float, seed: int) -> Dataset:
    """Part ``i`` of ``n`` (``text`` is ``i/n``, counted from 1). Raises ConfigError."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise ConfigError(
            f"{text!r} is no part", hint="Write --partition 3/5 for the third of five."
        )
    return partition(data, _partitioner(how, int(found[2]), alpha, seed))[int(found[1]) - 1]


def check_fit(model: Model, data: Dataset) -> None:
    """Raises ArchitectureMismatch if the data are not what the model takes."""
    takes: dict[str, Any] = vars(model)
    features = takes.get("features") or takes["side"] ** 2 * takes["channels"]
    if data.features != features or data.classes > takes["classes"]:
        raise ArchitectureMismatch(
            f"{data.name} has {data.features} features and {data.classes} classes, "
            f"{spec(model)} takes {features} and {takes['classes']}",
            hint="Join with data that fit the model that `fedsol federation show` names.",
        )


def _partitioner(how: str, count: int, alpha: float, seed: int) -> Partitioner:
    if how == "iid":
        return IidPartitioner(count, seed=seed)
    if how == "dirichlet":
        return DirichletPartitioner(count, alpha=alpha, seed=seed)
    if how == "pathological":
        return PathologicalPartitioner(count, num_classes_per_partition=2, seed=seed)
    return ShardPartitioner(count, num_shards_per_partition=2, seed=seed)
