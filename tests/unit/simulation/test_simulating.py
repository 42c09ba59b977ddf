"""A whole simulation: it learns, by seed alone, and goes on after a break as if there had been none."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jax import Array

from fedsol.errors import ConfigError, NotFinite, StateError
from fedsol.learning.codecs import TopK
from fedsol.simulation import Attackers, LocalTraining, Participation, RoundMetrics, simulate
from fedsol.simulation.checkpoint import FILE
from fedsol.simulation.masking import Masking
from fedsol.tracking import Tracker
from tests.unit.simulation.crowd import TEST, same, settings

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("exact", [True, False])
def test_it_learns(exact: bool) -> None:
    result = simulate(settings(exact=exact), rounds=6, test=TEST)
    first, last = result.history[0], result.history[-1]
    assert first.loss is not None
    assert last.loss is not None
    assert last.loss < 0.8 * first.loss
    assert result.accuracy is not None
    assert result.accuracy > 0.8


@pytest.mark.parametrize("exact", [True, False])
def test_the_same_seed_gives_the_same_bytes(exact: bool) -> None:
    first, again = (simulate(settings(exact=exact), rounds=3) for _ in range(2))
    other = simulate(settings(exact=exact, seed=1), rounds=3)
    assert same(first.parameters, again.parameters)
    assert not same(first.parameters, other.parameters)


@pytest.mark.parametrize("exact", [True, False])
def test_a_resumed_simulation_ends_as_an_uninterrupted_one(tmp_path: Path, exact: bool) -> None:
    chances = Participation(4, dropout=0.3, stragglers=0.5)
    chosen = settings(exact=exact, participation=chances)
    whole = simulate(chosen, rounds=5)
    simulate(chosen, rounds=2, folder=tmp_path)
    resumed = simulate(chosen, rounds=5, folder=tmp_path, resume=True)
    assert same(whole.parameters, resumed.parameters)
    assert [one.number for one in resumed.history] == [1, 2, 3, 4, 5]
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3, 4, 5]


def test_what_a_codec_held_back_is_sent_after_a_break(tmp_path: Path) -> None:
    chosen = settings(exact=True, codec=TopK(0.2))
    whole = simulate(chosen, rounds=5, test=TEST)
    simulate(chosen, rounds=2, folder=tmp_path)
    resumed = simulate(chosen, rounds=5, folder=tmp_path, resume=True)
    assert same(whole.parameters, resumed.parameters)
    assert whole.accuracy is not None
    assert whole.accuracy > 0.7


def test_a_codec_writes_integers_alone() -> None:
    with pytest.raises(ConfigError, match="writes integers"):
        simulate(settings(codec=TopK(0.2)), rounds=1)


@pytest.mark.parametrize("masked", [False, True], ids=["open", "masked"])
def test_a_killed_simulation_ends_as_an_uninterrupted_one(tmp_path: Path, masked: bool) -> None:
    chosen = settings(exact=True, weighted=False, masking=Masking() if masked else None)
    program = (
        "import sys; from pathlib import Path; from fedsol.simulation import simulate;"
        "from fedsol.simulation.masking import Masking;"
        "from tests.unit.simulation.crowd import settings;"
        f"chosen = settings(exact=True, weighted=False, masking={chosen.masking});"
        "simulate(chosen, rounds=400, folder=Path(sys.argv[1]), resume=True)"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT)
    while not (tmp_path / FILE).exists():
        assert child.poll() is None
        time.sleep(0.01)
    time.sleep(0.1)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    done = len((tmp_path / "metrics.jsonl").read_text().splitlines())
    assert 0 < done < 400
    rounds = done + 2
    resumed = simulate(chosen, rounds=rounds, folder=tmp_path, resume=True)
    assert same(resumed.parameters, simulate(chosen, rounds=rounds).parameters)


def test_other_settings_do_not_resume(tmp_path: Path) -> None:
    simulate(settings(), rounds=1, folder=tmp_path)
    faster = settings(local=LocalTraining(learning_rate=0.2))
    with pytest.raises(StateError, match="another simulation"):
        simulate(faster, rounds=2, folder=tmp_path, resume=True)


def test_a_folder_that_is_in_use_is_not_overwritten(tmp_path: Path) -> None:
    simulate(settings(), rounds=1, folder=tmp_path)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StateError, match="holds a simulation already"):
        simulate(settings(), rounds=2, folder=tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_checkpoint_that_is_cut_short_is_named(tmp_path: Path) -> None:
    simulate(settings(), rounds=1, folder=tmp_path)
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(StateError, match="cannot be read"):
        simulate(settings(), rounds=2, folder=tmp_path, resume=True)


def test_who_diverges_is_named() -> None:
    wild = LocalTraining("sgd", 3e38, epochs=9, batch_size=4)
    with pytest.raises(NotFinite, match=r"training of client \d diverged"):
        simulate(settings(local=wild), rounds=3)


def test_it_is_evaluated_as_often_as_asked_and_at_the_end() -> None:
    result = simulate(settings(), rounds=5, test=TEST, evaluate_every=2)
    measured = [one.number for one in result.history if one.accuracy is not None]
    assert measured == [2, 4, 5]


def test_trackers_and_watchers_are_told_of_every_round() -> None:
    seen: list[RoundMetrics] = []

    class Book(Tracker):
        def __init__(self) -> None:
            self.steps: dict[int, dict[str, float]] = {}

        def log(self, step: int, metrics: Any) -> None:
            self.steps[step] = dict(metrics)

        def close(self) -> None: ...

    book = Book()
    simulate(settings(), rounds=2, test=TEST, trackers=[book], watch=seen.append)
    assert [one.number for one in seen] == [1, 2] == list(book.steps)
    assert book.steps[2]["accuracy"] == seen[1].accuracy


@dataclass(frozen=True)
class Mirror:
    """Sends the opposite of what the honest send, ten times."""

    def forge(self, honest: Array, own: Array, key: Array) -> Any:
        return np.repeat(-10 * np.mean(np.asarray(honest), axis=0)[None], len(own), axis=0)


@dataclass(frozen=True)
class Mislabel:
    """Trains on wrong labels."""

    def poison(self, x: Array, y: Array, key: Array) -> tuple[Any, Any]:
        return x, 2 - np.asarray(y)


def test_attackers_send_what_the_attack_makes() -> None:
    everybody = Participation()
    honest = simulate(settings(participation=everybody), rounds=4, test=TEST)
    attacked = simulate(
        settings(participation=everybody, attackers=Attackers((0, 3), Mirror())),
        rounds=4,
        test=TEST,
    )
    assert honest.accuracy is not None
    assert attacked.accuracy is not None
    assert attacked.accuracy < honest.accuracy - 0.2


def test_attackers_train_on_what_the_attack_makes() -> None:
    chosen = settings(
        participation=Participation(), attackers=Attackers(tuple(range(6)), Mislabel())
    )
    poisoned = simulate(chosen, rounds=4, test=TEST)
    assert poisoned.accuracy is not None
    assert poisoned.accuracy < 0.6


def test_attackers_alone_are_no_round() -> None:
    chosen = settings(attackers=Attackers(tuple(range(6)), Mirror()))
    with pytest.raises(ConfigError, match="nobody honest"):
        simulate(chosen, rounds=1)


def test_a_share_of_attackers_is_drawn_by_seed() -> None:
    drawn = [Attackers.drawn(Mirror(), 0.3, clients=50, seed=seed).clients for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 15
