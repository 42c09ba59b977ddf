"""Data by name or path: the form is seen from the name, and nothing in a file is ever run."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fedsol.errors import ConfigError
from fedsol.learning import Dataset, load
from fedsol.learning.datasets import DATASETS
from fedsol.loading.choices import Choices, parse_choices
from fedsol.loading.csv_files import read_csv
from fedsol.loading.fashion import fashion_mnist_part
from fedsol.loading.hugging_face import is_saved, read_hugging_face
from fedsol.loading.idx import is_idx_folder, read_idx_folder
from fedsol.loading.images import read_image_folder
from fedsol.loading.npz import read_npz
from fedsol.loading.parquet import read_parquet

NAMES = (*DATASETS, "fashion_mnist")
"""Data sets that are known by name."""
_READERS: dict[str, Callable[[Path, Choices], Dataset]] = {
    ".npz": read_npz,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".parquet": read_parquet,
}
_HUB = "hf:"


def load_data(
    source: str | Path,
    *,
    label: str | None = None,
    classes: int | Sequence[str] | None = None,
    header: bool | None = None,
    drop: Sequence[str] = (),
    size: tuple[int, int] | None = None,
    gray: bool = False,
    split: str | None = None,
    held_out: bool = False,
    allow_one_class: bool = False,
) -> Dataset:
    """The data of a name, a file or a folder; samples as float32[n, features].

    A name is one of ``NAMES``. A file is NPZ, CSV, TSV or Parquet. A folder holds the four IDX
    files, a sub-folder of images for each class, or what ``datasets`` saved. ``hf:NAME`` is a data
    set of the Hugging Face hub. The rest is described at :class:`~fedsol.loading.choices.Choices`,
    and may be written behind a question mark as well: ``patients.csv?label=outcome``.

    Raises:
        ConfigError: there is no such data, or they are not of the form that their name promises.
        LearningError: they are no data set: no samples, not one label for each, missing values,
            labels that are no classes, or only one class.
    """
    text, written = _parts(str(source))
    names = tuple(classes) if classes is not None and not isinstance(classes, int) else classes
    chosen = Choices(
        label, names, header, tuple(drop), size, gray, split, held_out, allow_one_class
    )
    return _read(text, replace(chosen, **written))


def has_held_out(source: str | Path) -> bool:
    """Whether a source comes with test data of its own: a known name, or a folder with both parts."""
    text, _ = _parts(str(source))
    folder = Path(text).expanduser()
    both = all((folder / part).is_dir() for part in ("train", "test"))
    return text in NAMES or both or (folder.is_dir() and is_idx_folder(folder))


def _parts(text: str) -> tuple[str, dict[str, Any]]:
    """What names the data, and the choices that are written behind it."""
    name, mark, choices = text.partition("?")
    if not mark or Path(text).expanduser().exists():
        return text, {}
    return name, parse_choices(choices)


def _read(text: str, choices: Choices) -> Dataset:
    if text in DATASETS:
        return load(text)[int(choices.held_out)]
    if text == "fashion_mnist":
        return fashion_mnist_part(choices.held_out)
    if text.startswith(_HUB):
        return read_hugging_face(text.removeprefix(_HUB), choices)
    path = Path(text).expanduser()
    if path.suffix.lower() in _READERS:
        return _READERS[path.suffix.lower()](path, choices)
    if path.is_dir():
        return _read_folder(path, choices)
    if path.exists() or len(path.parts) > 1:
        raise ConfigError(
            f"the data {text} cannot be read: " + _why_not(path),
            hint=f"Files end in {', '.join(_READERS)}; or give a folder of IDX files or images.",
        )
    raise ConfigError(
        f"no data set {text!r}", hint=f"There are {', '.join(NAMES)}, or give a path."
    )


def _read_folder(folder: Path, choices: Choices) -> Dataset:
    if is_saved(folder):
        return read_hugging_face(str(folder), choices)
    if is_idx_folder(folder):
        return read_idx_folder(folder, choices)
    return read_image_folder(folder, choices)


def _why_not(path: Path) -> str:
    return "its form is not known" if path.exists() else "there is no such file"
