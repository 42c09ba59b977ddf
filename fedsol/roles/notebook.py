"""What a watcher must not forget: the disputes it began, how they ended, and what it was shown.

An intention is on disk before anything is sent. An answer is on disk before its demand is closed,
because the account that holds it goes with it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from solders.pubkey import Pubkey

from fedsol.errors import StateError
from fedsol.files import write_atomic
from fedsol.roles.disputes import Dispute, Shown, place_of

Outcome = Literal["open", "won", "lost", "moot"]


@dataclass(frozen=True)
class Entry:
    """A dispute that the watcher began: what, about what, and for what bond (token units)."""

    dispute: str
    target: str
    attempt: int
    kind: str
    place: int
    bond: int
    outcome: Outcome = "open"

    def is_of(self, dispute: Dispute) -> bool:
        """Whether a dispute on chain is this one."""
        one = dispute.account
        same = (str(dispute.address), one.kind.kind, place_of(one.kind), one.attempt)
        return same == (self.dispute, self.kind, self.place, self.attempt)


@dataclass(frozen=True)
class _Page:
    """A round's part of the notebook."""

    entries: tuple[Entry, ...] = ()
    shown: tuple[tuple[str, Shown], ...] = ()


class Notebook:
    """The notes about one round at a time, in a folder: the one that was open before, at first.

    Raises ``StateError`` if they cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = min(self._pages(), default=0)
        self._page = _read(self._path)

    @property
    def number(self) -> int:
        """The round whose page is open; 0 if none is."""
        return self._number

    def turn_to(self, number: int) -> None:
        """Opens the page of a round; those of other rounds are dropped."""
        self._number, self._page = number, _read(self._path_of(number))
        for other in self._pages() - {number}:
            self._path_of(other).unlink(missing_ok=True)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The disputes of the round that the watcher began, in order."""
        return self._page.entries

    @property
    def lost(self) -> int:
        """The bonds that were lost in the round. Token units."""
        return sum(one.bond for one in self.entries if one.outcome == "lost")

    def intend(self, entry: Entry) -> None:
        """Notes a dispute before it is begun; once, however often it is tried."""
        if entry not in self.entries:
            self._write(replace(self._page, entries=(*self.entries, entry)))

    def drop(self, entry: Entry) -> None:
        """Forgets an intention of which nothing came."""
        kept = tuple(one for one in self.entries if one != entry)
        self._write(replace(self._page, entries=kept))

    def end(self, entry: Entry, outcome: Outcome) -> None:
        """Notes how a dispute ended."""
        ended = replace(entry, outcome=outcome)
        self._write(
            replace(
                self._page,
                entries=tuple(ended if one == entry else one for one in self.entries),
            )
        )

    def keep(
        self, target: Pubkey, attempt: int, shown: Shown, *, of_selection: bool = False
    ) -> bool:
        """Keeps what an author showed; says whether it was new. An update has attempt 0."""
        note = (_key(target, attempt, of_selection), shown)
        if note in self._page.shown:
            return False
        self._write(replace(self._page, shown=(*self._page.shown, note)))
        return True

    def shown(self, target: Pubkey, attempt: int = 0, *, of_selection: bool = False) -> list[Shown]:
        """What an author showed of an update, or of the aggregate of an attempt (target: round)."""
        sought = _key(target, attempt, of_selection)
        return [one for key, one in self._page.shown if key == sought]

    @property
    def _path(self) -> Path:
        return self._path_of(self._number)

    def _path_of(self, number: int) -> Path:
        return self._folder / f"round-{number}.json"

    def _pages(self) -> set[int]:
        found = self._folder.glob("round-*.json")
        return {int(path.stem.removeprefix("round-")) for path in found}

    def _write(self, page: _Page) -> None:
        content = {
            "entries": [asdict(one) for one in page.entries],
            "shown": [{"of": key, **_to_json(one)} for key, one in page.shown],
        }
        try:
            write_atomic(self._path, json.dumps(content, indent=1).encode(), mode=0o600)
        except OSError as error:
            raise StateError(
                f"{self._path} cannot be written: {error}",
                hint="Free some space or choose another --state; nothing was sent.",
            ) from error
        self._page = page


def _read(path: Path) -> _Page:
    if not path.exists():
        return _Page()
    try:
        content = json.loads(path.read_text())
        entries = tuple(Entry(**one) for one in content["entries"])
        return _Page(entries, tuple(_from_json(content["shown"])))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StateError(f"{path} cannot be read: {error}") from error


def _key(target: Pubkey, attempt: int, of_selection: bool) -> str:
    return f"{target}/{attempt}" + ("/selection" if of_selection else "")


def _to_json(shown: Shown) -> dict[str, Any]:
    siblings = [one.hex() for one in shown.siblings]
    return {"index": shown.index, "chunk": shown.chunk.hex(), "siblings": siblings}


def _from_json(listed: Iterable[Any]) -> Iterable[tuple[str, Shown]]:
    for one in listed:
        siblings = tuple(bytes.fromhex(text) for text in one["siblings"])
        yield one["of"], Shown(one["index"], bytes.fromhex(one["chunk"]), siblings)
