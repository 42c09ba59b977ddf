"""A model's parameters as one vector, and the hash of their architecture.

The order is that of the sorted key paths of the parameter tree. A key path is the tree's keys
joined by ``/`` (``dense_0/bias``), sorted by its parts: names as text, positions in sequences as
numbers.
"""

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ArchitectureMismatch

Params = Any
"""A pytree of arrays: dictionaries, sequences or dataclasses that JAX knows."""


@dataclass(frozen=True)
class ParameterSpec:
    """Key paths, shapes and dtypes of a parameter tree in the vector's order, and its structure."""

    paths: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    dtypes: tuple[str, ...]
    treedef: Any
    order: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of parameters: the vector's length."""
        return sum(math.prod(shape) for shape in self.shapes)


def spec_of(params: Params) -> ParameterSpec:
    """The specification of a parameter tree; its leaves need only ``shape`` and ``dtype``."""
    leaves, treedef = jax.tree_util.tree_flatten_with_path(params)
    keys = [tuple(_part(key) for key in path) for path, _ in leaves]
    order = tuple(sorted(range(len(keys)), key=lambda i: keys[i]))
    arrays = [leaves[i][1] for i in order]
    return ParameterSpec(
        paths=tuple("/".join(str(part[-1]) for part in keys[i]) for i in order),
        shapes=tuple(tuple(int(n) for n in array.shape) for array in arrays),
        dtypes=tuple(np.dtype(array.dtype).name for array in arrays),
        treedef=treedef,
        order=order,
    )


def flatten(params: Params) -> tuple[NDArray[np.float32], ParameterSpec]:
    """One float32 vector of all parameters, and the specification to undo it."""
    spec = spec_of(params)
    leaves = jax.tree_util.tree_leaves(params)
    parts = [np.asarray(leaves[i], np.float32).reshape(-1) for i in spec.order]
    return np.concatenate(parts) if parts else np.empty(0, np.float32), spec


def unflatten(vector: NDArray[np.floating[Any]], spec: ParameterSpec) -> Params:
    """The parameter tree (NumPy arrays of the specified dtypes) of a vector (float[d]).

    Raises:
        ArchitectureMismatch: the vector does not have the specification's length.
    """
    if vector.shape != (spec.size,):
        raise ArchitectureMismatch(f"{spec.size} parameters are needed, not {vector.shape}")
    leaves: list[Any] = [None] * len(spec.order)
    start = 0
    for i, shape, dtype in zip(spec.order, spec.shapes, spec.dtypes, strict=True):
        stop = start + math.prod(shape)
        leaves[i] = vector[start:stop].reshape(shape).astype(dtype)
        start = stop
    return jax.tree_util.tree_unflatten(spec.treedef, leaves)


def architecture_hash(
    name: str, shapes: dict[str, tuple[int, ...]], dtypes: dict[str, str]
) -> bytes:
    """SHA-256 (32 bytes) of an architecture's canonical JSON.

    ``name`` is the model's canonical specification, ``shapes`` and ``dtypes`` are by key path. The
    JSON is ``{"model": name, "parameters": [[path, dtype, shape], …]}``, by sorted path, in UTF-8,
    without spaces.

    Raises:
        ArchitectureMismatch: ``shapes`` and ``dtypes`` name different parameters.
    """
    if shapes.keys() != dtypes.keys():
        raise ArchitectureMismatch("shapes and dtypes do not name the same parameters")
    entries = [[path, dtypes[path], list(shapes[path])] for path in sorted(shapes)]
    document = {"model": name, "parameters": entries}
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def architecture_of(name: str, params: Params) -> bytes:
    """:func:`architecture_hash` of a parameter tree."""
    spec = spec_of(params)
    shapes = dict(zip(spec.paths, spec.shapes, strict=True))
    return architecture_hash(name, shapes, dict(zip(spec.paths, spec.dtypes, strict=True)))


def require_architecture(expected: bytes, name: str, params: Params) -> None:
    """Refuse parameters that are not of the expected architecture.

    Raises:
        ArchitectureMismatch: with both hashes.
    """
    found = architecture_of(name, params)
    if found != expected:
        raise ArchitectureMismatch(
            f"model {name} has the architecture {found.hex()}, not {expected.hex()}"
        )


def _part(key: Any) -> tuple[int, int, str] | tuple[int, str]:
    """A key that sorts positions by number, names by text, and never compares the two."""
    if isinstance(key, jax.tree_util.SequenceKey):
        return (0, key.idx, str(key.idx))
    if isinstance(key, jax.tree_util.GetAttrKey):
        return (1, key.name)
    return (1, str(getattr(key, "key", key)))
