"""CSV files: numbers with commas, semicolons or tabs between them, and one column of labels."""

import csv
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning import Dataset
from fedsol.loading.checks import existing, require_size
from fedsol.loading.choices import Choices
from fedsol.loading.tables import table_dataset

_DELIMITERS = ",;\t"


def read_csv(path: Path, choices: Choices) -> Dataset:
    """The data of a CSV file in UTF-8; columns without names are ``0``, ``1``, …

    The first line names the columns if none of its cells is a number, unless ``header`` says.

    Raises:
        ConfigError: there is no such file, it is empty, lines differ in length, a column that is
            not the labels' holds text, or there is no such column as was chosen.
        LearningError: as ``make_dataset``; an empty cell is a missing value.
    """
    require_size(path, existing(path).stat().st_size)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the data {path} cannot be read: {error}") from error
    if not first.strip():
        raise ConfigError(f"the data {path} cannot be read: the file is empty")
    delimiter = max(_DELIMITERS, key=first.count)
    cells = next(csv.reader([first], delimiter=delimiter))
    header = choices.header
    if header is None:
        header = not any(_is_number(cell) for cell in cells)
    names = [cell.strip() for cell in cells] if header else [str(i) for i in range(len(cells))]
    if len(set(names)) != len(names):
        raise ConfigError(f"the data {path} cannot be read: two columns have the same name")
    columns = _columns(path, delimiter, len(names), skip=int(header))
    return table_dataset(dict(zip(names, columns, strict=True)), path.stem, choices)


def _columns(path: Path, delimiter: str, count: int, skip: int) -> list[NDArray[Any]]:
    try:
        # In C: a hundred times as fast as what has to be done for text and missing values.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "loadtxt: input contained no data")
            values = np.loadtxt(
                path,
                delimiter=delimiter,
                skiprows=skip,
                comments=None,
                quotechar='"',
                ndmin=2,
                encoding="utf-8-sig",
            )
    except ValueError:
        return _mixed_columns(path, delimiter, count, skip)
    if values.size == 0:
        return [np.empty(0)] * count
    if values.shape[1] != count:
        raise _ragged(path, skip + 1, values.shape[1], count)
    return list(values.T)


def _mixed_columns(path: Path, delimiter: str, count: int, skip: int) -> list[NDArray[Any]]:
    rows: list[list[str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file, delimiter=delimiter), start=1):
                if number <= skip or not row:
                    continue
                if len(row) != count:
                    raise _ragged(path, number, len(row), count)
                rows.append(row)
    except (csv.Error, UnicodeDecodeError) as error:
        raise ConfigError(f"the data {path} cannot be read: {error}") from error
    return [_column(texts) for texts in zip(*rows, strict=True)] or [np.empty(0)] * count


def _column(texts: tuple[str, ...]) -> NDArray[Any]:
    try:
        return np.array([float(text) if text.strip() else np.nan for text in texts])
    except ValueError:
        return np.array([text.strip() for text in texts])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _ragged(path: Path, number: int, found: int, count: int) -> ConfigError:
    return ConfigError(
        f"the data {path} cannot be read: line {number} has {found} cells, the first has {count}",
        hint="Every line needs the same number of cells.",
    )
