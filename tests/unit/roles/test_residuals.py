"""What encoded updates held back, through crashes at every moment: never lost, never given twice."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fedsol.errors import StateError
from fedsol.roles.residuals import Residuals


def held(value: float) -> NDArray[np.float32]:
    return np.array([value, -value], np.float32)


def test_at_first_there_is_nothing(tmp_path: Path) -> None:
    assert Residuals(tmp_path).newest(1, []) is None


def test_a_remembered_rounds_residual_is_there_after_a_restart(tmp_path: Path) -> None:
    Residuals(tmp_path).keep(3, held(0.25))
    found = Residuals(tmp_path).newest(4, [3])
    assert found is not None
    assert (found.dtype, found.tolist()) == (np.float32, [0.25, -0.25])


def test_without_its_commitment_a_residual_does_not_hold(tmp_path: Path) -> None:
    """The process died before the round's memory was on disk: what it encoded was never sent."""
    mine = Residuals(tmp_path)
    mine.keep(2, held(1))
    mine.settle(2, counted=True)
    mine.keep(3, held(2))
    for number in (3, 4):
        found = mine.newest(number, [])
        assert found is not None
        assert found[0] == 1


def test_training_a_round_again_does_not_take_its_own_residual(tmp_path: Path) -> None:
    mine = Residuals(tmp_path)
    mine.keep(3, held(1))
    assert mine.newest(3, [3]) is None


def test_what_counted_holds_when_the_rounds_memory_is_gone(tmp_path: Path) -> None:
    mine = Residuals(tmp_path)
    mine.keep(3, held(1))
    for _ in range(2):  # the process may die after the first, before the memory is gone
        mine.settle(3, counted=True)
        found = mine.newest(4, [])
        assert found is not None
        assert found[0] == 1


def test_what_counted_is_not_undone_by_a_restart_that_finds_the_submission_closed(
    tmp_path: Path,
) -> None:
    mine = Residuals(tmp_path)
    mine.keep(3, held(1))
    mine.settle(3, counted=True)
    mine.settle(3, counted=False)
    assert mine.newest(4, []) is not None


def test_what_did_not_count_leaves_the_residual_before(tmp_path: Path) -> None:
    mine = Residuals(tmp_path)
    mine.keep(2, held(1))
    mine.settle(2, counted=True)
    mine.keep(3, held(2))
    mine.settle(3, counted=False)
    found = mine.newest(4, [3])
    assert found is not None
    assert found[0] == 1


def test_a_round_that_ends_late_does_not_bring_back_an_old_residual(tmp_path: Path) -> None:
    """A dispute holds round 2 open until round 3 is settled."""
    mine = Residuals(tmp_path)
    mine.keep(2, held(1))
    mine.keep(3, held(2))
    mine.settle(3, counted=True)
    mine.settle(2, counted=True)
    found = mine.newest(4, [])
    assert found is not None
    assert found[0] == 2


def test_nothing_piles_up(tmp_path: Path) -> None:
    mine = Residuals(tmp_path)
    for number in range(1, 6):
        mine.keep(number, held(number))
        mine.settle(number, counted=number % 2 == 1)
    assert [path.name for path in tmp_path.iterdir()] == ["residual-5.counted"]


def test_a_damaged_residual_is_said(tmp_path: Path) -> None:
    Residuals(tmp_path).keep(1, held(1))
    (tmp_path / "residual-1.sent").write_bytes(b"odd")
    with pytest.raises(StateError, match=r"residual-1\.sent"):
        Residuals(tmp_path).newest(2, [1])
