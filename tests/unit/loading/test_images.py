"""Folders of images: a class for each sub-folder."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fedsol.errors import ConfigError, LearningError
from fedsol.loading import load_data


def draw(path: Path, color: tuple[int, int, int], size: tuple[int, int] = (3, 2)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    draw(tmp_path / "dogs" / "a.png", (255, 0, 0))
    draw(tmp_path / "cats" / "b.bmp", (0, 255, 0))
    draw(tmp_path / "cats" / "c.png", (0, 0, 51))
    (tmp_path / "cats" / "notes.txt").write_text("not an image")
    return tmp_path


def test_classes_in_the_order_of_their_names(folder: Path) -> None:
    data = load_data(folder)
    assert (data.y.tolist(), data.classes) == ([0, 0, 1], 2)
    assert data.x.shape == (3, 2 * 3 * 3)
    np.testing.assert_allclose(data.x[:, :3], [[0, 1, 0], [0, 0, 0.2], [1, 0, 0]], rtol=1e-6)


def test_gray_and_smaller(folder: Path) -> None:
    data = load_data(folder, gray=True, size=(2, 1), classes=["dogs", "cats", "birds"])
    assert (data.y.tolist(), data.classes, data.x.shape) == ([1, 1, 0], 3, (3, 2))
    # ITU-R 601: 0.299 R + 0.587 G + 0.114 B.
    np.testing.assert_allclose(data.x[:, 0], [0.587, 0.114 * 0.2, 0.299], atol=1 / 255)


def test_width_comes_first(tmp_path: Path) -> None:
    """A picture that is dark on its left and light on its right: rows of two values."""
    for kind in ("a", "b"):
        pixels = np.repeat(np.array([[0, 255]] * 9, np.uint8), 20, axis=1)
        (tmp_path / kind).mkdir()
        Image.fromarray(pixels).save(tmp_path / kind / "x.png")
    data = load_data(tmp_path, gray=True, size=(2, 3))
    assert data.x[0].round().tolist() == [0, 1] * 3


def test_a_part_to_train_on_and_one_held_out(tmp_path: Path) -> None:
    for part, count in (("train", 2), ("test", 1)):
        for i in range(count):
            draw(tmp_path / part / "a" / f"{i}.png", (0, 0, 0))
            draw(tmp_path / part / "b" / f"{i}.png", (0, 0, 0))
    assert load_data(tmp_path).y.tolist() == [0, 0, 1, 1]
    assert load_data(tmp_path, held_out=True).y.tolist() == [0, 1]


def test_images_of_different_sizes_ask_for_one(folder: Path) -> None:
    draw(folder / "dogs" / "large.png", (0, 0, 0), (9, 9))
    with pytest.raises(ConfigError, match=r"cats/b\.bmp and .*large\.png differ") as error:
        load_data(folder)
    assert "size=28x28" in error.value.hint
    assert load_data(folder, size=(4, 4)).x.shape == (4, 48)


@pytest.mark.parametrize("content", [b"", b"no image", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_an_image_that_cannot_be_read_is_named(folder: Path, content: bytes) -> None:
    (folder / "dogs" / "bad.png").write_bytes(content)
    with pytest.raises(ConfigError, match=r"bad\.png cannot be read"):
        load_data(folder)


def test_a_form_that_starts_other_programs_is_not_opened(folder: Path) -> None:
    """Pillow hands EPS to Ghostscript, whatever the file is called."""
    Image.new("RGB", (3, 2)).save(folder / "dogs" / "bad.eps")
    (folder / "dogs" / "bad.eps").rename(folder / "dogs" / "bad.png")
    with pytest.raises(ConfigError, match="cannot identify"):
        load_data(folder)


def test_an_image_that_would_fill_the_memory(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5)
    warnings.simplefilter("ignore")
    with pytest.raises(ConfigError, match="decompression bomb"):
        load_data(folder)


def test_folders_without_images(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no images in its sub-folders"):
        load_data(tmp_path)
    (tmp_path / "cats").mkdir()
    with pytest.raises(ConfigError, match="no images in its sub-folders"):
        load_data(tmp_path)


def test_one_class(tmp_path: Path) -> None:
    draw(tmp_path / "cats" / "a.png", (0, 0, 0))
    with pytest.raises(LearningError, match="of one class"):
        load_data(tmp_path)
