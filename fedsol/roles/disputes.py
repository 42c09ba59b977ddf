"""Challenges and demands as roles see them: whom they accuse, and what evidence is there.

An author's answer to a demand stays in the demand's account until it is closed; after that it is
only in the ledger's history, where ``shown_in`` finds it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from fedsol.chain import Chain
from fedsol.learning.merkle import (
    CHUNK_BYTES,
    MODEL_VALUES,
    UPDATE_VALUES,
    Path,
    chunk_count,
    depth,
)
from fedsol.learning.selection import DISTANCES, WEIGHTS, selection_chunks
from fedsol.program import Challenge, Round, Submission
from fedsol.program import instructions as ix
from fedsol.program.addresses import PROGRAM_ID
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.program.generated.types.demand_answer_args import DemandAnswerArgs
from fedsol.reading import list_challenges

DEMANDS = ("Unavailable", "SelectionUnavailable")
"""The kinds of disputes that ask for a chunk."""
MODEL_RECORD, UPDATE_RECORD = 32, 40
_VALUE_BYTES = 2
_DISCRIMINATOR_BYTES = 8


@dataclass(frozen=True)
class Shown:
    """A chunk (256 bytes) that an author showed, with the path that its tree has there."""

    index: int
    chunk: bytes
    siblings: tuple[bytes, ...]

    @property
    def path(self) -> Path:
        """The path, as the learning layer names it."""
        return Path(self.index, self.siblings)


@dataclass(frozen=True)
class Dispute:
    """A challenge or a demand: its address, its account, and all of the account's bytes."""

    address: Pubkey
    account: Challenge
    data: bytes

    @property
    def target(self) -> Pubkey | None:
        """The submission that is disputed; None for the round's aggregate."""
        return None if self.account.target == self.account.round else self.account.target

    @property
    def is_demand(self) -> bool:
        """Whether it asks for a chunk."""
        return self.account.kind.kind in DEMANDS

    @property
    def of_selection(self) -> bool:
        """Whether the chunk that it asks for is the selection's."""
        return self.account.kind.kind == "SelectionUnavailable"

    @property
    def is_open(self) -> bool:
        """Whether nothing is decided yet."""
        return self.account.verdict.kind == "Open"

    @property
    def place(self) -> int:
        """The coordinate or chunk that it is about; 0 for a copy."""
        return place_of(self.account.kind)

    @cached_property
    def _tail(self) -> bytes:
        """What follows the account's fields: as long as what it is about makes it."""
        one = self.account
        if self.of_selection:
            length = CHUNK_BYTES + MODEL_RECORD * depth(self._selection_chunks)
        elif self.is_demand:
            record, levels = tree_shape(one.parameter_count, of_model=self.target is None)
            length = CHUNK_BYTES + record * levels
        else:
            weights = chunk_count(one.submissions, WEIGHTS) if one.selected is not None else 0
            values = -(-one.submissions // 8) + _VALUE_BYTES * one.submissions
            length = values + CHUNK_BYTES * weights
        return self.data[-length:]

    @property
    def _selection_chunks(self) -> int:
        one = self.account
        with_table = one.selected is not None and one.selected.rule.kind == "MultiKrum"
        return selection_chunks(one.submissions, with_table=with_table)

    def has_chunk(self, place: int) -> bool:
        """Whether a chunk of the selection is here; ``place`` is among those that are asked for."""
        known = self.account.selected
        if known is None:
            return False
        if self.account.kind.kind == "WrongDistance":
            return known.entry is not None
        return bool(known.shown >> place & 1)

    def has_value(self, index: int) -> bool:
        """Whether the value of the submission of that index was shown to a wrong-aggregate
        challenge.
        """
        return bool(self._tail[index >> 3] >> (index & 7) & 1)

    @property
    def shown(self) -> Shown | None:
        """What the author showed; None while the answer is not complete."""
        if not self.is_demand or self.account.evidence.kind != "Refutes":
            return None
        record = MODEL_RECORD if self.target is None else UPDATE_RECORD
        return Shown(
            self.place, self._tail[:CHUNK_BYTES], _records(self._tail[CHUNK_BYTES:], record)
        )

    def is_moot(self, round_: Round, submission: Submission | None) -> bool:
        """Whether what it is about has fallen already; ``submission`` is its target."""
        if self.target is None:
            return bool(self.account.attempt != round_.attempt)
        return submission is not None and not is_standing(submission)

    @property
    def is_complete(self) -> bool:
        """Whether all is here that a verdict needs; an unanswered demand needs time, too."""
        one = self.account
        selection = one.selected is None or one.selected.shown.bit_count() == self._asked
        if one.kind.kind == "WrongAggregate":
            padding = self.place >= one.parameter_count
            values = one.base is not None and selection and one.have == one.needed
            return one.evidence.kind != "Incomplete" or (
                one.posted is not None and (padding or values)
            )
        if one.kind.kind in ("WrongWeights", "WrongSelection"):
            return one.evidence.kind != "Incomplete" or selection
        return bool(one.evidence.kind != "Incomplete")

    @property
    def _asked(self) -> int:
        """How many chunks of the selection its verdict needs."""
        count = self.account.submissions
        rows = 2 * chunk_count(count, DISTANCES)
        more = rows if self.account.kind.kind == "WrongSelection" else 0
        return chunk_count(count, WEIGHTS) + more


def place_of(kind: ChallengeKindKind) -> int:
    """The coordinate, chunk or row that a kind names; 0 for one that names none."""
    value = getattr(kind, "value", None) or {}
    return int(next(iter(value.values()), 0))


def tree_shape(parameters: int, *, of_model: bool) -> tuple[int, int]:
    """Bytes of a record and siblings of a path, in a model's tree or in an update's."""
    if of_model:
        return MODEL_RECORD, depth(chunk_count(parameters, MODEL_VALUES))
    return UPDATE_RECORD, depth(chunk_count(parameters, UPDATE_VALUES))


def is_standing(submission: Submission) -> bool:
    """Whether it was shown and no fault was proved."""
    return submission.status.kind in ("Revealed", "Rejected", "Planted")


def place_in_line(submission: Submission) -> tuple[int, int]:
    """Which of two equal submissions was first: by the slot of its commitment, then by index."""
    return submission.committed_slot, submission.index


async def list_disputes(chain: Chain, round_: Pubkey) -> list[Dispute]:
    """The challenges and demands of a round whose accounts are there, decided ones too."""
    return [Dispute(*found) for found in await list_challenges(chain, round_)]


async def shown_in(chain: Chain, dispute: Pubkey, chunk: int, *, of_model: bool) -> Shown | None:
    """What was last shown to a demand for ``chunk``, from the ledger: its account may be closed."""
    chunk_bytes, siblings = b"", b""
    for record in await chain.history(dispute):
        if record.err is not None:
            continue
        for shown_chunk, more in _answers(record.raw, dispute):
            chunk_bytes, siblings = (shown_chunk, b"") if shown_chunk else (chunk_bytes, siblings)
            siblings += more
    if not chunk_bytes:
        return None
    return Shown(
        chunk, chunk_bytes, _records(siblings, MODEL_RECORD if of_model else UPDATE_RECORD)
    )


def _answers(raw: bytes, dispute: Pubkey) -> Iterable[tuple[bytes, bytes]]:
    """Chunk and siblings of every ``demand_answer`` to a dispute in a transaction's bytes."""
    message = VersionedTransaction.from_bytes(raw).message
    keys = message.account_keys
    discriminator = _answer_discriminator()
    for one in message.instructions:
        data = bytes(one.data)
        named = [keys[place] for place in bytes(one.accounts) if place < len(keys)]
        is_answer = keys[one.program_id_index] == PROGRAM_ID and data.startswith(discriminator)
        if is_answer and dispute in named:
            args = DemandAnswerArgs.layout.parse(data[_DISCRIMINATOR_BYTES:])
            yield bytes(args.chunk), bytes(args.siblings)


@cache
def _answer_discriminator() -> bytes:
    nobody = Pubkey.default()
    return bytes(ix.demand_answer(nobody, 0, nobody, nobody, siblings=()).data)[
        :_DISCRIMINATOR_BYTES
    ]


def _records(joined: bytes, record: int) -> tuple[bytes, ...]:
    return tuple(joined[start : start + record] for start in range(0, len(joined), record))
