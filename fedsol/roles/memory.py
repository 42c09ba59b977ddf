"""The pages of a journal: what was committed to, kept until the chain needs it no more."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from fedsol.errors import StateError
from fedsol.files import write_atomic
from fedsol.program.commitment import Update


@dataclass(frozen=True)
class RoundMemory:
    """The update that was committed in a round; bytes as hexadecimal text.

    ``secret`` and ``amplitude`` are what it was made of if it was planted, and nothing if not.
    """

    number: int
    salt: str
    root: str
    norm_squared: int
    artifact: str
    secret: str = ""
    amplitude: int = 0

    @property
    def update(self) -> Update:
        """The update as the chain will know it."""
        return Update(bytes.fromhex(self.root), self.norm_squared, bytes.fromhex(self.artifact))


@dataclass(frozen=True)
class MaskMemory:
    """What a member of a masked round draws everything from; bytes as hexadecimal text.

    ``sharers`` and ``survivors`` are the numbers of those whom it has agreed on, once it has: it
    never agrees on others. ``told`` says how many of its two last messages are out, ``checked`` which
    of the round's aggregates was found right last.
    """

    number: int
    private: str
    secret: str
    sharers: list[int] | None = None
    survivors: list[int] | None = None
    told: int = 0
    checked: int = -1


@dataclass(frozen=True)
class ScoresMemory:
    """The scores that were committed in a round, by submission index; salt as hexadecimal text."""

    number: int
    salt: str
    scores: list[int]


@dataclass(frozen=True)
class AuditMemory:
    """The secret that a trainer armed itself with, as hexadecimal text.

    ``told``: it was sent out for everybody to see, and is worth nothing afterwards.
    """

    secret: str
    told: bool = False


@dataclass(frozen=True)
class LedgerMemory:
    """What privacy has cost so far: the ledger as text, and the last round that is in it."""

    ledger: str
    round: int


Page = TypeVar("Page", RoundMemory, MaskMemory, ScoresMemory, AuditMemory, LedgerMemory)
"""Whatever is kept as one file."""


def new_salt() -> bytes:
    """32 random bytes from the system."""
    return os.urandom(32)


def keep_page(path: Path, page: Page) -> None:
    """Replaces a page; on return it is on disk. Raises StateError if that fails."""
    keep_bytes(path, json.dumps(asdict(page), indent=2).encode())


def recall_page(path: Path, kind: type[Page]) -> Page | None:
    """What a page says; None if there is none. Raises StateError if it is damaged."""
    if not path.exists():
        return None
    try:
        return kind(**json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise StateError(f"{path} cannot be read: {error}") from error


def keep_bytes(path: Path, content: bytes) -> None:
    """Replaces a file, readable by its owner alone; on return it is on disk. Raises StateError."""
    try:
        write_atomic(path, content, mode=0o600)
    except OSError as error:
        raise StateError(
            f"{path} cannot be written: {error}",
            hint="Free some space or choose another --state; nothing was sent.",
        ) from error
