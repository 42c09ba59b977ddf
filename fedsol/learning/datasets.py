"""Small real data sets that need no download: those that come with scikit-learn."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError

DATASETS = ("breast_cancer", "digits", "iris", "wine")
"""Names that :func:`load` knows."""
_DIGITS_MAX = 16.0  # the digits' pixels are counts of 0..16


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples ``x`` (float32[n, features]) and their labels ``y`` (int32[n], below ``classes``)."""

    x: NDArray[np.float32]
    y: NDArray[np.int32]
    classes: int
    name: str

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise LearningError(f"{self.name}: {len(self.x)} samples, {len(self.y)} labels")

    def __len__(self) -> int:
        return len(self.y)

    @property
    def features(self) -> int:
        """Number of values of one sample."""
        return int(np.prod(self.x.shape[1:]))

    def take(self, indices: NDArray[np.integer[Any]]) -> "Dataset":
        """The samples at these indices, in their order."""
        return Dataset(self.x[indices], self.y[indices], self.classes, self.name)


def load(name: str, *, test_fraction: float = 0.2, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Training and test data, shuffled and split by ``seed``: the same on every machine.

    Pixels are scaled to 0..1; other features to mean 0 and deviation 1 over the training data.

    Raises:
        ConfigError: no such data set, or a fraction that is not between 0 and 1.
    """
    if name not in DATASETS:
        raise ConfigError(f"no data set {name!r}", hint=f"There are {', '.join(DATASETS)}.")
    if not 0 < test_fraction < 1:
        raise ConfigError(f"a test fraction lies between 0 and 1, not at {test_fraction}")
    x, y = _read(name)
    order = np.random.default_rng(seed).permutation(len(y))
    held_out = max(1, round(test_fraction * len(y)))
    test, train = order[:held_out], order[held_out:]
    if name == "digits":
        x = x / _DIGITS_MAX
    else:
        deviation = x[train].std(axis=0)
        x = (x - x[train].mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    whole = Dataset(x.astype(np.float32), y.astype(np.int32), int(y.max()) + 1, name)
    return whole.take(train), whole.take(test)


def _read(name: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    # Late: scikit-learn takes a second to import, and only these data sets need it.
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return np.asarray(x, np.float64), np.asarray(y, np.int64)
