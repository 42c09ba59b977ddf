"""PyTorch modules and state dicts."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.interop.arrays import Arrays, fitting, in_order


def torch_parameters(source: Any) -> Arrays:
    """The floating-point entries of a module or of its state dict: copies, sorted by name.

    Running means of a batch norm are among them; integers are not, and stay with the module.

    Raises:
        ConfigError: PyTorch is missing, or there are no parameters, or complex ones.
    """
    torch = need("torch", "torch")
    state = _state(source)
    if odd := [name for name, tensor in state.items() if tensor.is_complex()]:
        raise ConfigError(
            f"{odd[0]} is complex", hint="Keep its real and imaginary part as two parameters."
        )
    floats = {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}
    return in_order({name: _numpy(torch, tensor) for name, tensor in floats.items()})


def load_into_torch(source: Any, values: NDArray[Any] | Mapping[str, NDArray[Any]]) -> None:
    """Puts a vector (float[d]) or named arrays into a module or state dict, in place.

    Raises:
        ArchitectureMismatch, NotFinite: as ``fitting``; nothing has been changed then.
        ConfigError: as :func:`torch_parameters`.
    """
    torch = need("torch", "torch")
    arrays = fitting(values, torch_parameters(source))
    state = _state(source)
    with torch.no_grad():
        for name, array in arrays.items():
            # By float32 where NumPy's type is not PyTorch's; a copy, as an array may be read-only.
            plain = array.astype(np.float32) if array.dtype.name == "bfloat16" else array.copy()
            state[name].copy_(torch.from_numpy(plain))


def _state(source: Any) -> Mapping[str, Any]:
    state: Mapping[str, Any] = source.state_dict() if hasattr(source, "state_dict") else source
    return state


def _numpy(torch: Any, tensor: Any) -> NDArray[Any]:
    plain = tensor.detach().cpu()
    if tensor.dtype == torch.bfloat16:
        return np.asarray(plain.float().numpy(), "bfloat16")
    return np.array(plain.numpy())
