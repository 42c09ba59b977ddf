"""``fedsol join`` refuses, in words and before anything is sent, what cannot work."""

import os
import signal
import threading

import numpy as np
import pytest
from solders.pubkey import Pubkey

from fedsol.chain import EmbeddedLedger
from fedsol.program.addresses import PROGRAM_ID
from tests.unit.cli.conftest import Terminal, serving

DATA = "--data=breast_cancer"


@pytest.fixture
def quiet(terminal: Terminal, ledger: EmbeddedLedger):
    """A terminal after which the chain must hold no more transactions than before its test."""
    terminal.address("alice")
    terminal.person("alice", register=False)
    before = len(ledger.history)
    yield terminal
    assert len(ledger.history) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "a trainer needs data"),
        (["--roles=farmer"], "there is no role 'farmer'"),
        (["--roles="], "no role was given"),
        (["--roles=evaluator"], "an evaluator needs held-out data"),
        (["--roles=aggregator", "--plant"], "only a trainer plants"),
        (["--evaluate=wine"], "a trainer needs data"),
        (["--roles=evaluator", "--evaluate=mnist", "--register"], "no data set 'mnist'"),
        (["--roles=crank", "--evaluate=/nowhere.npz"], "cannot be read"),
        (
            ["--roles=evaluator", "--evaluate=breast_cancer", "--register"],
            "an evaluator of this federation stakes at least 1,000",
        ),
        ([DATA, "--open-rounds"], "only a crank opens rounds"),
        ([DATA, "--rounds=0"], "--rounds must be 1 or more"),
        ([DATA, "--stake=-1"], "--stake must be 0 or more"),
        ([DATA], "is no participant"),
        ([DATA, "--register"], "a trainer of this federation stakes at least 1,000"),
        ([DATA, "--register", "--stake=20000"], "holds 10,000 units"),
        (["--data=mnist"], "no data set 'mnist'"),
        (["--data=/nowhere.npz"], "cannot be read"),
        ([DATA, "--partition=6/5"], "'6/5' is no part"),
        ([DATA, "--optimiser=magic"], "no optimiser 'magic'"),
        ([DATA, "--lr=-1"], "a learning rate must be positive"),
    ],
)
def test_what_cannot_work(quiet: Terminal, words, message):
    assert message in quiet.refused("join", *words, key="alice")["message"]


def test_held_out_data_that_do_not_fit_the_model(quiet: Terminal):
    words = ["--roles=evaluator", "--evaluate=digits", "--register", "--stake=2000"]
    error = quiet.refused("join", *words, key="alice")
    assert error["kind"] == "ArchitectureMismatch"
    assert "64 features" in error["message"]


def test_data_that_do_not_fit_the_model(quiet: Terminal):
    error = quiet.refused("join", "--data=digits", "--register", "--stake=2000", key="alice")
    assert error["kind"] == "ArchitectureMismatch"
    assert "64 features" in error["message"]
    assert "30" in error["message"]


def test_a_file_of_data_that_does_not_fit(quiet: Terminal, tmp_path):
    file = tmp_path / "own.npz"
    np.savez(file, x=np.ones((4, 7), np.float32), y=np.zeros(4, np.int32))
    error = quiet.refused("join", f"--data={file}", "--register", "--stake=2000", key="alice")
    assert "own has 7 features" in error["message"]
    np.savez(file, x=np.ones((4, 7), np.float32), y=np.zeros(3, np.int32))
    assert "not usable" in quiet.refused("join", f"--data={file}", key="alice")["message"]


def test_artifacts_that_are_not_there(quiet: Terminal, tmp_path):
    error = quiet.refused("join", DATA, key="alice", artifacts=str(tmp_path / "elsewhere"))
    assert error["kind"] == "ArtifactMissing"
    assert "--artifacts" in error["hint"]


def test_a_chain_that_does_not_answer(quiet: Terminal):
    error = quiet.refused("join", DATA, key="alice", url="http://127.0.0.1:1")
    assert error["kind"] == "RpcUnreachable"


def test_no_lamports(quiet: Terminal):
    error = quiet.refused("join", "--roles=crank", key="pauper")
    assert error["kind"] == "InsufficientFunds"
    assert "SOL" in error["message"]


def test_another_cluster(quiet: Terminal, ledger: EmbeddedLedger):
    address = Pubkey.from_string(str(quiet.federation))
    account = ledger.get_account(address)
    other = EmbeddedLedger()
    other.set_account(address, lamports=10**9, owner=PROGRAM_ID, data=account.data)
    with serving(other) as url:
        error = quiet.refused("join", DATA, key="alice", url=url)
    assert error["kind"] == "WrongCluster"
    assert "--url" in error["hint"]


def test_two_processes_of_one_key(terminal: Terminal):
    from fedsol.roles import Journal

    terminal.person("alice", stake=2_000)
    address = Pubkey.from_string(str(terminal.federation))
    with Journal(terminal.folder / "state", terminal.address("alice"), address):
        error = terminal.refused("join", DATA, key="alice")
    assert error["kind"] == "StateError"
    assert "another process" in error["message"]


@pytest.mark.parametrize(
    ("sent", "words", "status"),
    [
        (signal.SIGINT, [], 130),
        (signal.SIGTERM, [], 0),
        (signal.SIGTERM, ["--rounds=1"], 143),
    ],
)
def test_leaving_when_asked(terminal: Terminal, monkeypatch, sent, words, status):
    from fedsol.cli import joining

    tell = joining._tell

    def tell_and_ask(*seen):
        tell(*seen)
        os.kill(os.getpid(), sent)

    monkeypatch.setattr(joining, "_tell", tell_and_ask)
    terminal.person("alice", register=False)
    done = terminal.run("join", "--roles=crank", *words, "--json", key="alice")
    assert done.status == status
    assert done.json["left_because"] == sent.name
    assert "leaving after the current step" in done.err
    assert "waiting for a round to be opened" in done.err


def test_a_crank_for_some_rounds_opens_them_and_leaves(terminal: Terminal, ledger: EmbeddedLedger):
    """Nobody commits: the round is aborted, and that was the one."""
    hurry = threading.Thread(target=_hurry, args=(ledger, stop := threading.Event()))
    hurry.start()
    done = terminal.run("join", "--roles=crank", "--open-rounds", "--rounds=1", "--json")
    stop.set()
    hurry.join()
    assert done.status == 0
    assert done.json == {"first_round": 1, "newest_round": 1, "left_because": "done"}
    assert terminal.done("round", "show")["phase"] == "Aborted"


def _hurry(ledger: EmbeddedLedger, stop: threading.Event) -> None:
    while not stop.wait(0.2):
        ledger.advance(seconds=2)


def test_who_evaluates_registers_as_evaluator(terminal: Terminal, monkeypatch):
    from fedsol.cli import joining

    async def leave(*_):
        return joining.Outcome(1, 1, "done", 0)

    monkeypatch.setattr(joining, "act", leave)
    terminal.person("alice", register=False)
    join = ["join", DATA, "--plant", "--evaluate=breast_cancer", "--register", "--stake=2000"]
    done = terminal.run(*join, "--json", key="alice")
    assert done.status == 0
    assert "evaluating on 114 samples of breast_cancer" in done.err
    assert "nobody scores in this federation" in done.err
    roles = terminal.done("participant", "show", key="alice")["roles"]
    assert roles == "trainer, evaluator, aggregator"


def test_registering_and_staking_twice_is_once(terminal: Terminal, monkeypatch):
    """The second start adds what is missing to the stake, and registers nobody again."""
    from fedsol.cli import joining

    async def leave(*_):
        return joining.Outcome(1, 1, "done", 0)

    monkeypatch.setattr(joining, "act", leave)
    terminal.person("alice", register=False)
    join = ["join", DATA, "--register"]
    assert terminal.done(*join, "--stake=2000", key="alice")["left_because"] == "done"
    for stake in ("2000", "1500", "2300"):
        terminal.done(*join, f"--stake={stake}", key="alice")
    assert terminal.done("participant", "show", key="alice")["stake"] == 2_300
