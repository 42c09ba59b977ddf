"""The client's mod by itself: its key, its settings, and what it says of wrong ones."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from flwr.app import Context, Message, RecordDict
from flwr.supercore.task_identity import TaskIdentity
from solders.keypair import Keypair

from fedsol.chain import load_keypair, save_keypair
from fedsol.errors import ConfigError
from fedsol.flower import GovernedMod, key_path
from fedsol.flower.mod import KEY_SETTING
from fedsol.flower.notices import Answer, Notice

NOTICE = Notice("train", str(Keypair().pubkey()), 3, b"I agree.")


def context(**config: str | int) -> Context:
    return Context(1, 77, dict(config), RecordDict(), {})


def message(content: RecordDict) -> Message:
    TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = 1, 0, 1
    return Message(content, 1, "train")


def test_a_notice_is_taken_off_as_it_was_put_on() -> None:
    sent = message(NOTICE.put_on(RecordDict()))
    assert Notice.take_off(sent) == NOTICE
    assert len(sent.content) == 0
    assert Notice.take_off(sent) is None


def test_a_notice_of_another_version_is_refused_by_name() -> None:
    content = NOTICE.put_on(RecordDict())
    content.config_records["fedsol"]["more"] = 1
    with pytest.raises(ConfigError, match="'more'"):
        Notice.take_off(message(content))


@pytest.mark.parametrize("update", [b"", b"\x00\x01\xff"])
def test_an_answer_is_taken_off_as_it_was_put_on(update: bytes) -> None:
    answer = Answer("somebody", update)
    sent = message(answer.put_on(RecordDict()))
    assert Answer.take_off(sent) == answer
    assert len(sent.content) == 0


def test_a_clients_key_is_made_once_and_kept_by_partition_or_node(tmp_path: Path) -> None:
    mod = GovernedMod(state=str(tmp_path))
    first = mod.load_key(context(**{"partition-id": 2}))
    assert mod.load_key(context(**{"partition-id": 2})) == first
    assert load_keypair(key_path(tmp_path, "2")) == first
    assert mod.load_key(context()) == load_keypair(key_path(tmp_path, "77")) != first


def test_a_supernodes_own_key_file_goes_before(tmp_path: Path) -> None:
    own = Keypair()
    path = save_keypair(own, tmp_path / "own.json")
    assert GovernedMod().load_key(context(**{KEY_SETTING: str(path)})) == own
    assert GovernedMod(key=str(path)).load_key(context()) == own


def test_settings_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FEDERATION", "STATE"):
        monkeypatch.delenv(f"FEDSOL_{name}", raising=False)
    with pytest.raises(ConfigError, match="no folder for keys"):
        GovernedMod().load_key(context())
    with pytest.raises(ConfigError, match="no address of a federation"):
        _ = GovernedMod().address


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    address = Keypair().pubkey()
    monkeypatch.setenv("FEDSOL_FEDERATION", str(address))
    monkeypatch.setenv("FEDSOL_STATE", "/somewhere")
    assert (GovernedMod().address, GovernedMod().folder) == (address, Path("/somewhere"))


def test_a_mod_can_be_sent_to_another_process() -> None:
    mod = GovernedMod(federation="F", state="S", stake=5)
    assert pickle.loads(pickle.dumps(mod)) == mod
