"""A table's columns as samples and labels: what CSV and Parquet files have in common."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning import Dataset
from fedsol.loading.checks import make_dataset, unusable
from fedsol.loading.choices import Choices

_USUAL = ("label", "y", "target", "class")


def label_column(names: list[str], name: str, choices: Choices) -> str:
    """Which column holds the labels: the one chosen, or one with a usual name, or the last.

    Raises:
        ConfigError: there is no column of the name that was chosen, or that is to be dropped.
    """
    for wanted in (*((choices.label,) if choices.label is not None else ()), *choices.drop):
        if wanted not in names:
            raise ConfigError(
                f"the data {name} have no column {wanted!r}",
                hint=f"The columns are {_listed(names)}.",
            )
    if choices.label is not None:
        return choices.label
    usual = [one for one in names if one.lower() in _USUAL]
    return usual[0] if len(usual) == 1 else names[-1]


def table_dataset(columns: Mapping[str, NDArray[Any]], name: str, choices: Choices) -> Dataset:
    """A data set of columns (numbers [n] or [n, k]); the features are in the columns' order.

    Raises:
        ConfigError: a column holds text, or there is none beside the label.
        LearningError: as ``make_dataset``.
    """
    label = label_column(list(columns), name, choices)
    features = {k: v for k, v in columns.items() if k != label and k not in choices.drop}
    if not features:
        raise ConfigError(f"the data {name} have no column but that of the labels, {label!r}")
    if len(columns[label]) == 0:
        raise unusable(name, "there are no samples", "Check that the file is the right one.")
    if texts := [one for one, values in features.items() if values.dtype.kind not in "biuf"]:
        raise ConfigError(
            f"the data {name} have columns that are no numbers: {_listed(texts)}",
            hint="Make numbers of them, in the same way at every participant, or leave them out: "
            "drop=…",
        )
    wide = [np.atleast_2d(values.T).T for values in features.values()]
    return make_dataset(np.concatenate(wide, axis=1), columns[label], name, choices)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:10])
    return shown if len(names) <= 10 else f"{shown} and {len(names) - 10} more"
