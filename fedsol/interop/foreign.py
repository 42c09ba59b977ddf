"""A federation's model that JAX cannot train: its parameters are known here, and no more."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError
from fedsol.interop.arrays import Arrays, in_order
from fedsol.interop.frameworks import load_into, parameters_of

Train = Callable[[Arrays, int], Mapping[str, NDArray[Any]]]
"""Trains on one's own data: from a round's parameters and number to what was learnt."""


@dataclass(frozen=True, eq=False)
class _Titled:
    # What ``models.spec`` makes the model's canonical text of.
    title: str


class ForeignModel(_Titled):
    """A model by its title and the parameters that it starts from.

    Title, names, shapes and types make the architecture hash; the values do not. Float64 becomes
    float32: a federation's fixed-point numbers hold no more. A federation can be created with it
    and trained by ``ForeignTrainer``. Nobody can score what is learnt, as scoring evaluates with
    JAX.
    """

    name: ClassVar[str] = "foreign"
    start: Arrays

    def __init__(self, title: str, start: Mapping[str, NDArray[Any]]) -> None:
        """Raises ConfigError: a title of other than letters, digits, ``_`` and ``-``, or as
        ``in_order``."""
        if not re.fullmatch(r"[\w-]+", title, re.ASCII):
            raise ConfigError(
                f"{title!r} cannot be a model's title",
                hint="Letters, digits, _ and - may be in it.",
            )
        super().__init__(title)
        self.start = {name: _single(array) for name, array in in_order(start).items()}

    def init(self, key: Array) -> Arrays:
        """The parameters to start from, the same for every key."""
        del key
        return dict(self.start)

    def apply(self, params: Any, x: Array) -> NoReturn:
        """Raises LearningError: only its own framework can evaluate it."""
        raise LearningError(
            f"the model {self.title} cannot be evaluated with JAX",
            hint="Put its parameters into the framework's model (interop.load_into) and ask that.",
        )


def _single(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(np.float32) if array.dtype == np.float64 else array


@dataclass(frozen=True)
class ForeignTraining:
    """How a trainer trains a foreign model."""

    model: ForeignModel
    train: Train


def foreign_training(title: str, model: Any, fit: Callable[[Any, int], object]) -> ForeignTraining:
    """Training of a PyTorch module or a Keras model by ``fit(model, round_number)``.

    ``fit`` is the usual training loop: it trains the model in place on one's own data. The
    federation's parameters are put into the model before, and read from it afterwards.

    Raises:
        ConfigError: as ``parameters_of``.
    """

    def train(parameters: Arrays, number: int) -> Arrays:
        load_into(model, parameters)
        fit(model, number)
        return parameters_of(model)

    return ForeignTraining(ForeignModel(title, parameters_of(model)), train)
