"""Handwritten digits in three hands, and logistic regression on them: what the apps share."""

import os
from typing import Any

import numpy as np
from flwr.app import Array, ArrayRecord
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

PARTITIONS = 3
MODEL_FILE = "MODEL_FILE"
CLASSES = np.arange(10)
FEATURES = 64


def load_partition(partition: int) -> tuple[NDArray[np.float64], ...]:
    """One client's samples: x_train, x_test, y_train, y_test."""
    x, y = load_digits(return_X_y=True)
    mine = slice(partition, None, PARTITIONS)
    parts = train_test_split(x[mine] / 16.0, y[mine], test_size=0.2, random_state=0)
    return tuple(parts)


def initial_arrays() -> ArrayRecord:
    """A model that knows nothing."""
    return ArrayRecord([np.zeros((CLASSES.size, FEATURES)), np.zeros(CLASSES.size)])


def classifier(arrays: ArrayRecord) -> SGDClassifier:
    """Logistic regression with the given parameters."""
    model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=0.05, random_state=0)
    model.classes_ = CLASSES
    model.coef_, model.intercept_ = arrays.to_numpy_ndarrays()
    return model


def fit(arrays: ArrayRecord, partition: int) -> tuple[ArrayRecord, int]:
    """Three epochs on a client's own samples: parameters, number of samples."""
    x, _, y, _ = load_partition(partition)
    model = classifier(arrays)
    for _ in range(3):
        model.partial_fit(x, y, classes=CLASSES)
    return ArrayRecord([model.coef_, model.intercept_]), len(x)


def score(arrays: ArrayRecord, partition: int) -> tuple[float, float, int]:
    """Loss and accuracy on samples that the client did not train on, and their number."""
    _, x, _, y = load_partition(partition)
    model = classifier(arrays)
    loss = log_loss(y, model.predict_proba(x), labels=CLASSES)
    return float(loss), float(model.score(x, y)), len(x)


def save(arrays: ArrayRecord) -> None:
    """Keeps the final model where the environment's MODEL_FILE says, or here."""
    named: dict[str, Any] = {name: array.numpy() for name, array in arrays.items()}
    np.savez(os.environ.get(MODEL_FILE, "digits.npz"), **named)


def saved() -> ArrayRecord:
    """What was saved last."""
    with np.load(os.environ.get(MODEL_FILE, "digits.npz")) as file:
        return ArrayRecord({name: Array(file[name]) for name in file.files})
