"""The audit heads, replayed from logs without the package's decoder."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from solders.pubkey import Pubkey

from fedsol.program.addresses import PROGRAM_ID
from fedsol.program.events import IN_FEDERATION, IN_PARTICIPANT, IN_ROUND

_PREFIX = "Program data: "
_NAMES = {
    hashlib.sha256(f"event:{name}".encode()).digest()[:8]: name
    for name in IN_FEDERATION | IN_PARTICIPANT | IN_ROUND
}
_FOLDS_ROUND = ("RoundSettled", "RoundAborted")


class Heads:
    """Number and head of every account's record, as the events so far make them."""

    def __init__(self) -> None:
        self.now: dict[Pubkey, tuple[int, bytes]] = {}

    def follow(self, logs: Iterable[str]) -> None:
        """Extends the heads by the events of one transaction, whose only program is fedsol's."""
        if not any(f"{PROGRAM_ID} invoke [1]" in line for line in logs):
            return
        for line in logs:
            if line.startswith(_PREFIX):
                self._extend(base64.b64decode(line[len(_PREFIX) :]))

    def _extend(self, payload: bytes) -> None:
        name = _NAMES[payload[:8]]
        offset = 40 if name in IN_FEDERATION else 72
        account = Pubkey(payload[offset - 32 : offset])
        sequence = int.from_bytes(payload[offset : offset + 8], "little")
        number, head = self.now.get(account, (0, bytes(32)))
        if sequence == 1:
            # An account that was closed and made anew has a record of its own.
            number, head = 0, bytes(32)
        assert sequence == number + 1, (name, sequence, number)
        if name in _FOLDS_ROUND:
            assert self.now[Pubkey(payload[56:88])][1] in payload, "the round's head is not folded"
        if name == "ParticipantClosed":
            assert self.now[Pubkey(payload[56:88])][1] in payload, "the person's head is not folded"
        self.now[account] = number + 1, hashlib.sha256(head + payload).digest()
