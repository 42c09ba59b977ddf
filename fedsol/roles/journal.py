"""What a role must not forget, on disk and synced before anything is sent that depends on it.

A lost salt is a slash: so the salt and the update of a round are here before the commitment goes
out. A transaction's signed bytes are here before they go out: after a crash the same bytes are sent
again, so that at most one of them takes effect.
"""

import base64
import fcntl
import json
import os
import weakref
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain import Chain, Landed
from fedsol.errors import InsufficientFunds, ProgramError, StateError, TransactionExpired
from fedsol.files import write_atomic
from fedsol.program.commitment import Update

# The bytes took no effect and never will: it is safe to sign anew.
_WITHOUT_EFFECT = (TransactionExpired, ProgramError, InsufficientFunds)


@dataclass(frozen=True)
class RoundMemory:
    """What was committed in a round; bytes as hexadecimal text."""

    number: int
    salt: str
    root: str
    norm_squared: int
    artifact: str

    @property
    def update(self) -> Update:
        """The update as the chain will know it."""
        return Update(bytes.fromhex(self.root), self.norm_squared, bytes.fromhex(self.artifact))


class Journal:
    """The memory of one key in one federation; one process at a time may hold it.

    Raises ``StateError`` if another process holds it, or if what is there cannot be read.
    """

    def __init__(self, root: Path | str, owner: Pubkey, federation: Pubkey) -> None:
        self.folder = Path(root).expanduser() / str(federation) / str(owner)
        self._release: weakref.finalize[..., Self] | None = None

    def open(self) -> Self:
        """Takes hold of the memory, for this process alone, until ``close``."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise StateError(
                f"another process is using {self.folder}",
                hint="Stop the other process of this key, or give it another --state.",
            ) from error
        self._release = weakref.finalize(self, os.close, lock)
        return self

    def close(self) -> None:
        """Lets go of it."""
        if self._release is not None:
            self._release()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def remember(self, memory: RoundMemory, update: bytes) -> None:
        """Keeps a round's salt and update; on return both are on disk."""
        _write(self._update_path(memory.number), update)
        text = json.dumps(asdict(memory), indent=2)
        _write(self._round_path(memory.number), text.encode())

    def recall(self, number: int) -> RoundMemory | None:
        """What was kept of a round; None if nothing was."""
        path = self._round_path(number)
        if not path.exists():
            return None
        try:
            return RoundMemory(**json.loads(path.read_text()))
        except (ValueError, TypeError) as error:
            raise StateError(f"{path} cannot be read: {error}") from error

    def rounds(self) -> list[int]:
        """Numbers of the rounds that are kept, oldest first."""
        return sorted(
            int(path.stem.removeprefix("round-")) for path in self.folder.glob("round-*.json")
        )

    def update_bytes(self, number: int) -> bytes:
        """The update kept of a round."""
        try:
            return self._update_path(number).read_bytes()
        except OSError as error:
            raise StateError(f"the update of round {number} cannot be read: {error}") from error

    def forget(self, number: int) -> None:
        """Drops a round whose submission is closed."""
        for path in (self._round_path(number), self._update_path(number)):
            path.unlink(missing_ok=True)

    async def send(
        self,
        chain: Chain,
        label: str,
        instructions: Sequence[Instruction],
        signers: Sequence[Keypair],
    ) -> Landed:
        """Sends under a label; bytes that an earlier process signed under it are sent again first.

        Raises what ``Chain.send`` raises.
        """
        path = self.folder / f"{label}.transaction"
        if path.exists():
            pending = json.loads(path.read_text())
            try:
                landed = await chain.resume(base64.b64decode(pending["bytes"]), pending["height"])
            except _WITHOUT_EFFECT:
                path.unlink()
            else:
                path.unlink()
                return landed

        async def keep(signed: bytes, signature: Signature, height: int) -> None:
            record = {
                "signature": str(signature),
                "height": height,
                "bytes": base64.b64encode(signed).decode(),
            }
            _write(path, json.dumps(record).encode())

        try:
            landed = await chain.send(instructions, signers, before_send=keep)
        except _WITHOUT_EFFECT:
            path.unlink(missing_ok=True)
            raise
        path.unlink(missing_ok=True)
        return landed

    def _round_path(self, number: int) -> Path:
        return self.folder / f"round-{number}.json"

    def _update_path(self, number: int) -> Path:
        return self.folder / f"round-{number}.update"


def new_salt() -> bytes:
    """32 random bytes from the system."""
    return os.urandom(32)


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomic(path, content, mode=0o600)
    except OSError as error:
        raise StateError(
            f"{path} cannot be written: {error}",
            hint="Free some space or choose another --state; nothing was sent.",
        ) from error
