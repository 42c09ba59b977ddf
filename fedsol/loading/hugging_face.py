"""Hugging Face ``datasets``, and the partitions that ``flwr-datasets`` makes of them."""

import dataclasses
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.learning import Dataset
from fedsol.loading.checks import make_dataset
from fedsol.loading.choices import Choices
from fedsol.loading.images import pixels
from fedsol.loading.tables import label_column, table_dataset

_PARTS = {False: "train", True: "test"}


def read_hugging_face(source: str, choices: Choices) -> Dataset:
    """A data set of the Hugging Face hub by name, or what ``save_to_disk`` left in a folder.

    Raises:
        ConfigError: ``datasets`` is missing, or the hub, the data set or the part is not there.
        LearningError: as ``make_dataset``.
    """
    library = need("datasets", "datasets")
    split = choices.split or _PARTS[choices.held_out]
    saved = is_saved(Path(source))
    try:
        found = library.load_from_disk(source) if saved else library.load_dataset(source)
    # Offline, each version of the library raises something else.
    except (OSError, ValueError, RuntimeError) as error:
        raise ConfigError(
            f"the data set {source} cannot be loaded: {error}",
            hint="Check the name and the network; a folder that save_to_disk wrote needs none.",
        ) from error
    if hasattr(found, "keys"):
        if split not in found:
            raise ConfigError(
                f"the data set {source} has no part {split!r}",
                hint=f"The parts are {', '.join(found)}: split=…",
            )
        found = found[split]
    return from_hugging_face(found, Path(source).name, choices)


def is_saved(folder: Path) -> bool:
    """Whether ``save_to_disk`` wrote this folder."""
    return any((folder / name).is_file() for name in ("dataset_dict.json", "state.json"))


def flower_partition(federated: Any, number: int, **choices: Any) -> Dataset:
    """Partition ``number`` (from 0) of a ``FederatedDataset`` or of one of its partitioners.

    ``choices`` are those of ``load_data``. What a partition does not hold it cannot know: say
    ``classes``, unless the label column names its classes itself.

    Raises:
        ConfigError, LearningError: as :func:`read_hugging_face`.
    """
    found = federated.load_partition(number)
    chosen = dataclasses.replace(Choices(allow_one_class=True), **choices)
    return from_hugging_face(found, f"partition-{number}", chosen)


def from_hugging_face(found: Any, name: str, choices: Choices) -> Dataset:
    """A ``datasets.Dataset``: its images if there is a column of them, or else its numbers.

    Raises:
        ConfigError: a column holds neither numbers nor images, or there is no such column.
        LearningError: as ``make_dataset``.
    """
    kinds = {column: type(feature).__name__ for column, feature in found.features.items()}
    named = [column for column, kind in kinds.items() if kind == "ClassLabel"]
    if choices.label is None and len(named) == 1:
        choices = dataclasses.replace(choices, label=named[0])
    label = label_column(list(kinds), name, choices)
    if kinds[label] == "ClassLabel" and choices.classes is None:
        choices = dataclasses.replace(choices, classes=found.features[label].num_classes)
    images = [one for one, kind in kinds.items() if kind == "Image" and one not in choices.drop]
    if len(images) == 1:
        x = _stack([pixels(image, choices) for image in found[images[0]]], name)
        return make_dataset(x, np.asarray(found[label]), name, choices)
    plain = found.with_format("numpy")
    return table_dataset({one: _flat(plain[one][:]) for one in kinds}, name, choices)


def _flat(values: Any) -> NDArray[Any]:
    array = np.asarray(values)
    if array.dtype.kind == "O":
        # Numbers among which one is missing: it becomes NaN, which is refused by its place.
        with suppress(TypeError, ValueError):
            array = array.astype(np.float64)
    return array if array.ndim == 1 else array.reshape(len(array), -1)


def _stack(images: list[NDArray[np.float32]], name: str) -> NDArray[np.float32]:
    if len({image.shape for image in images}) > 1:
        raise ConfigError(
            f"the images of {name} differ in size",
            hint="Say which size all shall have: size=28x28.",
        )
    return np.stack(images) if images else np.empty((0, 0), np.float32)
