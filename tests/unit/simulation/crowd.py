"""A small crowd to simulate: iris flowers, shared unevenly."""

import numpy as np

from fedsol.learning import load, model
from fedsol.learning.partitioners import DirichletPartitioner
from fedsol.simulation import LocalTraining, Participation, Population, Settings

TRAIN, TEST = load("wine")
MODEL = model("logreg", features=13, classes=3)
LOCAL = LocalTraining("momentum", 0.05, epochs=2, batch_size=4)


def population(clients: int = 6) -> Population:
    """Shares of very different sizes."""
    divided = DirichletPartitioner(clients, alpha=0.5, min_partition_size=2, seed=3)
    return Population(TRAIN, tuple(divided.split(TRAIN.y)))


def settings(**changes: object) -> Settings:
    """Six clients, each round four of them."""
    given = {
        "model": MODEL,
        "population": population(),
        "local": LOCAL,
        "participation": Participation(4),
        "width": 2,
    }
    return Settings(**{**given, **changes})  # type: ignore[arg-type]


def same(left: object, right: object) -> bool:
    """Whether two arrays are equal, byte by byte."""
    return np.asarray(left).tobytes() == np.asarray(right).tobytes()
