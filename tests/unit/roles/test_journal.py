"""What a role must not forget."""

import errno
from pathlib import Path
from typing import Any

import pytest
from solders.pubkey import Pubkey

from fedsol import files
from fedsol.errors import StateError
from fedsol.roles.journal import Journal, RoundMemory

MEMORY = RoundMemory(number=3, salt="aa" * 32, root="bb" * 32, norm_squared=7, artifact="cc" * 32)


def journal(root: Path) -> Journal:
    return Journal(root, Pubkey.default(), Pubkey.default())


def test_what_was_remembered_is_there_after_a_restart(tmp_path: Path) -> None:
    with journal(tmp_path) as first:
        first.remember(MEMORY, b"update")
    with journal(tmp_path) as second:
        assert second.recall(3) == MEMORY
        assert second.update_bytes(3) == b"update"
        assert second.rounds() == [3]


def test_a_forgotten_round_leaves_nothing(tmp_path: Path) -> None:
    with journal(tmp_path) as mine:
        mine.remember(MEMORY, b"update")
        mine.forget(3)
        assert mine.recall(3) is None
        assert [one.name for one in mine.folder.iterdir()] == ["lock"]


def test_salts_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    with journal(tmp_path) as mine:
        mine.remember(MEMORY, b"update")
        modes = {one.stat().st_mode & 0o777 for one in mine.folder.iterdir()}
        assert modes == {0o600}


def test_two_processes_of_one_key_are_refused(tmp_path: Path) -> None:
    with journal(tmp_path), pytest.raises(StateError, match="another process"):
        journal(tmp_path).open()
    with journal(tmp_path):
        pass


def test_a_damaged_memory_is_an_error_and_not_a_new_salt(tmp_path: Path) -> None:
    with journal(tmp_path) as mine:
        mine.remember(MEMORY, b"update")
        (mine.folder / "round-3.json").write_text("{")
        with pytest.raises(StateError, match="cannot be read"):
            mine.recall(3)


def test_a_full_disk_is_said_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with journal(tmp_path) as mine:
        monkeypatch.setattr(files.os, "fsync", full)
        with pytest.raises(StateError, match="No space left") as raised:
            mine.remember(MEMORY, b"update")
        assert "nothing was sent" in raised.value.hint
        assert mine.recall(3) is None
