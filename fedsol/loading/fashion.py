"""Fashion-MNIST (Xiao, Rasul and Vollgraf 2017): 70,000 gray 28 x 28 pictures of ten garments."""

import os
from collections.abc import Iterator
from pathlib import Path

from fedsol.errors import ConfigError
from fedsol.learning import Dataset
from fedsol.loading.choices import Choices
from fedsol.loading.idx import is_idx_folder, read_idx_folder

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package ``dataset-fashion-mnist`` puts the files."""

CLASSES = 10


def fashion_mnist(folder: Path | str | None = None) -> tuple[Dataset, Dataset]:
    """Training and test data (float32[60000, 784] and [10000, 784], 0..1, ten classes).

    Looked for in ``folder``, or else in ``$FEDSOL_DATA/fashion-mnist`` and in Debian's folder.

    Raises:
        ConfigError: the files are not there, or as :func:`~fedsol.loading.idx.read_idx`.
    """
    return fashion_mnist_part(False, folder), fashion_mnist_part(True, folder)


def fashion_mnist_part(held_out: bool, folder: Path | str | None = None) -> Dataset:
    """The training or the test data alone; see :func:`fashion_mnist`."""
    places = [Path(folder).expanduser()] if folder is not None else list(_places())
    for place in places:
        if place.is_dir() and is_idx_folder(place):
            data = read_idx_folder(place, Choices(classes=CLASSES, held_out=held_out))
            return Dataset(data.x, data.y, data.classes, "fashion_mnist")
    raise ConfigError(
        f"Fashion-MNIST is not in {' or '.join(map(str, places))}",
        hint="apt-get install dataset-fashion-mnist, or put its four IDX files into a folder "
        "fashion-mnist and set FEDSOL_DATA to the folder that it is in.",
    )


def _places() -> Iterator[Path]:
    if own := os.environ.get("FEDSOL_DATA"):
        yield Path(own).expanduser() / "fashion-mnist"
    yield DEBIAN
