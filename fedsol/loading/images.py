"""Folders of images, one sub-folder for each class, by Pillow."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.learning import Dataset
from fedsol.loading.checks import existing, make_dataset, require_size
from fedsol.loading.choices import Choices

# What Pillow would open as well (EPS, …) may start other programs.
_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
_PARTS = {False: "train", True: "test"}
_WHITE = 255.0


def read_image_folder(folder: Path, choices: Choices) -> Dataset:
    """The images in a folder's sub-folders, which are named for their classes, scaled to 0..1.

    Sub-folders ``train`` and ``test`` are the two parts. Every image becomes ``height`` x ``width``
    x 3 values, without the 3 if ``gray``; without ``size`` all must be of the first one's.

    Raises:
        ConfigError: Pillow is missing, there are no images, or one cannot be read or differs.
        LearningError: as ``make_dataset``.
    """
    parts = {held_out: existing(folder) / part for held_out, part in _PARTS.items()}
    both = all(path.is_dir() for path in parts.values())
    root = parts[choices.held_out] if both else folder
    found = [
        (path, kind.name)
        for kind in sorted(path for path in root.iterdir() if path.is_dir())
        for path in sorted(kind.iterdir())
        if path.suffix.lower() in _SUFFIXES
    ]
    if not found:
        raise ConfigError(
            f"the data {root} cannot be read: no images in its sub-folders",
            hint="Make a sub-folder for each class, with its images in it.",
        )
    x = _read_all(choices, [path for path, _ in found])
    names = [name for _, name in found]
    return make_dataset(x, names, folder.name, choices)


def pixels(image: Any, choices: Choices) -> NDArray[np.float32]:
    """A Pillow image as float32[height, width, 3], or [height, width] if ``gray``; 0..1."""
    image = image.convert("L" if choices.gray else "RGB")
    if choices.size is not None and image.size != choices.size:
        image = image.resize(choices.size, need("PIL.Image", "images").Resampling.BILINEAR)
    return np.asarray(image, np.float32) / np.float32(_WHITE)


def _read_all(choices: Choices, paths: list[Path]) -> NDArray[np.float32]:
    first = _read(choices, paths[0])
    require_size(paths[0].parent.parent, len(paths) * first.nbytes)
    x = np.empty((len(paths), *first.shape), np.float32)
    for i, path in enumerate(paths):
        one = _read(choices, path)
        if one.shape != first.shape:
            raise ConfigError(
                f"the images {paths[0]} and {path} differ in size",
                hint="Say which size all shall have: size=28x28.",
            )
        x[i] = one
    return x


def _read(choices: Choices, path: Path) -> NDArray[np.float32]:
    pillow = need("PIL.Image", "images")
    bomb = pillow.DecompressionBombWarning
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", bomb)
            with pillow.open(path, formats=_FORMATS) as image:
                return pixels(image, choices)
    # SyntaxError is what Pillow says of a broken PNG file.
    except (OSError, ValueError, SyntaxError, bomb, pillow.DecompressionBombError) as error:
        raise ConfigError(f"the image {path} cannot be read: {error}") from error
