"""Whatever framework a model is of."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.interop.arrays import Arrays
from fedsol.interop.keras import keras_parameters, load_into_keras
from fedsol.interop.pytorch import load_into_torch, torch_parameters


def parameters_of(model: Any) -> Arrays:
    """The parameters of a PyTorch module or a Keras model.

    Raises:
        ConfigError: it is neither, or as ``torch_parameters`` and ``keras_parameters``.
    """
    return keras_parameters(model) if _is_keras(model) else torch_parameters(model)


def load_into(model: Any, values: NDArray[Any] | Mapping[str, NDArray[Any]]) -> None:
    """Puts a vector (float[d]) or named arrays into a PyTorch module or a Keras model, in place.

    Raises:
        ArchitectureMismatch: names, shapes or the vector's length differ.
        NotFinite: a value is NaN or infinite.
        ConfigError: as :func:`parameters_of`.
    """
    (load_into_keras if _is_keras(model) else load_into_torch)(model, values)


def _is_keras(model: Any) -> bool:
    if hasattr(model, "state_dict"):
        return False
    if hasattr(model, "weights") and hasattr(model, "built"):
        return True
    raise ConfigError(
        f"a {type(model).__name__} is neither a PyTorch module nor a Keras model",
        hint="Give its parameters as a dictionary of NumPy arrays.",
    )
