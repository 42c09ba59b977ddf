"""The record: events out of transaction logs, and the heads they chain into.

An event's bytes are what its ``Program data:`` line carries. Each belongs to the record of one
account (federation, participant, round or challenge): ``head' = sha256(head ‖ bytes)`` there,
starting from 32 zero bytes, and ``seq`` counts from 1.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from anchorpy import Coder, Idl
from solders.pubkey import Pubkey

from fedsol.program.addresses import PROGRAM_ID

HEAD_START = bytes(32)
_PREFIX = "Program data: "

# Which account's record an event belongs to. A test holds that every event of the program is named here.
IN_FEDERATION = frozenset(
    {
        "FederationCreated",
        "FederationFunded",
        "FederationPaused",
        "FederationClosed",
        "ParticipantClosed",
        "RoundOpened",
        "RoundSettled",
        "RoundAborted",
        "RoundClosed",
        "ChallengeClosed",
    }
)
IN_PARTICIPANT = frozenset(
    {
        "ParticipantRegistered",
        "StakeDeposited",
        "StakeUnbonded",
        "StakeWithdrawn",
        "RoundCommitted",
        "RoundShared",
        "NoRevealFaulted",
        "RewardClaimed",
        "SubmissionClosed",
        "AuditArmed",
        "EvaluatorFaulted",
        "EvaluationClaimed",
        "EvaluationClosed",
    }
)
IN_ROUND = frozenset(
    {
        "RoundRevealed",
        "RoundAdvanced",
        "ScoreCommitted",
        "ScoreRevealed",
        "AuditRevealed",
        "SubmissionScored",
        "RoundAggregated",
        "RoundObjected",
        "ChallengeOpened",
        "DemandAnswered",
        "ChallengeResolved",
        "ChallengeExpired",
    }
)
IN_CHALLENGE = frozenset({"ChallengeAppended", "ChallengeMeasured"})


@dataclass(frozen=True)
class Event:
    """One transition.

    ``name`` and ``data`` are the program's (fields in snake case); ``recorded_in`` is the account
    whose head it extends; ``payload`` is what was hashed.
    """

    name: str
    recorded_in: Pubkey
    seq: int
    slot: int
    data: Any
    payload: bytes


@cache
def coder() -> Coder:
    """AnchorPy's coder for the program's IDL."""
    text = resources.files("fedsol.program").joinpath("fedsol.legacy.json").read_text()
    return Coder(Idl.from_json(text))


def decode(payload: bytes) -> Event | None:
    """Decode one event's bytes; None if they are no event of this program."""
    try:
        parsed = coder().events.parse(payload)
    except Exception:  # construct raises many kinds; whatever cannot be decoded is no event of ours
        return None
    if parsed is None:
        return None
    data = parsed.data
    return Event(parsed.name, _recorded_in(parsed.name, data), data.seq, data.slot, data, payload)


def _recorded_in(name: str, data: Any) -> Pubkey:
    if name in IN_PARTICIPANT:
        return data.participant  # type: ignore[no-any-return]
    if name in IN_CHALLENGE:
        return data.challenge  # type: ignore[no-any-return]
    return data.round if name in IN_ROUND else data.federation  # type: ignore[no-any-return]


def from_logs(logs: Iterable[str]) -> Iterator[Event]:
    """All events of this program in a transaction's logs, in order; other programs' data is left out."""
    stack: list[str] = []
    for line in logs:
        words = line.split()
        if len(words) >= 3 and words[0] == "Program" and words[2] == "invoke":
            stack.append(words[1])
        elif len(words) >= 3 and words[0] == "Program" and words[2] in ("success", "failed:"):
            if stack:
                stack.pop()
        elif line.startswith(_PREFIX) and stack and stack[-1] == str(PROGRAM_ID):
            event = decode(_bytes(line[len(_PREFIX) :]))
            if event is not None:
                yield event


def _bytes(text: str) -> bytes:
    """The line's bytes; none where a cluster has cut the line short."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


def extend(head: bytes, event: Event) -> bytes:
    """The head after an event."""
    return hashlib.sha256(head + event.payload).digest()
