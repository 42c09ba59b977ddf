"""What a role must not forget."""

import errno
from pathlib import Path
from typing import Any

import pytest
from solders.pubkey import Pubkey

from fedsol import files
from fedsol.errors import StateError
from fedsol.roles.journal import Journal
from fedsol.roles.memory import AuditMemory, RoundMemory, ScoresMemory

MEMORY = RoundMemory(number=3, salt="aa" * 32, root="bb" * 32, norm_squared=7, artifact="cc" * 32)

SCORES = ScoresMemory(number=3, salt="dd" * 32, scores=[0, 10_000, 7])


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


def test_a_forgotten_round_takes_along_what_was_signed_in_it_and_nothing_else(
    tmp_path: Path,
) -> None:
    with journal(tmp_path) as mine:
        mine.remember(MEMORY, b"update")
        mine.remember_scores(SCORES)
        others = ["round-30-reveal.transaction", "scores-3-commit.transaction", "scores-3.json"]
        for name in ("round-3-reveal.transaction", *others[:2]):
            (mine.folder / name).touch()
        mine.forget(3)
        assert sorted(one.name for one in mine.folder.iterdir()) == ["lock", *others]


def test_scores_are_there_after_a_restart_and_until_they_are_forgotten(tmp_path: Path) -> None:
    with journal(tmp_path) as first:
        assert first.recall_scores(3) is None
        first.remember_scores(SCORES)
    with journal(tmp_path) as second:
        assert second.recall_scores(3) == SCORES
        assert (second.scored_rounds(), second.rounds()) == ([3], [])
        second.forget_scores(3)
        assert second.recall_scores(3) is None
        assert [one.name for one in second.folder.iterdir()] == ["lock"]


def test_an_audits_secret_is_there_after_a_restart_and_replaced_by_the_next(tmp_path: Path) -> None:
    with journal(tmp_path) as first:
        assert first.recall_audit() is None
        first.remember_audit(AuditMemory("ee" * 32))
    with journal(tmp_path) as second:
        assert second.recall_audit() == AuditMemory("ee" * 32, told=False)
        second.remember_audit(AuditMemory("ee" * 32, told=True))
        assert second.recall_audit() == AuditMemory("ee" * 32, told=True)


def test_salts_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    with journal(tmp_path) as mine:
        mine.remember(MEMORY, b"update")
        mine.remember_scores(SCORES)
        mine.remember_audit(AuditMemory("ee" * 32))
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
