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
from pathlib import Path
from typing import Self

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.chain import Chain, Landed
from fedsol.errors import InsufficientFunds, ProgramError, StateError, TransactionExpired
from fedsol.roles.memory import (
    AuditMemory,
    LedgerMemory,
    MaskMemory,
    RoundMemory,
    ScoresMemory,
    keep_bytes,
    keep_page,
    recall_page,
)

# The bytes took no effect and never will: it is safe to sign anew.
_WITHOUT_EFFECT = (TransactionExpired, ProgramError, InsufficientFunds)


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
        keep_bytes(self._update_path(memory.number), update)
        keep_page(self._page("round", memory.number), memory)

    def recall(self, number: int) -> RoundMemory | None:
        """What was kept of a round; None if nothing was."""
        return recall_page(self._page("round", number), RoundMemory)

    def rounds(self) -> list[int]:
        """Numbers of the rounds whose updates are kept, oldest first."""
        return sorted({*self._numbers("round"), *self._numbers("mask")})

    def update_bytes(self, number: int) -> bytes:
        """The update kept of a round."""
        try:
            return self._update_path(number).read_bytes()
        except OSError as error:
            raise StateError(f"the update of round {number} cannot be read: {error}") from error

    def remember_mask(self, memory: MaskMemory, hidden: bytes | None = None) -> None:
        """Keeps what a masked round's member needs, and its update that nobody may see."""
        if hidden is not None:
            keep_bytes(self.folder / f"mask-{memory.number}.hidden", hidden)
        keep_page(self._page("mask", memory.number), memory)

    def recall_mask(self, number: int) -> MaskMemory | None:
        """What a masked round's member has kept; None if nothing."""
        return recall_page(self._page("mask", number), MaskMemory)

    def hidden_bytes(self, number: int) -> bytes:
        """The update of a masked round as it was learnt: it never leaves this machine."""
        path = self.folder / f"mask-{number}.hidden"
        try:
            return path.read_bytes()
        except OSError as error:
            raise StateError(f"the update of round {number} cannot be read: {error}") from error

    def forget(self, number: int) -> None:
        """Drops a round whose submission is closed."""
        self._drop("round", number)
        self._drop("mask", number)

    def remember_scores(self, memory: ScoresMemory) -> None:
        """Keeps a round's scores and their salt; on return they are on disk."""
        keep_page(self._page("scores", memory.number), memory)

    def recall_scores(self, number: int) -> ScoresMemory | None:
        """The scores kept of a round; None if there are none."""
        return recall_page(self._page("scores", number), ScoresMemory)

    def scored_rounds(self) -> list[int]:
        """Numbers of the rounds whose scores are kept, oldest first."""
        return self._numbers("scores")

    def forget_scores(self, number: int) -> None:
        """Drops the scores of a round whose evaluation is closed."""
        self._drop("scores", number)

    def remember_audit(self, memory: AuditMemory) -> None:
        """Keeps the audit's secret in place of the last one; on return it is on disk."""
        keep_page(self.folder / "audit.json", memory)

    def recall_audit(self) -> AuditMemory | None:
        """The audit's secret; None if there never was one."""
        return recall_page(self.folder / "audit.json", AuditMemory)

    def remember_ledger(self, memory: LedgerMemory) -> None:
        """Keeps what privacy has cost in place of the last; on return it is on disk."""
        keep_page(self.folder / "privacy.json", memory)

    def recall_ledger(self) -> LedgerMemory | None:
        """What privacy has cost so far; None if nothing."""
        return recall_page(self.folder / "privacy.json", LedgerMemory)

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
            keep_bytes(path, json.dumps(record).encode())

        try:
            landed = await chain.send(instructions, signers, before_send=keep)
        except _WITHOUT_EFFECT:
            path.unlink(missing_ok=True)
            raise
        path.unlink(missing_ok=True)
        return landed

    def _page(self, kind: str, number: int) -> Path:
        return self.folder / f"{kind}-{number}.json"

    def _numbers(self, kind: str) -> list[int]:
        names = [path.stem for path in self.folder.glob(f"{kind}-*.json")]
        return sorted(int(name.removeprefix(f"{kind}-")) for name in names)

    def _drop(self, kind: str, number: int) -> None:
        """Drops a page, and what belongs to it: what was signed in its round is of no more use."""
        for pattern in (f"{kind}-{number}.*", f"{kind}-{number}-*.transaction"):
            for path in self.folder.glob(pattern):
                path.unlink(missing_ok=True)

    def _update_path(self, number: int) -> Path:
        return self.folder / f"round-{number}.update"
