"""Keras 3 models, on any of its backends.

Keras numbers the layers of a process (``dense_7``), so that two processes give one model two sets of
names. A weight is named here by its place in the model and by its own name: ``0003/kernel``.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.interop.arrays import DTYPES, Arrays, fitting, in_order


def keras_parameters(model: Any) -> Arrays:
    """The floating-point weights of a model: copies, sorted by name.

    Moving means of a batch norm are among them; seeds of a dropout are not.

    Raises:
        ConfigError: Keras is missing, or the model is not built or has no weights.
    """
    read, found = need("keras", "keras").ops.convert_to_numpy, _variables(model)
    return in_order({name: np.array(read(variable.value)) for name, variable in found.items()})


def load_into_keras(model: Any, values: NDArray[Any] | Mapping[str, NDArray[Any]]) -> None:
    """Puts a vector (float[d]) or named arrays into a model, in place.

    Raises:
        ArchitectureMismatch, NotFinite: as ``fitting``; nothing has been changed then.
        ConfigError: as :func:`keras_parameters`.
    """
    variables = _variables(model)
    for name, array in fitting(values, keras_parameters(model)).items():
        variables[name].assign(array)


def _variables(model: Any) -> dict[str, Any]:
    if not model.built:
        raise ConfigError(
            f"the Keras model {model.name} is not built",
            hint="Give its first layer a shape, or call model.build(input_shape).",
        )
    return {
        f"{place:04d}/{variable.name}": variable
        for place, variable in enumerate(model.weights)
        if str(variable.dtype) in DTYPES.values()
    }
