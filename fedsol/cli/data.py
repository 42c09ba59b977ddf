"""The data of one participant: a known data set or a file, and which part of it."""

import re
from typing import Any

from fedsol.errors import ArchitectureMismatch, ConfigError
from fedsol.learning import Dataset, Model, partition
from fedsol.learning.models import spec
from fedsol.learning.partitioners import (
    DirichletPartitioner,
    IidPartitioner,
    Partitioner,
    PathologicalPartitioner,
    ShardPartitioner,
)
from fedsol.loading import load_data


def read_data(text: str, *, held_out: bool = False) -> Dataset:
    """The data of a known name, a file or a folder; see ``fedsol.loading.load_data``.

    ``held_out``: the test part instead, where there is one. A participant may hold one class only.
    Raises ConfigError and LearningError.
    """
    return load_data(text, held_out=held_out, allow_one_class=True)


def take_part(data: Dataset, text: str, how: str, *, alpha: float, seed: int) -> Dataset:
    """Part ``i`` of ``n`` (``text`` is ``i/n``, counted from 1). Raises ConfigError."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise ConfigError(
            f"{text!r} is no part", hint="Write --partition 3/5 for the third of five."
        )
    return partition(data, partitioner_of(how, int(found[2]), alpha, seed))[int(found[1]) - 1]


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


def partitioner_of(how: str, count: int, alpha: float, seed: int) -> Partitioner:
    """What divides data among ``count`` people in the way that is named."""
    if how == "iid":
        return IidPartitioner(count, seed=seed)
    if how == "dirichlet":
        return DirichletPartitioner(count, alpha=alpha, seed=seed)
    if how == "pathological":
        return PathologicalPartitioner(count, num_classes_per_partition=2, seed=seed)
    return ShardPartitioner(count, num_shards_per_partition=2, seed=seed)
