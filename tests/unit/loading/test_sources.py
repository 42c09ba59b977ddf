"""One way to all data: by name, file or folder, with the choices behind a question mark."""

from pathlib import Path

import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.learning import load
from fedsol.loading import has_held_out, load_data
from fedsol.loading.choices import parse_choices


def test_names_are_those_that_learning_knows() -> None:
    train, test = load("iris")
    np.testing.assert_array_equal(load_data("iris").x, train.x)
    np.testing.assert_array_equal(load_data("iris", held_out=True).x, test.x)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mnist", "no data set 'mnist'"),
        ("/nowhere/data.npz", "no such file"),
        ("/nowhere/data.csv", "no such file"),
        ("/nowhere/data.parquet", "no such file"),
        ("/nowhere/data", "no such file"),
        ("/dev/null", "its form is not known"),
        ("data.csv?colour=red", "no choice 'colour'"),
        ("data.csv?size=big", "'size=big' cannot be read"),
        ("data.csv?label", "'label' cannot be read"),
    ],
)
def test_what_is_no_data(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_data(text)


def test_a_file_whose_name_has_a_question_mark(tmp_path: Path) -> None:
    path = tmp_path / "why?.csv"
    path.write_text("1,0\n2,1\n")
    assert len(load_data(path)) == 2


def test_every_choice_can_be_written() -> None:
    text = "label=a&classes=x, y&header=no&drop=b,c&size=4x5&gray=yes&split=test"
    assert parse_choices(text) == {
        "label": "a",
        "classes": ("x", "y"),
        "header": False,
        "drop": ("b", "c"),
        "size": (4, 5),
        "gray": True,
        "split": "test",
    }
    assert parse_choices("classes=10") == {"classes": 10}


def test_sources_with_a_part_held_out(tmp_path: Path) -> None:
    assert has_held_out("iris")
    assert has_held_out("fashion_mnist")
    assert not has_held_out(tmp_path)
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
    assert has_held_out(f"{tmp_path}?gray=yes")


def test_a_missing_package_is_named_with_its_extra(monkeypatch) -> None:
    def find(name, *rest):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("fedsol.extras.import_module", find)
    with pytest.raises(ConfigError, match="pyarrow is not installed") as error:
        need("pyarrow.parquet", "parquet")
    assert 'pip install "fedsol[parquet]"' in error.value.hint


def test_what_an_installed_package_lacks_is_not_hidden(monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "halved.py").write_text("import there_is_no_such_package\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="there_is_no_such_package"):
        need("halved", "halves")
