"""What ``--data`` and ``--evaluate`` take."""

from pathlib import Path

import pytest

from fedsol.cli.data import read_data
from fedsol.errors import ConfigError, LearningError


def test_a_csv_file_with_its_choices(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("age,outcome,dose\n40,ill,1\n50,well,2\n")
    data = read_data(f"{tmp_path}/own.csv?label=outcome&classes=well,ill")
    assert (data.x.tolist(), data.y.tolist()) == ([[40, 1], [50, 2]], [1, 0])


def test_a_participant_may_hold_one_class(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("40,1\n50,1\n")
    assert read_data(f"{tmp_path}/own.csv?classes=3").classes == 3
    assert read_data(f"{tmp_path}/own.csv").classes == 2


def test_the_part_held_out_is_another(tmp_path: Path) -> None:
    assert len(read_data("iris", held_out=True)) < len(read_data("iris"))


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("40,\n50,1\n")
    with pytest.raises(LearningError, match="no label"):
        read_data(f"{tmp_path}/own.csv")
    with pytest.raises(ConfigError, match="no data set 'mnist'"):
        read_data("mnist")
