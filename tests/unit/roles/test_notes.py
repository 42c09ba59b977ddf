"""A note counts only with its author's signature for its topic."""

from pathlib import Path
from typing import Any

from solders.keypair import Keypair

from fedsol.artifacts import ArtifactStore
from fedsol.roles.notes import find_note, leave_note

ADA, EVE = Keypair.from_seed(bytes([1] * 32)), Keypair.from_seed(bytes([2] * 32))


class Person:
    """As much of a member as notes need."""

    def __init__(self, key: Keypair, artifacts: ArtifactStore) -> None:
        self.key, self.owner, self.artifacts = key, key.pubkey(), artifacts


async def left(tmp_path: Path, key: Keypair = ADA, topic: str = "round/agreed") -> ArtifactStore:
    store = ArtifactStore(str(tmp_path))
    person: Any = Person(key, store)
    await leave_note(person, topic, b"so be it")
    return store


def file_of(tmp_path: Path, topic: str, key: Keypair) -> Path:
    return tmp_path / "notes" / topic / str(key.pubkey())


async def test_a_note_is_found_as_it_was_left(tmp_path: Path) -> None:
    store = await left(tmp_path)
    assert await find_note(store, "round/agreed", ADA.pubkey()) == b"so be it"


async def test_the_last_note_under_a_topic_counts(tmp_path: Path) -> None:
    store = await left(tmp_path)
    person: Any = Person(ADA, store)
    await leave_note(person, "round/agreed", b"or not")
    assert await find_note(store, "round/agreed", ADA.pubkey()) == b"or not"


async def test_nothing_is_found_where_nothing_was_left(tmp_path: Path) -> None:
    store = await left(tmp_path)
    assert await find_note(store, "round/agreed", EVE.pubkey()) is None
    assert await find_note(store, "round/other", ADA.pubkey()) is None


async def test_a_note_that_somebody_else_signed_is_none(tmp_path: Path) -> None:
    store = await left(tmp_path, EVE)
    forged = file_of(tmp_path, "round/agreed", EVE).read_bytes()
    file_of(tmp_path, "round/agreed", ADA).write_bytes(forged)
    assert await find_note(store, "round/agreed", ADA.pubkey()) is None


async def test_a_note_under_another_topic_is_none(tmp_path: Path) -> None:
    store = await left(tmp_path)
    moved = file_of(tmp_path, "round/revealed", ADA)
    moved.parent.mkdir(parents=True)
    moved.write_bytes(file_of(tmp_path, "round/agreed", ADA).read_bytes())
    assert await find_note(store, "round/revealed", ADA.pubkey()) is None


async def test_a_note_that_was_changed_or_cut_is_none(tmp_path: Path) -> None:
    store = await left(tmp_path)
    file = file_of(tmp_path, "round/agreed", ADA)
    whole = file.read_bytes()
    for broken in (whole[:-1] + b"!", whole[:63], b""):
        file.write_bytes(broken)
        assert await find_note(store, "round/agreed", ADA.pubkey()) is None


async def test_a_note_of_more_than_a_mebibyte_is_not_read(tmp_path: Path) -> None:
    store = await left(tmp_path)
    file = file_of(tmp_path, "round/agreed", ADA)
    file.write_bytes(file.read_bytes() + bytes(1 << 20))
    assert await find_note(store, "round/agreed", ADA.pubkey()) is None
