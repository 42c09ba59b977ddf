"""``fedsol round``, ``fedsol reward`` and ``fedsol audit``."""

import asyncio
import json
import threading
from pathlib import Path

import pytest
from solders.pubkey import Pubkey

import fedsol
from fedsol.chain import Chain, EmbeddedLedger
from fedsol.membership import Membership
from fedsol.roles import Aggregator, Trainer, Training
from tests.unit.cli.conftest import Terminal, run


def test_before_the_first_round(terminal: Terminal):
    for words in (["show"], ["watch"], ["advance"], ["settle"], ["abort"], ["close"]):
        assert "no round was opened" in terminal.refused("round", *words)["message"]
    assert "no round 7" in terminal.refused("round", "show", "7")["message"]


def test_open_and_show(terminal: Terminal):
    terminal.done("federation", "fund", "500")
    opened = terminal.done("round", "open")
    assert (opened["did"], opened["round"], opened["phase"]) == ("open", 1, "Commit")
    shown = terminal.done("round", "show")
    assert (shown["pool"], shown["submissions"]) == (100, [])
    assert 0 < shown["ends_in_seconds"] <= 4
    people = terminal.run("round", "show").out
    assert "Commit" in people
    assert "in 4 s" in people or "in 3 s" in people
    assert terminal.refused("round", "open")["kind"] == "RoundActive"


def test_a_stranger_does_not_open(terminal: Terminal):
    stranger = terminal.person("stranger", register=False)
    done = terminal.run("round", "open", "--json", key=stranger)
    assert done.status == 1


def test_nothing_is_done_before_its_time(terminal: Terminal, ledger: EmbeddedLedger):
    terminal.done("round", "open")
    early = terminal.refused("round", "advance")
    assert "nothing is due: Commit of round 1 ends in" in early["message"]
    assert "its phase is Commit" in terminal.refused("round", "settle")["message"]
    ledger.advance(seconds=10)
    assert "`fedsol round advance`" in terminal.run("round", "show").out
    assert terminal.done("round", "advance")["phase"] == "Reveal"


def test_advance_does_whatever_is_due(terminal: Terminal, ledger: EmbeddedLedger):
    terminal.done("round", "open")
    ledger.advance(seconds=10)
    terminal.done("round", "advance")
    ledger.advance(seconds=10)
    ended = terminal.done("round", "advance")
    assert (ended["did"], ended["phase"]) == ("abort", "Aborted")
    assert ended["ends_in_seconds"] is None
    after = terminal.refused("round", "advance")["message"]
    assert after == "nothing is due: round 1 is aborted"
    ledger.advance(seconds=60)
    assert terminal.done("round", "close")["closed"] == 1
    assert "no round" in terminal.refused("round", "show")["message"]


def test_advance_can_wait(terminal: Terminal, ledger: EmbeddedLedger):
    terminal.done("round", "open")
    later = threading.Timer(1.0, ledger.advance, kwargs={"seconds": 10})
    later.start()
    assert terminal.done("round", "advance", "--wait")["phase"] == "Reveal"
    later.join()


def test_abort_by_name(terminal: Terminal, ledger: EmbeddedLedger):
    terminal.done("round", "open")
    assert terminal.refused("round", "abort")["kind"] == "WrongPhase"
    ledger.advance(seconds=10)
    terminal.done("round", "advance")
    ledger.advance(seconds=10)
    assert terminal.done("round", "abort")["phase"] == "Aborted"


def test_watch_follows_a_round_to_its_end(terminal: Terminal, ledger: EmbeddedLedger):
    terminal.done("round", "open")
    ledger.advance(seconds=10)
    terminal.done("round", "advance")
    ledger.advance(seconds=10)
    terminal.done("round", "advance")
    lines = terminal.run("round", "watch", "--json").out.splitlines()
    assert [json.loads(line)["phase"] for line in lines] == ["Aborted"]
    table = terminal.run("round", "watch")
    assert table.status == 0
    assert "Aborted" in table.out


async def play(terminal: Terminal, ledger: EmbeddedLedger, *names: str) -> fedsol.RoundResult:
    """One round of some trainers by the library, without time passing for anybody else."""
    train, _ = fedsol.load("breast_cancer")
    chain = Chain.embedded(ledger)
    federation = await fedsol.Federation.at(
        chain,
        Pubkey.from_string(str(terminal.federation)),
        artifacts=fedsol.ArtifactStore(str(terminal.folder / "artifacts")),
        state=terminal.folder / "library",
    )
    object.__setattr__(federation, "creator", terminal.keys["creator"])
    model = fedsol.model("logreg", features=30, classes=2)
    for name in names:
        member = federation.member(terminal.keys[name])
        roles = (Committing(member, Training(model, train)), Aggregator(member))
        federation.members.append(Membership(member, roles))
    try:
        return await federation.round()
    finally:
        for one in federation.members:
            one.member.journal.close()
        await chain.close()


class Committing(Trainer):
    """Trains, commits and reveals, and leaves the reward to be claimed by hand."""

    async def _settle_accounts(self, now: object) -> bool:
        return False


@pytest.fixture
def settled(terminal: Terminal, ledger: EmbeddedLedger) -> Terminal:
    """A round of two trainers that has settled."""
    terminal.done("federation", "fund", "500")
    for name in ("alice", "bob"):
        terminal.person(name, stake=3_000)
    result = asyncio.run(play(terminal, ledger, "alice", "bob"))
    assert result.settled
    return terminal


def test_claiming(settled: Terminal, ledger: EmbeddedLedger):
    shown = settled.done("round", "show")
    assert (shown["phase"], shown["revealed"], shown["share"]) == ("Settled", 2, 50)
    assert [one["index"] for one in shown["submissions"]] == [0, 1]
    assert (
        "nothing can be claimed of round 9"
        in settled.refused("reward", "claim", "--round=9", key="alice")["message"]
    )
    got = settled.done("reward", "claim", key="alice")
    assert got["claimed"] == 50
    assert [one["round"] for one in got["rounds"]] == [1]
    assert settled.done("reward", "claim", key="alice") == {"claimed": 0, "rounds": []}
    assert settled.done("reward", "claim", "--round=1", key="bob")["claimed"] == 50
    shown = settled.done("federation", "show")
    assert shown["ledger"]["owed"] == 0
    ledger.advance(seconds=60)
    assert settled.done("round", "close", "1")["closed"] == 1


def test_an_audit_that_agrees(settled: Terminal):
    report = settled.done("audit")
    assert report["ok"] is True
    assert all(check["ok"] for check in report["checks"])
    assert sorted(one["stake"] for one in report["people"]) == [3_000, 3_000]
    people = settled.run("audit")
    assert people.status == 0
    assert "everything agrees" in people.out


def test_an_audit_that_does_not_agree_fails(settled: Terminal, tmp_path: Path):
    for file in (tmp_path / "artifacts").rglob("*"):
        if file.is_file():
            file.write_bytes(b"something else")
    done = settled.run("audit", "--json")
    assert done.status == 1
    assert done.json["ok"] is False
    assert settled.done("audit", "--no-updates")["ok"] is True


def test_the_demo_is_called_with_what_was_asked(monkeypatch, tmp_path):
    called = []
    monkeypatch.setattr("fedsol.demo.run", lambda *words, **more: called.append((words, more)) or 3)
    done = run("demo", "--model=digits", "--attack=silent", f"--out={tmp_path}", "--json")
    assert done.status == 3
    assert called == [(("digits", "silent", tmp_path, 0, True), {"rounds": None})]
