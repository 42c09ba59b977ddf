"""NPZ files: arrays only, and only as much memory as there are values."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError
from fedsol.loading import load_data

X = np.arange(8, dtype=np.float64).reshape(4, 2)
Y = np.array([0, 1, 0, 2])


def test_samples_and_labels(tmp_path: Path) -> None:
    np.savez(tmp_path / "own.npz", x=X.reshape(4, 2, 1), y=Y)
    data = load_data(tmp_path / "own.npz")
    assert (data.x.dtype, data.x.tolist()) == (np.float32, X.tolist())
    assert (data.y.dtype, data.y.tolist()) == (np.int32, Y.tolist())
    assert (data.classes, data.name) == (3, "own")


def test_a_compressed_file_with_names_for_labels(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "own.npz", x=X, y=np.array(["b", "a", "b", "c"]))
    assert load_data(tmp_path / "own.npz").y.tolist() == [1, 0, 1, 2]


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    np.savez(tmp_path / "own.npz", x=np.array([Evil()] * 4, object), y=Y)
    with pytest.raises(ConfigError, match="allow_pickle"):
        load_data(tmp_path / "own.npz")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": X}, "no item named 'y.npy'"),
        ({"x": np.array([["a"], ["b"]]), "y": Y[:2]}, "x holds <U1, not numbers"),
    ],
)
def test_arrays_that_are_missing_or_no_numbers(tmp_path: Path, arrays, message: str) -> None:
    np.savez(tmp_path / "own.npz", **arrays)
    with pytest.raises(ConfigError, match=message):
        load_data(tmp_path / "own.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04."])
def test_what_is_no_npz_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.npz").write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_data(tmp_path / "own.npz")


def test_a_header_that_announces_more_than_there_is(tmp_path: Path) -> None:
    """Or a hundred bytes would ask for eight terabytes."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (2**40,)}
    )
    with zipfile.ZipFile(tmp_path / "own.npz", "w") as archive:
        archive.writestr("x.npy", header.getvalue())
    with pytest.raises(ConfigError, match="x announces 8,796,093,022,208 bytes"):
        load_data(tmp_path / "own.npz")


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X, Y[:3], "4 samples, 3 labels"),
        (X, Y.reshape(2, 2), "4 samples, 2 labels"),
        (X, Y.reshape(4, 1), r"labels of shape \(4, 1\)"),
        (X[:0], Y[:0], "there are no samples"),
        (np.where(X == 5, np.nan, X), Y, r"sample 2 .* infinite value at feature 1"),
        (np.where(X == 5, -np.inf, X), Y, r"sample 2 .* infinite value at feature 1"),
        (np.where(X == 5, 1e300, X), Y, r"sample 2 .* infinite value at feature 1"),
        (X, np.array([0, 1, -1, 2]), "-1 is no label"),
        (X, np.array([0, 1, 0.5, 2]), "0.5 is no label"),
        (X, np.array([0, 1, np.nan, 2]), "nan is no label"),
        (X, np.zeros(4), "all 4 samples are of one class"),
    ],
)
def test_arrays_that_are_no_data_set(tmp_path: Path, x, y, message: str) -> None:
    np.savez(tmp_path / "own.npz", x=x, y=y)
    with pytest.raises(LearningError, match=message):
        load_data(tmp_path / "own.npz")


def test_finite_values_whose_sum_is_not(tmp_path: Path) -> None:
    big = np.full((4, 2), np.finfo(np.float32).max, np.float32)
    np.savez(tmp_path / "own.npz", x=big, y=Y)
    np.testing.assert_array_equal(load_data(tmp_path / "own.npz").x, big)
