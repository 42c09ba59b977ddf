"""A model's parameters as named NumPy arrays: what every framework can give and take.

Only floating-point values are parameters. Counters and other integers that a framework keeps
beside them (``num_batches_tracked`` of a batch norm) have no mean: they stay where they are.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from fedsol.errors import ArchitectureMismatch, ConfigError, NotFinite
from fedsol.files import write_atomic
from fedsol.learning.parameters import spec_of, unflatten

Arrays = dict[str, NDArray[Any]]
"""Floating-point arrays by name, sorted by it: the order of ``learning.parameters.flatten``."""

# The fourth comes with JAX, which makes it known to NumPy.
DTYPES = {"F16": "float16", "F32": "float32", "F64": "float64", "BF16": "bfloat16"}
"""Types of parameters, by the names that safetensors has for them."""


def in_order(found: Mapping[str, NDArray[Any]]) -> Arrays:
    """The same arrays, sorted by name.

    Raises:
        ConfigError: there is none, or one is of no type that a parameter may have.
    """
    if not found:
        raise ConfigError("the model has no parameters", hint="Build it before it is read.")
    for name, array in found.items():
        if array.dtype.name not in DTYPES.values():
            raise ConfigError(
                f"{name} is of type {array.dtype.name}",
                hint=f"Parameters are of type {', '.join(DTYPES.values())}.",
            )
    return {name: np.asarray(found[name]) for name in sorted(found)}


def fitting(values: NDArray[Any] | Mapping[str, NDArray[Any]], like: Arrays) -> Arrays:
    """A vector (float[d]) or named arrays, with the names, shapes and types of ``like``.

    Raises:
        ArchitectureMismatch: names, shapes or the vector's length differ.
        NotFinite: a value is NaN or infinite.
    """
    if isinstance(values, Mapping):
        _require_same(values, like)
        arrays = {k: np.asarray(values[k]).astype(v.dtype, copy=False) for k, v in like.items()}
    else:
        arrays = unflatten(np.asarray(values), spec_of(like))
    if bad := [k for k, array in arrays.items() if not np.isfinite(array).all()]:
        raise NotFinite(f"{bad[0]} holds NaN or infinity")
    return arrays


def save_arrays(path: Path | str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes parameters as a safetensors file; the same values give the same bytes.

    Raises:
        ConfigError: as :func:`in_order`.
    """
    kinds = {name: kind for kind, name in DTYPES.items()}
    entries, parts, end = {}, [], 0
    for name, array in in_order(arrays).items():
        parts.append(np.ascontiguousarray(array).tobytes())
        start, end = end, end + array.nbytes
        kind = kinds[array.dtype.name]
        entries[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [start, end]}
    # Not by the package, whose order of names, and way to be told of them, differ by its version.
    header = json.dumps(entries, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    write_atomic(Path(path), b"".join([len(header).to_bytes(8, "little"), header, *parts]))


def load_arrays(path: Path | str) -> Arrays:
    """The parameters in a safetensors file, whoever wrote it; it cannot run anything.

    Raises:
        ConfigError: there is no such file, it is no safetensors file, or it holds no parameters.
    """
    try:
        tensors = deserialize(Path(path).read_bytes())  # type: ignore[no-untyped-call]
    except (OSError, SafetensorError) as error:
        raise ConfigError(
            f"the parameters {path} cannot be read: {error}", hint="It must be a safetensors file."
        ) from error
    return in_order(
        {
            name: np.frombuffer(tensor["data"], DTYPES[tensor["dtype"]]).reshape(tensor["shape"])
            for name, tensor in tensors
            if tensor["dtype"] in DTYPES
        }
    )


def _require_same(values: Mapping[str, NDArray[Any]], like: Arrays) -> None:
    missing, unknown = sorted(like.keys() - values.keys()), sorted(values.keys() - like.keys())
    if missing or unknown:
        raise ArchitectureMismatch(
            f"parameters are missing: {', '.join(missing) or 'none'}; "
            f"and unknown: {', '.join(unknown) or 'none'}"
        )
    for name, array in like.items():
        if (shape := np.shape(values[name])) != array.shape:
            raise ArchitectureMismatch(f"{name} is of shape {array.shape}, not {shape}")
