"""IDX files, plain or gzipped: the form of MNIST and its like (LeCun, Cortes and Burges).

Two zero bytes, a type, the number of dimensions, their sizes (big-endian uint32), then the values.
"""

import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning import Dataset
from fedsol.loading.checks import existing, make_dataset, require_size
from fedsol.loading.choices import Choices

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_PARTS = {False: "train", True: "t10k"}
_WHITE = 255.0
_DEFLATE = 1_032  # the most that a byte of a gzipped file becomes


def read_idx(path: Path | str) -> NDArray[Any]:
    """The array in an IDX file; its name ends in ``.gz`` if it is gzipped.

    No more is decompressed than the header says there is.

    Raises:
        ConfigError: there is no such file, it is no IDX file, or it is too short or too long.
    """
    path = Path(path)
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(existing(path), "rb") as file:
            dtype, shape = _header(path, file)
            size = math.prod(shape) * dtype.itemsize
            require_size(path, size)
            if size > path.stat().st_size * (_DEFLATE if opened is gzip.open else 1):
                raise _wrong(path, f"its header announces {size:,} bytes, too many for the file")
            content = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(f"the data {path} cannot be read: {error}", hint=_HINT) from error
    if len(content) != size:
        what = "ends early" if len(content) < size else "goes on behind its end"
        raise _wrong(path, f"it {what}: its header announces {size:,} bytes of values")
    return np.frombuffer(content, dtype).reshape(shape)


def read_idx_folder(folder: Path, choices: Choices) -> Dataset:
    """The training or test data of a folder with the usual four files, gzipped or not.

    Samples of bytes are scaled to 0..1.

    Raises:
        ConfigError: a file is missing or unreadable.
        LearningError: there is not one label for each sample.
    """
    part = _PARTS[choices.held_out]
    samples = read_idx(_one_of(folder, f"{part}-images-idx3-ubyte"))
    labels = read_idx(_one_of(folder, f"{part}-labels-idx1-ubyte"))
    x = samples.astype(np.float32)
    if samples.dtype.itemsize == 1:
        x /= np.float32(_WHITE)
    return make_dataset(x, labels, folder.name, choices)


def is_idx_folder(folder: Path) -> bool:
    """Whether the folder holds files as MNIST's are named."""
    return any(True for _ in folder.glob("*-idx[13]-ubyte*"))


def _header(path: Path, file: Any) -> tuple[np.dtype[Any], tuple[int, ...]]:
    start = file.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in _TYPES or not start[3]:
        raise _wrong(path, f"it begins with {start.hex(' ') or 'nothing'}")
    sizes = file.read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise _wrong(path, "it ends in its header")
    return np.dtype(_TYPES[start[2]]), tuple(np.frombuffer(sizes, ">u4").tolist())


def _one_of(folder: Path, name: str) -> Path:
    # Some copies of MNIST have a dot where others have a dash.
    names = [name, name.replace("-idx", ".idx")]
    for path in (folder / f"{one}{end}" for one in names for end in ("", ".gz")):
        if path.exists():
            return path
    raise ConfigError(
        f"the data {folder} cannot be read: {name} is missing",
        hint="A folder of IDX files holds train- and t10k-images-idx3-ubyte and -labels-idx1-ubyte.",
    )


_HINT = "Fetch the file again; it must be an IDX file, and gzipped if it is named .gz."


def _wrong(path: Path, what: str) -> ConfigError:
    return ConfigError(f"the data {path} are no IDX file: {what}", hint=_HINT)
