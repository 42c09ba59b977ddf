"""Updates and models as bytes: safetensors files with one integer vector in each.

The same values and metadata always give the same bytes, so that a hash of the bytes is a hash of
the values. The safetensors package writes its metadata in the order of a hash map, so the header
is written here; reading goes through the package, which checks every offset. An artifact whose
bytes are not the ones written here for its values is refused.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, deserialize

from fedsol.errors import ArchitectureMismatch, ArtifactCorrupt, ConfigError

FORMAT_VERSION = "1"

_OWN_PREFIX = "fedsol."
_MAX_HEADER_BYTES = 64 * 1024
_TENSOR = "values"


@dataclass(frozen=True)
class _Kind:
    name: str
    safetensors_type: str
    numpy_type: str


_UPDATE = _Kind("update", "I16", "<i2")
_MODEL = _Kind("model", "I32", "<i4")


@dataclass(frozen=True, eq=False)
class Vector:
    """What an artifact held: a vector that cannot be written to, and the metadata beside it."""

    values: npt.NDArray[Any]
    metadata: Mapping[str, str]


def encode_update(
    values: npt.NDArray[np.int16], metadata: Mapping[str, str] | None = None
) -> bytes:
    """An update's quantised differences as an artifact.

    Raises ``ConfigError`` when ``values`` is not a vector of ``int16`` with at least one value,
    or when the metadata does not fit the header.
    """
    return _encode(_UPDATE, values, metadata or {})


def encode_model(values: npt.NDArray[np.int32], metadata: Mapping[str, str] | None = None) -> bytes:
    """A model's fixed-point parameters as an artifact.

    Raises ``ConfigError`` when ``values`` is not a vector of ``int32`` with at least one value,
    or when the metadata does not fit the header.
    """
    return _encode(_MODEL, values, metadata or {})


def decode_update(data: bytes, *, size: int | None = None) -> Vector:
    """An artifact's update: a vector of ``int16``.

    Raises ``ArtifactCorrupt`` when the bytes are not what ``encode_update`` writes, and
    ``ArchitectureMismatch`` when the vector does not have ``size`` values.
    """
    return _decode(_UPDATE, data, size)


def decode_model(data: bytes, *, size: int | None = None) -> Vector:
    """An artifact's model: a vector of ``int32``.

    Raises ``ArtifactCorrupt`` when the bytes are not what ``encode_model`` writes, and
    ``ArchitectureMismatch`` when the vector does not have ``size`` values.
    """
    return _decode(_MODEL, data, size)


def _encode(kind: _Kind, values: npt.NDArray[Any], metadata: Mapping[str, str]) -> bytes:
    expected = np.dtype(kind.numpy_type)
    # Another byte order is only another way to hold the same values; another type is not.
    if values.dtype.newbyteorder("<") != expected or values.ndim != 1 or values.size == 0:
        raise ConfigError(
            f"{kind.name} values are a vector of {expected.name}, "
            f"not {values.dtype.name} of shape {values.shape}"
        )
    header = _header(kind, values.size, metadata)
    return header + np.ascontiguousarray(values, dtype=expected).tobytes()


def _header(kind: _Kind, size: int, metadata: Mapping[str, str]) -> bytes:
    if not all(isinstance(text, str) for pair in metadata.items() for text in pair):
        raise ConfigError("metadata must be text: str keys and str values")
    reserved = sorted(key for key in metadata if key.startswith(_OWN_PREFIX))
    if reserved:
        raise ConfigError(f"metadata keys that begin with {_OWN_PREFIX!r} are taken: {reserved}")
    own = {f"{_OWN_PREFIX}format": FORMAT_VERSION, f"{_OWN_PREFIX}kind": kind.name}
    bytes_per_value = np.dtype(kind.numpy_type).itemsize
    content = {
        "__metadata__": {**metadata, **own},
        _TENSOR: {
            "dtype": kind.safetensors_type,
            "shape": [size],
            "data_offsets": [0, size * bytes_per_value],
        },
    }
    try:
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        encoded = text.encode()
    except UnicodeEncodeError as error:
        raise ConfigError(f"metadata must be valid text: {error}") from error
    # Spaces up to a multiple of eight keep the values aligned, as the format asks.
    encoded += b" " * (-len(encoded) % 8)
    if len(encoded) > _MAX_HEADER_BYTES:
        raise ConfigError(f"metadata of {len(encoded):,} bytes; at most {_MAX_HEADER_BYTES:,}")
    return len(encoded).to_bytes(8, "little") + encoded


def _decode(kind: _Kind, data: bytes, size: int | None) -> Vector:
    metadata = _read_metadata(data)
    found = metadata.pop(f"{_OWN_PREFIX}kind", None)
    version = metadata.pop(f"{_OWN_PREFIX}format", None)
    if version != FORMAT_VERSION:
        raise ArtifactCorrupt(
            f"the artifact's format is {version!r}; this fedsol reads {FORMAT_VERSION!r}",
            hint="If the format is newer, upgrade fedsol; otherwise fetch another copy.",
        )
    if found != kind.name:
        raise ArtifactCorrupt(f"the artifact is of kind {found!r}, not {kind.name!r}")
    values = _read_values(kind, data)
    if _header(kind, values.size, metadata) + values.tobytes() != data:
        raise ArtifactCorrupt(
            "the artifact says the right values in other bytes than fedsol writes"
        )
    if size is not None and values.size != size:
        raise ArchitectureMismatch(
            f"the {kind.name} has {values.size:,} values; the federation's model has {size:,}"
        )
    return Vector(values, MappingProxyType(metadata))


def _read_metadata(data: bytes) -> dict[str, str]:
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or not 2 <= length <= min(_MAX_HEADER_BYTES, len(data) - 8):
        raise ArtifactCorrupt("the artifact is not a safetensors file")
    try:
        metadata = json.loads(data[8 : 8 + length]).get("__metadata__", {})
        if not all(isinstance(value, str) for value in metadata.values()):
            raise ArtifactCorrupt("the artifact's metadata is not text")
        return dict(metadata)
    # RecursionError: a header of brackets alone nests deeper than the parser goes.
    except (ValueError, AttributeError, RecursionError) as error:
        raise ArtifactCorrupt(f"the artifact's header is not readable: {error}") from error


def _read_values(kind: _Kind, data: bytes) -> npt.NDArray[Any]:
    try:
        tensors = dict(deserialize(data))  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise ArtifactCorrupt(f"the artifact is not a safetensors file: {error}") from error
    tensor = tensors.get(_TENSOR)
    if tensor is None or len(tensors) != 1:
        raise ArtifactCorrupt(f"the artifact holds {sorted(tensors)}, not one vector of values")
    if tensor["dtype"] != kind.safetensors_type or len(tensor["shape"]) != 1:
        raise ArtifactCorrupt(
            f"the artifact holds {tensor['dtype']} of shape {tensor['shape']}, "
            f"not a vector of {kind.safetensors_type}"
        )
    if tensor["shape"] == [0]:
        raise ArtifactCorrupt("the artifact holds no values")
    values = np.frombuffer(tensor["data"], dtype=kind.numpy_type)
    values.flags.writeable = False
    return values
