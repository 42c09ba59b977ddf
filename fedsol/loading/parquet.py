"""Parquet files, by pyarrow."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.learning import Dataset
from fedsol.loading.checks import existing, require_size
from fedsol.loading.choices import Choices
from fedsol.loading.tables import table_dataset

_VALUE_BYTES = 8


def read_parquet(path: Path, choices: Choices) -> Dataset:
    """The data of a Parquet file; a column may hold lists of one length.

    Raises:
        ConfigError: pyarrow is missing, there is no such file or column, or one holds text.
        LearningError: as ``make_dataset``; a null is a missing value.
    """
    arrow, parquet = need("pyarrow", "parquet"), need("pyarrow.parquet", "parquet")
    try:
        with parquet.ParquetFile(existing(path)) as file:
            # A column that repeats one value takes no room in the file, but does in memory.
            values = file.metadata.num_rows * file.metadata.num_columns
            groups = range(file.metadata.num_row_groups)
            packed = sum(file.metadata.row_group(i).total_byte_size for i in groups)
            require_size(path, max(values * _VALUE_BYTES, packed))
            table = file.read()
    except (arrow.ArrowException, OSError) as error:
        raise ConfigError(
            f"the data {path} cannot be read: {error}", hint="It must be a Parquet file."
        ) from error
    names = table.column_names
    return table_dataset({name: _values(arrow, table[name]) for name in names}, path.stem, choices)


def _values(arrow: Any, column: Any) -> NDArray[Any]:
    kind, types = column.type, arrow.types
    if types.is_dictionary(kind):
        kind = kind.value_type
        column = column.cast(kind)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _rows(arrow, column)
    if types.is_boolean(kind):
        column = column.cast(arrow.uint8())
    if types.is_string(kind) or types.is_large_string(kind):
        return np.array([text or "" for text in column.to_pylist()])
    # A null among whole numbers becomes NaN, which is refused by its place.
    return np.asarray(column.to_numpy())


def _rows(arrow: Any, column: Any) -> NDArray[Any]:
    """Lists as the rows of an array; text if they are not all of one length."""
    rows = column.to_pylist()
    if len({len(row) if row is not None else -1 for row in rows}) > 1:
        return np.array([str(row) for row in rows])
    return np.array(rows)
