"""A federation of separate processes: whoever is killed in the middle of a round goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests.unit.cli.conftest import run

PATIENCE = 60.0
WINDOW = 600
ENVIRONMENT = {"JAX_PLATFORMS": "cpu", "PYTHONPATH": str(Path(__file__).parents[2])}


@dataclass
class Process:
    """A command that goes on while others run."""

    running: subprocess.Popen[str]
    out: Path
    err: Path

    def says(self, *words: str) -> None:
        """Waits for a line of its log that holds all these words."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            lines = self.err.read_text().splitlines()
            if any(all(word in line for word in words) for line in lines):
                return
            assert self.running.poll() is None, self.err.read_text()
            time.sleep(0.05)
        raise AssertionError(f"no line with {words} in:\n{self.err.read_text()}")

    def ends(self) -> int:
        """Its exit status, once it has one."""
        return self.running.wait(PATIENCE)

    def kill(self) -> None:
        """As a power cut would."""
        self.running.kill()
        self.running.wait(PATIENCE)


@dataclass
class Place:
    """A folder with everybody's keys, and the processes that were started in it."""

    folder: Path
    processes: list[Process] = field(default_factory=list)
    url: str = ""
    federation: str = ""

    def command(self, *words: str, key: str | None = None) -> list[str]:
        """A command line, with the options that everybody needs."""
        options = []
        if key is not None:
            options += [f"--url={self.url}", f"--keypair={self.folder / key}.json", "--json"]
            options += [f"--artifacts={self.folder / 'store'}", f"--state={self.folder / 'memory'}"]
        if key is not None and self.federation:
            options += [f"--federation={self.federation}"]
        return [sys.executable, "-m", "fedsol.cli", *words, *options]

    def done(self, *words: str, key: str) -> dict[str, Any]:
        """The JSON result of a short command that succeeds; it runs here, as it would there."""
        _, _, _, *line = self.command(*words, key=key)
        ended = run(*line)
        assert ended.status == 0, ended.err
        return ended.json

    def start(self, *words: str, key: str | None = None) -> Process:
        """A command that goes on."""
        number = len(self.processes)
        out, err = self.folder / f"{number}.out", self.folder / f"{number}.err"
        with out.open("w") as to, err.open("w") as errors:
            running = subprocess.Popen(
                self.command(*words, key=key),
                stdout=to,
                stderr=errors,
                text=True,
                env=os.environ | ENVIRONMENT,
            )
        self.processes.append(Process(running, out, err))
        return self.processes[-1]

    def time_passes(self) -> None:
        """A whole window, at once: the chain's clock is the only one that counts."""
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "fedsol_advance",
            "params": [{"seconds": WINDOW + 1, "slots": 2 * WINDOW}],
        }
        assert "result" in httpx.post(self.url, json=body).json()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    try:
        yield made
    finally:
        for process in made.processes:
            if process.running.poll() is None:
                process.kill()


def serve(place: Place) -> Process:
    """A local chain, kept in a file."""
    chain = place.start("localnet", "--port=0", "--json", f"--state={place.folder / 'chain'}")
    until = time.monotonic() + PATIENCE
    while not chain.out.read_text().endswith("\n"):
        assert time.monotonic() < until, chain.err.read_text()
        time.sleep(0.05)
    place.url = json.loads(chain.out.read_text())["url"]
    return chain


def found(place: Place, *more: str) -> None:
    """A federation of two trainers a round, with long windows."""
    for name in ("creator", "alice", "bob", "carol", "ida"):
        place.done("key", "new", key=name)
        place.done("faucet", "--stake=3000", "--reward=1000", key=name)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 30)).astype(np.float32)
    np.savez(place.folder / "data.npz", x=x, y=(x[:, 0] > 0).astype(np.int32))
    windows = [f"--{phase}={WINDOW}s" for phase in ("commit", "reveal", "aggregate", "challenge")]
    model = "--model=logreg(features=30,classes=2)"
    words = ["federation", "create", "--name=hospitals", model, "--preset=local", *windows]
    least = ["--min-submissions=2", "--max-submissions=2", "--round-reward=1000"]
    place.federation = place.done(*words, *least, *more, key="creator")["federation"]
    place.done("federation", "fund", "1000", key="creator")


def trains(place: Place, key: str, part: str) -> Process:
    data = [f"--data={place.folder / 'data.npz'}", f"--partition={part}"]
    money = ["--register", "--stake=3000"]
    words = ["join", "--roles=trainer", "--rounds=1", "--log=json", *money, *data]
    return place.start(*words, key=key)


@pytest.mark.slow
def test_processes_finish_a_round_though_one_is_killed(place: Place) -> None:
    chain = serve(place)
    found(place)
    alice, bob = trains(place, "alice", "1/2"), trains(place, "bob", "2/2")
    carol = place.start(
        "join", "--roles=aggregator,crank", "--register", "--stake=3000", key="carol"
    )
    for one in (alice, bob, carol):
        one.says("waiting for a round to be opened")
    place.done("round", "open", key="creator")
    for one in (alice, bob):
        one.says("committed")

    bob.kill()
    place.time_passes()
    alice.says("revealed")
    again = trains(place, "bob", "2/2")
    again.says("revealed")
    assert "committed" not in again.err.read_text()
    carol.says("aggregated")
    place.time_passes()

    assert [alice.ends(), again.ends()] == [0, 0]
    shown = place.done("round", "show", key="creator")
    assert (shown["phase"], shown["revealed"], shown["share"]) == ("Settled", 2, 500)
    for name in ("alice", "bob"):
        me = place.done("participant", "show", key=name)
        assert (me["stake"], me["rewarded"], me["slashed"]) == (3_000, 500, 0)
        assert place.done("reward", "claim", key=name)["claimed"] == 0
    assert place.done("audit", key="creator")["ok"] is True

    carol.running.send_signal(signal.SIGINT)
    assert carol.ends() == 130
    assert "Traceback" not in carol.err.read_text()
    assert json.loads(carol.out.read_text())["left_because"] == "SIGINT"
    genesis = json.loads(chain.out.read_text())["genesis"]
    chain.running.send_signal(signal.SIGTERM)
    assert chain.ends() == 0

    # The chain that was kept is the chain that goes on.
    assert json.loads(serve(place).out.read_text())["genesis"] == genesis
    assert place.done("round", "show", key="creator")["phase"] == "Settled"


def evaluates(place: Place, key: str) -> Process:
    words = ["join", "--roles=evaluator", f"--evaluate={place.folder / 'data.npz'}"]
    return place.start(*words, "--rounds=1", "--log=json", "--register", "--stake=3000", key=key)


@pytest.mark.slow
def test_an_evaluator_that_is_killed_shows_the_scores_that_it_committed(place: Place) -> None:
    serve(place)
    found(place, f"--score={WINDOW}s", "--min-evaluators=1")
    alice, bob = trains(place, "alice", "1/2"), trains(place, "bob", "2/2")
    ida = evaluates(place, "ida")
    carol = place.start(
        "join", "--roles=aggregator,crank", "--register", "--stake=3000", key="carol"
    )
    for one in (alice, bob, ida, carol):
        one.says("waiting for a round to be opened")
    place.done("round", "open", key="creator")
    for one in (alice, bob):
        one.says("committed")
    place.time_passes()
    ida.says("scores committed")

    ida.kill()
    place.time_passes()
    carol.says("phase=ScoreReveal")
    again = evaluates(place, "ida")
    again.says("scores shown")
    assert "scores committed" not in again.err.read_text()
    carol.says("phase=Tally")
    place.time_passes()
    carol.says("aggregated")
    place.time_passes()

    assert [alice.ends(), bob.ends(), again.ends()] == [0, 0, 0]
    shown = place.done("round", "show", key="creator")
    assert (shown["phase"], shown["accepted"], shown["evaluator_pool"]) == ("Settled", 2, 100)
    me = place.done("participant", "show", key="ida")
    assert (me["stake"], me["rewarded"], me["slashed"], me["duties"]) == (3_000, 100, 0, 0)
    earned = [place.done("participant", "show", key=name)["rewarded"] for name in ("alice", "bob")]
    assert 898 <= sum(earned) <= 900
    assert place.done("federation", "show", key="creator")["ledger"]["owed"] == 0
