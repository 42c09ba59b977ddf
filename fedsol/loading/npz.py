"""NPZ files with arrays ``x`` and ``y``: NumPy's own form, without pickles."""

import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning import Dataset
from fedsol.loading.checks import existing, make_dataset, require_size
from fedsol.loading.choices import Choices

_HEADER_BYTES = 10_000  # the longest that NumPy reads


def read_npz(path: Path, choices: Choices) -> Dataset:
    """The arrays ``x`` (numbers [n, …]) and ``y`` (whole numbers or names [n]) of an NPZ file.

    Raises:
        ConfigError: there is no such file, it has no such arrays, or they hold objects.
        LearningError: as ``make_dataset``.
    """
    try:
        with zipfile.ZipFile(existing(path)) as archive:
            x, y = (_array(path, archive, name) for name in ("x", "y"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ConfigError(
            f"the data {path} cannot be read: {error}",
            hint="It must be an npz file with arrays x (float32[n, features]) and y (int32[n]).",
        ) from error
    if x.dtype.kind not in "biuf":
        raise ConfigError(f"the data {path} cannot be read: x holds {x.dtype}, not numbers")
    return make_dataset(x, y, path.stem, choices)


def _array(path: Path, archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    entry = archive.getinfo(f"{name}.npy")
    with archive.open(entry) as file:
        shape, dtype = _header(file)
        size = math.prod(shape) * dtype.itemsize
        # A header of a few bytes must not make us ask for memory that no values are there for.
        if not dtype.hasobject and not 0 <= entry.file_size - size <= _HEADER_BYTES:
            raise ValueError(f"{name} announces {size:,} bytes and holds {entry.file_size:,}")
        require_size(path, size)
    with archive.open(entry) as file:
        # No pickles: a data file must not be able to run anything.
        return np.asarray(npy.read_array(file, allow_pickle=False))


def _header(file: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(file)
    return shape, dtype
