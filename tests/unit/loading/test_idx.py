"""IDX files: what is in them, and nothing that they only pretend to hold."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError
from fedsol.loading import fashion_mnist, load_data, read_idx
from fedsol.loading.fashion import DEBIAN

IMAGES = np.arange(3 * 4 * 2, dtype=np.uint8).reshape(3, 4, 2) * 10
LABELS = np.array([1, 0, 2], np.uint8)


def idx(array: np.ndarray, code: int = 0x08) -> bytes:
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return (
        bytes([0, 0, code, array.ndim])
        + sizes
        + array.astype(array.dtype.newbyteorder(">")).tobytes()
    )


def write_folder(folder: Path, part: str, images: np.ndarray, labels: np.ndarray) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
    (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    return folder


@pytest.mark.parametrize(
    ("code", "dtype"),
    [(0x08, "u1"), (0x09, "i1"), (0x0B, "i2"), (0x0C, "i4"), (0x0D, "f4"), (0x0E, "f8")],
)
@pytest.mark.parametrize("name", ["values", "values.gz"])
def test_every_type_is_read_plain_or_gzipped(tmp_path: Path, code: int, dtype: str, name: str):
    values = np.array([[1, 2, 3], [4, 5, 100]], dtype)
    content = idx(values, code)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    np.testing.assert_array_equal(read_idx(tmp_path / name), values)


def test_a_folder_has_a_part_to_train_on_and_one_held_out(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "toys", "train", IMAGES, LABELS)
    write_folder(folder, "t10k", IMAGES[:2], LABELS[:2])
    train, test = load_data(folder), load_data(folder, held_out=True)
    np.testing.assert_array_equal(train.x, IMAGES.reshape(3, 8).astype(np.float32) / 255)
    assert (train.y.tolist(), train.classes, train.name) == ([1, 0, 2], 3, "toys")
    assert test.y.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "begins with nothing"),
        (b"\x89PNG\r\n", "begins with 89 50 4e 47"),
        (idx(IMAGES)[:9], "ends in its header"),
        (idx(IMAGES)[:-1], "too many for the file|ends early"),
        (idx(IMAGES) + b"\0", "goes on behind its end"),
        (bytes([0, 0, 8, 2]) + b"\xff" * 8, "they say they are 18,4"),
        (bytes([0, 0, 8, 1]) + struct.pack(">I", 2**30), "too many for the file"),
    ],
)
@pytest.mark.parametrize("name", ["values", "values.gz"])
def test_what_is_no_idx_file(tmp_path: Path, content: bytes, message: str, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    with pytest.raises(ConfigError, match=message):
        read_idx(tmp_path / name)


def test_no_more_is_decompressed_than_the_header_announces(tmp_path: Path, monkeypatch) -> None:
    """64 MB of zeros behind a header that announces 24: they are never made."""
    bomb = tmp_path / "values.gz"
    bomb.write_bytes(gzip.compress(idx(IMAGES) + bytes(64 << 20)))
    asked = []
    read = gzip.GzipFile.read
    monkeypatch.setattr(gzip.GzipFile, "read", lambda file, n: asked.append(n) or read(file, n))
    with pytest.raises(ConfigError, match="goes on behind its end"):
        read_idx(bomb)
    assert sum(asked) == 4 + 12 + 24 + 1


def test_a_gzipped_file_that_is_cut_or_broken(tmp_path: Path) -> None:
    path = tmp_path / "values.gz"
    whole = gzip.compress(idx(np.arange(200, dtype=np.uint8)))
    for content in (whole[:60], whole[:40] + b"\xff" * 40 + whole[80:], b"no gzip"):
        path.write_bytes(content)
        with pytest.raises(ConfigError, match="cannot be read"):
            read_idx(path)


def test_a_folder_without_one_of_the_files_names_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "toys", "train", IMAGES, LABELS)
    with pytest.raises(ConfigError, match="t10k-images-idx3-ubyte is missing"):
        load_data(folder, held_out=True)


def test_one_label_for_each_image(tmp_path: Path) -> None:
    with pytest.raises(LearningError, match="3 samples, 2 labels"):
        load_data(write_folder(tmp_path / "toys", "train", IMAGES, LABELS[:2]))


def test_fashion_mnist_is_looked_for_in_the_folder_that_is_named(tmp_path, monkeypatch) -> None:
    folder = write_folder(tmp_path / "fashion-mnist", "train", IMAGES, LABELS)
    write_folder(folder, "t10k", IMAGES[:2], LABELS[:2])
    train, test = fashion_mnist(folder)
    assert (len(train), len(test), train.classes, train.name) == (3, 2, 10, "fashion_mnist")
    monkeypatch.setenv("FEDSOL_DATA", str(tmp_path))
    assert len(load_data("fashion_mnist", held_out=True)) == 2


def test_without_fashion_mnist_the_package_and_the_folder_are_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("FEDSOL_DATA", str(tmp_path))
    monkeypatch.setattr("fedsol.loading.fashion.DEBIAN", tmp_path / "nothing")
    with pytest.raises(ConfigError, match=f"{tmp_path}/fashion-mnist or .*nothing") as error:
        load_data("fashion_mnist")
    assert "dataset-fashion-mnist" in error.value.hint
    assert "FEDSOL_DATA" in error.value.hint


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="Debian's dataset-fashion-mnist is not installed")
def test_debians_fashion_mnist_is_the_published_one(monkeypatch) -> None:
    monkeypatch.delenv("FEDSOL_DATA", raising=False)
    test = load_data("fashion_mnist", held_out=True)
    assert test.x.shape == (10_000, 784)
    assert np.bincount(test.y).tolist() == [1_000] * 10
    assert test.y[:10].tolist() == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]
