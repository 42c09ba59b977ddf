"""What a watcher must not forget is on disk before anything depends on it."""

from dataclasses import replace
from pathlib import Path

import pytest
from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore
from fedsol.errors import ArtifactMissing, StateError
from fedsol.roles.disputes import Shown
from fedsol.roles.notebook import Entry, Notebook
from fedsol.roles.seen_files import SeenFiles

ENTRY = Entry(str(Pubkey.new_unique()), str(Pubkey.new_unique()), 0, "Unavailable", 3, 100)
SHOWN = Shown(3, bytes(256), (bytes(40), b"\x01" * 40))
TARGET = Pubkey.new_unique()


def opened(folder: Path, number: int = 1) -> Notebook:
    notebook = Notebook(folder)
    notebook.turn_to(number)
    return notebook


def test_everything_is_there_for_the_next_process(tmp_path: Path) -> None:
    notebook = opened(tmp_path)
    notebook.intend(ENTRY)
    assert notebook.keep(TARGET, 0, SHOWN)
    again = Notebook(tmp_path)
    assert (again.number, again.entries) == (1, (ENTRY,))
    assert again.shown(TARGET) == [SHOWN]
    assert again.shown(TARGET, 1) == []


def test_an_intention_and_an_answer_are_noted_once(tmp_path: Path) -> None:
    notebook = opened(tmp_path)
    notebook.intend(ENTRY)
    notebook.intend(ENTRY)
    assert notebook.keep(TARGET, 0, SHOWN)
    assert not notebook.keep(TARGET, 0, SHOWN)
    assert notebook.entries == (ENTRY,)
    assert notebook.shown(TARGET) == [SHOWN]


def test_only_lost_bonds_count_as_lost(tmp_path: Path) -> None:
    notebook = opened(tmp_path)
    others = [replace(ENTRY, place=place, bond=bond) for place, bond in ((4, 20), (5, 7), (6, 1))]
    for one in (ENTRY, *others):
        notebook.intend(one)
    for one, outcome in zip((ENTRY, *others), ("lost", "won", "moot", "open"), strict=True):
        notebook.end(one, outcome)  # type: ignore[arg-type]
    assert notebook.lost == 100
    assert Notebook(tmp_path).lost == 100


def test_what_never_happened_is_dropped(tmp_path: Path) -> None:
    notebook = opened(tmp_path)
    notebook.intend(ENTRY)
    notebook.drop(ENTRY)
    assert Notebook(tmp_path).entries == ()


def test_a_new_round_begins_an_empty_page_and_the_old_one_goes(tmp_path: Path) -> None:
    notebook = opened(tmp_path)
    notebook.intend(ENTRY)
    notebook.turn_to(2)
    assert (notebook.number, notebook.entries) == (2, ())
    notebook.intend(replace(ENTRY, place=9))
    assert [path.name for path in tmp_path.iterdir()] == ["round-2.json"]


def test_after_a_restart_the_page_that_was_open_is_open(tmp_path: Path) -> None:
    opened(tmp_path, 4).intend(ENTRY)
    assert (Notebook(tmp_path).number, Notebook(tmp_path).entries) == (4, (ENTRY,))


def test_a_page_that_cannot_be_read_stops_the_watcher(tmp_path: Path) -> None:
    opened(tmp_path).intend(ENTRY)
    (tmp_path / "round-1.json").write_text('{"entries": [{')
    with pytest.raises(StateError, match=r"round-1\.json cannot be read"):
        Notebook(tmp_path)


async def test_bytes_that_were_seen_once_stay_when_their_author_takes_them_back(
    tmp_path: Path,
) -> None:
    store = ArtifactStore(str(tmp_path / "store"))
    files = SeenFiles(store, tmp_path / "seen")
    digest = await store.put(b"bytes")
    assert await files.get(digest) == b"bytes"
    (tmp_path / "store" / digest.hex()[:2] / digest.hex()).unlink()
    assert await files.get(digest) == b"bytes"
    files.clear()
    with pytest.raises(ArtifactMissing):
        await files.get(digest)
