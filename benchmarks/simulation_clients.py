"""The clients that the simulations are measured with: the same bytes for us and for a peer."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fedsol.learning import Dataset, Model, model
from fedsol.simulation import LocalTraining

SIDE, CLASSES, TEST = 28, 10, 2_000
_NOISE = 3.0


@dataclass(frozen=True)
class Crowd:
    """So many clients, each with as many images; ``kind`` is ``logreg`` or ``cnn``."""

    kind: str
    clients: int
    samples: int = 60

    @property
    def model(self) -> Model:
        """Logistic regression of 7,850 parameters, or a small convolutional net."""
        if self.kind == "logreg":
            return model("logreg", features=SIDE * SIDE, classes=CLASSES)
        return model("cnn", side=SIDE, classes=CLASSES, filters=(8, 16))

    @property
    def local(self) -> LocalTraining:
        """One epoch in batches of ten."""
        return LocalTraining(learning_rate=0.02, batch_size=10)

    def shares(self) -> list[np.ndarray]:
        """Whose are which images."""
        return list(np.arange(self.clients * self.samples).reshape(self.clients, self.samples))

    def data(self) -> tuple[Dataset, Dataset]:
        """All clients' images and some to test with: ten blurred patterns under noise."""
        return _images(self.clients * self.samples)


@lru_cache(maxsize=2)
def _images(count: int) -> tuple[Dataset, Dataset]:
    random = np.random.default_rng(0)
    coarse = random.normal(size=(CLASSES, 7, 7))
    patterns = np.kron(coarse, np.ones((4, 4))).reshape(CLASSES, -1)

    def draw(size: int) -> Dataset:
        y = random.integers(0, CLASSES, size).astype(np.int32)
        x = patterns[y] + random.normal(0, _NOISE, (size, SIDE * SIDE))
        return Dataset(x.astype(np.float32), y, CLASSES, "patterns")

    test = draw(TEST)
    return draw(count), test
