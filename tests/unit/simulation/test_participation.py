"""Who takes part is drawn by seed and round alone, in the numbers that were asked for."""

import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.simulation import Participation

SIZES = np.full(1_000, 50)


def test_everybody_takes_part_unless_told() -> None:
    turnout = Participation().draw(SIZES, 0, 1)
    assert turnout.present == tuple(range(1_000))
    assert not turnout.dropped + turnout.late


@pytest.mark.parametrize(("asked", "count"), [(0.1, 100), (7, 7), (0.0001, 1)])
def test_so_many_are_asked(asked: float, count: int) -> None:
    assert len(Participation(asked).draw(SIZES, 0, 1).present) == count


def test_the_same_seed_and_round_draw_the_same() -> None:
    chances = Participation(0.2, dropout=0.3, stragglers=1.0)
    assert chances.draw(SIZES, 4, 2) == chances.draw(SIZES, 4, 2)
    assert chances.draw(SIZES, 4, 2) != chances.draw(SIZES, 4, 3)
    assert chances.draw(SIZES, 4, 2) != chances.draw(SIZES, 5, 2)


def test_who_drops_out_is_as_frequent_as_its_chance() -> None:
    turnout = Participation(dropout=0.3).draw(SIZES, 1, 1)
    assert 250 < len(turnout.dropped) < 350
    assert len(turnout.present) + len(turnout.dropped) == 1_000


def test_stragglers_are_late_by_the_deadline() -> None:
    # A log-normal of deviation 1 exceeds twice its median with probability 0.244.
    turnout = Participation(stragglers=1.0, deadline=2.0).draw(SIZES, 1, 1)
    assert 190 < len(turnout.late) < 300
    slower = Participation(stragglers=1.0, deadline=4.0).draw(SIZES, 1, 1)
    assert set(slower.late) < set(turnout.late)


def test_clients_with_more_data_are_late_more_often() -> None:
    sizes = np.repeat([10, 40], 500)
    late = np.array(Participation(stragglers=0.5, deadline=1.5).draw(sizes, 1, 1).late)
    assert (late >= 500).mean() > 0.95


def test_somebody_always_answers() -> None:
    few = np.full(2, 50)
    chances = Participation(dropout=0.99)
    assert all(len(chances.draw(few, 0, number).present) >= 1 for number in range(50))


@pytest.mark.parametrize(
    "wrong",
    [{"clients_per_round": 0}, {"clients_per_round": 1.5}, {"dropout": 1.0}, {"stragglers": -1}],
)
def test_chances_that_are_none_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        Participation(**wrong)


def test_more_than_there_are_cannot_be_asked() -> None:
    with pytest.raises(ConfigError, match="more than there are"):
        Participation(11).draw(np.full(10, 1), 0, 1)
