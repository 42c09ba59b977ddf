"""JSON lines: whole, on disk at once, and resumed without saying anything twice."""

import json
import math
from pathlib import Path

import pytest

from fedsol.errors import ConfigError
from fedsol.tracking import JsonLines, read_lines


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "metrics.jsonl"


def write(file: Path, *steps: int, after: int | None = None) -> None:
    with JsonLines(file, after=after) as lines:
        for step in steps:
            lines.log(step, {"loss": 1 / step})


def steps(file: Path) -> list[float | None]:
    return [line["step"] for line in read_lines(file)]


def test_what_was_logged_is_read(file: Path) -> None:
    with JsonLines(file) as lines:
        lines.log(1, {"loss": 0.1, "accuracy": 1})
        lines.log(2, {})
    assert read_lines(file) == [{"step": 1, "loss": 0.1, "accuracy": 1.0}, {"step": 2}]


def test_a_line_is_on_disk_before_the_next(file: Path) -> None:
    lines = JsonLines(file)
    lines.log(1, {"loss": 0.5})
    assert read_lines(file) == [{"step": 1, "loss": 0.5}]
    lines.close()
    lines.close()


def test_what_is_not_finite_is_null(file: Path) -> None:
    with JsonLines(file) as lines:
        lines.log(1, {"a": math.nan, "b": -math.inf})

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    parsed = json.loads(file.read_text(), parse_constant=refuse)
    assert parsed == {"step": 1, "a": None, "b": None}


def test_a_second_run_goes_on_behind_the_first(file: Path) -> None:
    write(file, 1, 2)
    write(file, 3)
    assert steps(file) == [1, 2, 3]


def test_a_resumed_run_drops_what_it_says_again(file: Path) -> None:
    write(file, 1, 2, 3, 4)
    write(file, 3, 4, 5, after=2)
    assert steps(file) == [1, 2, 3, 4, 5]
    write(file, 1, after=0)
    assert steps(file) == [1]


@pytest.mark.parametrize("cut", ['{"step": 3, "lo', '{"step": 3}'])
def test_a_line_that_was_cut_off_is_dropped(file: Path, cut: str) -> None:
    """The second is whole but for its end: whether more followed, nobody knows."""
    write(file, 1, 2)
    with file.open("a") as torn:
        torn.write(cut)
    assert steps(file) == [1, 2]
    write(file, 3)
    assert steps(file) == [1, 2, 3]


@pytest.mark.parametrize(
    "text", ["name,age\nada,36\n", "[1]\n", '{"loss": 1}\n', '{"step": "1"}\n']
)
def test_a_file_of_something_else_is_left_alone(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(ConfigError, match="something else than metrics"):
        JsonLines(file, after=0)
    assert file.read_text() == text


def test_what_cannot_be_written_or_read(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        JsonLines(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_lines(file)
    with JsonLines(file) as lines, pytest.raises(ConfigError, match="can be called 'step'"):
        lines.log(1, {"step": 2.0})
