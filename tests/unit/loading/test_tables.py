"""CSV and Parquet files say the same: names, labels, and what is missing."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from fedsol.errors import ConfigError, LearningError
from fedsol.loading import checks, load_data

COLUMNS = {"age": [40.0, 50.5, 61.0], "outcome": ["ill", "well", "ill"], "dose": [1, 2, 3]}
X = [[40.0, 1.0], [50.5, 2.0], [61.0, 3.0]]


def write(folder: Path, columns: dict, suffix: str) -> Path:
    path = folder / f"patients{suffix}"
    if suffix == ".parquet":
        pyarrow.parquet.write_table(pa.table(columns), path)
        return path
    rows = zip(*columns.values(), strict=True)
    lines = [columns, *([("" if cell is None else cell) for cell in row] for row in rows)]
    between = "\t" if suffix == ".tsv" else ","
    path.write_text("".join(between.join(map(str, line)) + "\n" for line in lines))
    return path


@pytest.fixture(params=[".csv", ".tsv", ".parquet"])
def suffix(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_label_column_by_name(tmp_path: Path, suffix: str) -> None:
    data = load_data(write(tmp_path, COLUMNS, suffix), label="outcome", classes=["well", "ill"])
    assert (data.x.tolist(), data.y.tolist()) == (X, [1, 0, 1])
    assert (data.classes, data.name) == (2, "patients")


def test_the_last_column_is_the_labels_unless_one_is_called_so(tmp_path: Path, suffix: str) -> None:
    columns = {"a": [1, 2], "b": [0, 1]}
    assert load_data(write(tmp_path, columns, suffix)).x.tolist() == [[1], [2]]
    columns = {"Label": [0, 1], "b": [3, 4]}
    assert load_data(write(tmp_path, columns, suffix)).x.tolist() == [[3], [4]]


def test_a_column_may_be_left_out(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path, {"name": ["x", "y"], "a": [1, 2], "b": [0, 1]}, suffix)
    assert load_data(path, drop=["name"]).x.tolist() == [[1], [2]]
    assert load_data(f"{path}?drop=name&label=a&classes=3").x.tolist() == [[0], [1]]


@pytest.mark.parametrize(
    ("columns", "choices", "message"),
    [
        (COLUMNS, {"label": "result"}, "no column 'result'"),
        (COLUMNS, {"drop": ["result"]}, "no column 'result'"),
        (COLUMNS, {}, "no numbers: outcome"),
        ({"y": [0, 1]}, {}, "no column but that of the labels"),
    ],
)
def test_columns_that_cannot_be_used(tmp_path, suffix, columns, choices, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_data(write(tmp_path, columns, suffix), **choices)


def test_a_missing_value_is_named_by_its_place(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path, {"a": [1, 2], "b": [3, None], "y": [0, 1]}, suffix)
    with pytest.raises(LearningError, match=r"sample 1 .* missing .* feature 1"):
        load_data(path)


def test_a_missing_label_is_no_class(tmp_path: Path, suffix: str) -> None:
    for labels in (["ill", None, "well"], [0, None, 1]):
        path = write(tmp_path, {"a": [1, 2, 3], "y": labels}, suffix)
        with pytest.raises(LearningError, match=r"sample 1 .* no label|nan is no label"):
            load_data(path)


def test_no_rows(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(LearningError, match="there are no samples"):
        load_data(write(tmp_path, {"a": [], "y": []}, suffix))


def csv(folder: Path, text: str | bytes) -> Path:
    path = folder / "own.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "1,2,0\n3,4,1\n",
        "1;2;0\n3;4;1",
        "\ufeff1,2,0\r\n3,4,1\r\n\r\n",
        '"1","2","0"\n3,4,1\n',
        "a,b,c\n1,2,0\n3,4,1\n",
    ],
)
def test_forms_of_csv(tmp_path: Path, text: str) -> None:
    data = load_data(csv(tmp_path, text))
    assert (data.x.tolist(), data.y.tolist()) == ([[1, 2], [3, 4]], [0, 1])


def test_text_in_the_first_line_of_data_is_no_header(tmp_path: Path) -> None:
    data = load_data(csv(tmp_path, "1,2,a\n3,4,b\n"))
    assert (data.x.tolist(), data.y.tolist()) == ([[1, 2], [3, 4]], [0, 1])
    assert load_data(csv(tmp_path, "7,8\n1,0\n3,1\n"), header=True).x.tolist() == [[1], [3]]
    assert load_data(csv(tmp_path, "1,a\n3,b\n"), label="1").y.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("a,a\n1,2\n", "two columns have the same name"),
        ("a,b\n1,2\n1,2,3\n", "line 3 has 3 cells, the first has 2"),
        ("a,b\n1,2,3\n1,2,3\n", "line 2 has 3 cells, the first has 2"),
        (b"a,b\n1,\xff\n", "codec can't decode"),
    ],
)
def test_csv_files_that_cannot_be_read(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_data(csv(tmp_path, text))


def parquet(folder: Path, columns: dict) -> Path:
    pyarrow.parquet.write_table(pa.table(columns), folder / "own.parquet")
    return folder / "own.parquet"


def test_parquet_lists_booleans_and_dictionaries(tmp_path: Path) -> None:
    columns = {
        "image": pa.array([[1.0, 2.0], [3.0, 4.0]]),
        "smokes": pa.array([True, False]),
        "y": pa.array(["b", "a"]).dictionary_encode(),
    }
    data = load_data(parquet(tmp_path, columns))
    assert (data.x.tolist(), data.y.tolist()) == ([[1, 2, 1], [3, 4, 0]], [1, 0])


def test_parquet_lists_of_different_lengths(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no numbers: image"):
        load_data(parquet(tmp_path, {"image": [[1.0], [3.0, 4.0]], "y": [0, 1]}))


def test_what_is_no_parquet_file(tmp_path: Path) -> None:
    (tmp_path / "own.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_data(tmp_path / "own.parquet")


def test_a_small_parquet_file_of_many_rows_is_not_unpacked(tmp_path: Path, monkeypatch) -> None:
    """A value that is repeated takes no room on disk."""
    path = parquet(tmp_path, {"a": np.zeros(100_000), "y": np.zeros(100_000, np.int8)})
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(checks, "MOST_BYTES", 1_000_000)
    with pytest.raises(ConfigError, match="they say they are 1,600,000 bytes"):
        load_data(path)
