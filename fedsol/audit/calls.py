"""Instructions out of transactions: what was shown to the program and stands in no event.

Events carry the hash of an evaluator's scores and nothing of a dispute's chunks and paths. The
transactions that showed them do.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from solders.instruction import CompiledInstruction
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from fedsol.chain.records import TransactionRecord
from fedsol.program.addresses import PROGRAM_ID
from fedsol.program.events import Event, from_logs
from fedsol.program.generated.types.demand_answer_args import DemandAnswerArgs
from fedsol.program.generated.types.evidence_args import EvidenceArgs
from fedsol.program.generated.types.measure_args import MeasureArgs
from fedsol.program.generated.types.score_reveal_args import ScoreRevealArgs

_DISCRIMINATOR_BYTES = 8
# Name, accounts in the order of the IDL, and arguments of what is read.
_READ: tuple[tuple[str, tuple[str, ...], Any], ...] = (
    (
        "score_reveal",
        ("owner", "federation", "round", "participant", "evaluation"),
        ScoreRevealArgs,
    ),
    ("challenge_append", ("challenger", "challenge", "submission"), EvidenceArgs),
    ("challenge_measure", ("challenger", "challenge", "first", "second"), MeasureArgs),
    (
        "demand_answer",
        ("answerer", "participant", "round", "challenge", "submission"),
        DemandAnswerArgs,
    ),
)
_KNOWN = {
    sha256(f"global:{name}".encode()).digest()[:_DISCRIMINATOR_BYTES]: (name, slots, args)
    for name, slots, args in _READ
}
_INVOKED = f"Program {PROGRAM_ID} invoke ["
_OUTER = f"{_INVOKED}1]"


@dataclass(frozen=True)
class Call:
    """One instruction of the program: its name, its accounts by name, its arguments.

    An account is None where an optional one was left out, or where the node does not tell it.
    """

    name: str
    accounts: dict[str, Pubkey | None]
    args: Any


Step = Event | Call


def steps_of(record: TransactionRecord) -> Iterator[Step]:
    """A transaction's calls and events in the order in which they happened; none if it failed."""
    if record.err is not None:
        return
    outer, inner = _calls_in(record)
    logs: list[str] = []
    for line in record.logs:
        if line.startswith(_INVOKED):
            yield from from_logs(logs)
            logs = []
            call = next(outer if line.startswith(_OUTER) else inner, None)
            if call is not None:
                yield call
        logs.append(line)
    yield from from_logs(logs)


def _calls_in(record: TransactionRecord) -> tuple[Iterator[Call | None], Iterator[Call | None]]:
    """What a transaction calls of the program itself, and what it calls through other programs."""
    if not record.raw:
        return iter(()), iter(())
    message = VersionedTransaction.from_bytes(record.raw).message
    keys = [*message.account_keys, *record.loaded]
    return _calls_of(message.instructions, keys), _calls_of(record.inner, keys)


def _calls_of(
    instructions: Iterable[CompiledInstruction], keys: Sequence[Pubkey]
) -> Iterator[Call | None]:
    """Every instruction of the program; None for one that tells nothing more than its events."""
    for one in instructions:
        if keys[one.program_id_index] == PROGRAM_ID:
            # A node that does not tell what lookup tables hold leaves places without a key.
            places = bytes(one.accounts)
            named = [keys[place] if place < len(keys) else None for place in places]
            yield _decode(bytes(one.data), named)


def _decode(data: bytes, accounts: Sequence[Pubkey | None]) -> Call | None:
    known = _KNOWN.get(data[:_DISCRIMINATOR_BYTES])
    if known is None:
        return None
    name, slots, args = known
    present = (None if key == PROGRAM_ID else key for key in accounts)
    decoded = args.from_decoded(args.layout.parse(data[_DISCRIMINATOR_BYTES:]))
    return Call(name, dict(zip(slots, present, strict=False)), decoded)
