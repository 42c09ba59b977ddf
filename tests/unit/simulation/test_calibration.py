"""The width that is chosen is the one that was fastest, and it is chosen once."""

from dataclasses import replace
from pathlib import Path

import pytest

from fedsol.learning.privacy import ExamplePrivacy
from fedsol.simulation import Participation, Population, calibration, simulate
from fedsol.simulation.calibration import chosen_width, fastest
from fedsol.simulation.engine import LocalEngine, block_size, widest
from tests.unit.simulation.crowd import LOCAL, MODEL, TRAIN, population, same, settings


def test_the_fastest_width_is_chosen() -> None:
    rates = {1: 10.0, 4: 30.0, 16: 50.0, 64: 45.0, 100: 47.0}
    assert fastest(100, rates.__getitem__) == 16


def test_trying_stops_where_wider_is_much_slower() -> None:
    rates = {1: 10.0, 4: 30.0, 16: 20.0}  # a further one would be a KeyError
    assert fastest(1_000, rates.__getitem__) == 4


def test_a_width_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    measured: list[int] = []

    def rate(engine: object, population: object, vector: object, width: int) -> float:
        measured.append(width)
        return float(width)

    monkeypatch.setattr(calibration, "_rate", rate)
    crowd = population(10)
    engine = LocalEngine(MODEL, LOCAL, TRAIN)
    start = simulate(settings(), rounds=0).parameters
    chosen = [chosen_width(engine, crowd, start, trainings=10) for _ in range(2)]
    assert chosen == [10, 10]
    assert measured == [1, 4, 10]


def test_real_clients_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    crowd: Population = population(10)
    unmeasured = settings(population=crowd, participation=Participation(), width=None)
    first, second = (simulate(unmeasured, rounds=1) for _ in range(2))
    assert first.width in (1, 4, 10)
    assert same(first.parameters, second.parameters)
    assert len(list(tmp_path.rglob("*.json"))) == 1


@pytest.mark.parametrize(("clients", "width", "size"), [(100, 25, 25), (300, 4, 32), (7, 4, 8)])
def test_blocks_are_alike_and_whole_widths(clients: int, width: int, size: int) -> None:
    assert block_size(clients, MODEL, width) == size


def test_memory_bounds_the_width() -> None:
    from fedsol.learning import model

    large = model("mlp", features=1_000, classes=10, hidden=(4_000,))
    private = replace(LOCAL, privacy=ExamplePrivacy(1.0, 1.0))
    assert widest(MODEL, LOCAL) == widest(MODEL, private) == 32
    assert 1 <= widest(large, LOCAL) < 4
    # A gradient for each of the 31 samples that a batch has room for, beside the six copies.
    middle = model("mlp", features=1_000, classes=10, hidden=(330,))
    assert (widest(middle, LOCAL), widest(middle, private)) == (32, 5)
