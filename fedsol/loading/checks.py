"""What every data set must hold, whatever it was read from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError
from fedsol.learning import Dataset
from fedsol.loading.choices import Choices

MOST_BYTES = 8 << 30
"""No file is read that says it holds more than this."""


def existing(path: Path) -> Path:
    """The path, if something is there.

    Raises:
        ConfigError: nothing is.
    """
    if not path.exists():
        raise ConfigError(
            f"the data {path} cannot be read: there is no such file",
            hint="Check the path; a relative one begins at the current folder.",
        )
    return path


def require_size(path: Path, size: int) -> None:
    """Refuses a file that says it holds more than ``MOST_BYTES`` bytes.

    Raises:
        ConfigError: it does.
    """
    if size > MOST_BYTES:
        raise ConfigError(
            f"the data {path} cannot be read: they say they are {size:,} bytes",
            hint=f"Divide them into files of at most {MOST_BYTES:,} bytes.",
        )


def make_dataset(
    x: NDArray[Any], labels: NDArray[Any] | Sequence[Any], name: str, choices: Choices
) -> Dataset:
    """A data set of samples (numbers [n, …]) and their labels (numbers or names [n]).

    Samples are flattened, row by row, to float32[n, features].

    Raises:
        LearningError: no samples, not one label for each, NaN or infinity, labels that are not
            whole numbers from 0 up or among the names given, or only one class.
        ConfigError: ``classes`` is less than two, or names one twice.
    """
    if x.ndim == 0 or len(x) != len(labels):
        samples = len(x) if x.ndim else "no"
        raise unusable(name, f"{samples} samples, {len(labels)} labels", "Give one for each.")
    if x.size == 0:
        raise unusable(name, "there are no samples", "Check that the file is the right one.")
    # A sum is finite if all are, but for overflow: the exact look is needed in that case only.
    with np.errstate(over="ignore", invalid="ignore"):
        flat = np.ascontiguousarray(x.reshape(len(x), -1), np.float32)
        suspicious = not np.isfinite(flat.sum())
    if suspicious and not (finite := np.isfinite(flat)).all():
        row, column = np.argwhere(~finite)[0]
        raise unusable(
            name,
            f"sample {row} (counted from 0) has a missing or infinite value at feature {column}",
            "Fill or remove missing values, in the same way at every participant.",
        )
    y, count = encode_labels(np.asarray(labels), name, choices.classes)
    if not choices.allow_one_class and (y == y[0]).all() and choices.classes is None:
        raise unusable(
            name,
            f"all {len(y)} samples are of one class",
            "Check the label column; if others hold the other classes, say how many: classes=…",
        )
    return Dataset(flat, y, count, name)


def encode_labels(
    labels: NDArray[Any], name: str, classes: int | tuple[str, ...] | None
) -> tuple[NDArray[np.int32], int]:
    """Labels as numbers (int32[n]), and how many classes there are.

    Whole numbers stay what they are. Names become their places in ``classes``, or in the sorted
    list of those found: participants who do not all hold every class must say ``classes``.

    Raises:
        LearningError, ConfigError: as :func:`make_dataset`.
    """
    if isinstance(classes, tuple) and len(set(classes)) != len(classes):
        raise ConfigError(f"a class is named twice: {', '.join(classes)}")
    if classes is not None and (classes if isinstance(classes, int) else len(classes)) < 2:
        raise ConfigError(f"there must be two classes at least, not {classes!r}")
    if labels.ndim != 1:
        raise unusable(name, f"labels of shape {labels.shape}", "Give one for each sample.")
    if labels.dtype.kind in "biuf" and not isinstance(classes, tuple):
        return _numbers(labels, name, classes)
    return _places(_texts(labels), name, classes)


def unusable(name: str, what: str, hint: str) -> LearningError:
    """An error that says which data cannot be used, why, and what to do."""
    return LearningError(f"the data {name} are not usable: {what}", hint=hint)


def _numbers(labels: NDArray[Any], name: str, classes: int | None) -> tuple[NDArray[np.int32], int]:
    whole = np.isfinite(labels) & (labels == np.floor(labels))
    if not whole.all() or labels.min() < 0 or labels.max() >= np.iinfo(np.int32).max:
        odd = labels[~whole][0] if not whole.all() else labels.min()
        raise unusable(
            name,
            f"{odd} is no label",
            "Labels are whole numbers from 0 up; others are given as names: classes=…",
        )
    count = int(labels.max()) + 1
    if classes is not None and count > classes:
        raise unusable(name, f"label {count - 1} of {classes} classes", "Labels begin at 0.")
    return labels.astype(np.int32), classes or count


def _texts(labels: NDArray[Any]) -> list[str]:
    if labels.dtype.kind == "f":
        return [str(int(value)) if value.is_integer() else str(value) for value in labels.tolist()]
    return ["" if value is None else str(value) for value in labels.tolist()]


def _places(
    labels: list[str], name: str, classes: int | tuple[str, ...] | None
) -> tuple[NDArray[np.int32], int]:
    found = sorted(set(labels))
    if "" in found:
        row = labels.index("")
        raise unusable(name, f"sample {row} (counted from 0) has no label", "Remove it.")
    if isinstance(classes, int) and len(found) != classes:
        raise unusable(
            name, f"{len(found)} of {classes} classes", "Name all of them, in order: classes=…"
        )
    names = classes if isinstance(classes, tuple) else found
    place = {text: i for i, text in enumerate(names)}
    if missing := [text for text in found if text not in place]:
        raise unusable(
            name,
            f"{missing[0]!r} is none of the classes {', '.join(names)}",
            "Correct the label, or name all classes.",
        )
    return np.array([place[text] for text in labels], np.int32), len(names)
