"""The audit heads, replayed from logs without the package's decoder."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from solders.pubkey import Pubkey

from fedsol.program.addresses import PROGRAM_ID
from fedsol.program.events import IN_CHALLENGE, IN_FEDERATION, IN_PARTICIPANT, IN_ROUND

_PREFIX = "Program data: "
_NAMES = {
    hashlib.sha256(f"event:{name}".encode()).digest()[:8]: name
    for name in IN_FEDERATION | IN_PARTICIPANT | IN_ROUND | IN_CHALLENGE
}
# Where in an event's bytes the account stands whose head it folds in.
_FOLDS = {
    "RoundSettled": 56,
    "RoundAborted": 56,
    "ParticipantClosed": 56,
    "ChallengeResolved": 88,
    "ChallengeExpired": 88,
}


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
        offset = 40 if name in IN_FEDERATION | IN_CHALLENGE else 72
        account = Pubkey(payload[offset - 32 : offset])
        sequence = int.from_bytes(payload[offset : offset + 8], "little")
        number, head = self.now.get(account, (0, bytes(32)))
        if sequence == 1:
            # An account that was closed and made anew has a record of its own.
            number, head = 0, bytes(32)
        assert sequence == number + 1, (name, sequence, number)
        if name in _FOLDS:
            folded = Pubkey(payload[_FOLDS[name] : _FOLDS[name] + 32])
            assert self.now.get(folded, (0, bytes(32)))[1] in payload, f"{name} folds no head"
        if name == "ChallengeClosed":
            # Whoever disputes the same again starts a new record, with the first evidence.
            self.now.pop(Pubkey(payload[56:88]), None)
        self.now[account] = number + 1, hashlib.sha256(head + payload).digest()
