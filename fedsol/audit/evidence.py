"""The evidence of a dispute as the ledger's transactions have it: chunks, climbed to their roots."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.audit.calls import Call
from fedsol.audit.ledger import Dispute
from fedsol.audit.tables import chunk_asked, chunks_of
from fedsol.learning.merkle import (
    EMPTY_HASH,
    MODEL_VALUES,
    UPDATE_VALUES,
    chunk_count,
    chunk_sum,
    depth,
    leaf_hash,
)

_HASH, _SUM = 32, 8
_WRAP = 2**64


@dataclass(frozen=True)
class Shown:
    """A chunk (256 bytes) that was shown with its whole path, and the root that it leads to.

    ``part`` is ``Update``, ``Base``, ``Posted`` or ``Selection``; ``declared`` the leaf's sum as its
    author hashed it. ``total`` is the root's sum modulo 2^64, ``overflowed`` whether it was taken so.
    """

    part: str
    submission: Pubkey | None
    index: int
    chunk: bytes
    declared: int
    root: bytes
    total: int
    overflowed: bool


def shown_in(
    dispute: Dispute, parameters: int, *, update_length: int | None = None
) -> Iterator[Shown]:
    """Every path that the calls of a dispute complete, in their order; ``parameters`` of the model.

    ``update_length``: the values of an update, where there are not as many.
    """
    lengths = {True: update_length or parameters, False: parameters}
    chunk, siblings, declared = b"", b"", 0
    for call in dispute.calls:
        if call.name == "challenge_measure":
            continue
        submission = call.accounts.get("submission")
        part = _part(dispute, call, submission)
        of_update = part == "Update"
        values = UPDATE_VALUES if of_update else MODEL_VALUES
        record = _HASH + _SUM if of_update else _HASH
        chunks = (
            chunks_of(dispute) if part == "Selection" else chunk_count(lengths[of_update], values)
        )
        if call.args.chunk:
            chunk, siblings = bytes(call.args.chunk), b""
            declared = chunk_sum(chunk) if of_update else 0
            if dispute.kind == "LyingNorm":
                declared = call.args.declared
        siblings += bytes(call.args.siblings)
        if not chunk or len(siblings) != depth(chunks) * record:
            continue
        index = dispute.place // values if dispute.kind == "WrongAggregate" else dispute.place
        if part == "Selection":
            index = chunk_asked(dispute, getattr(call.args, "place", 0))
        path = [siblings[start : start + record] for start in range(0, len(siblings), record)]
        top = _climb(leaf_hash(index, chunk), declared, index, path, chunks)
        if top is not None:
            yield Shown(part, submission, index, chunk, declared, *top)
        chunk = b""


def _part(dispute: Dispute, call: Call, submission: Pubkey | None) -> str:
    if call.name == "challenge_append":
        return str(call.args.part.kind)
    if dispute.kind == "SelectionUnavailable":
        return "Selection"
    return "Posted" if submission is None else "Update"


def _climb(
    node: bytes, total: int, position: int, path: Sequence[bytes], chunks: int
) -> tuple[bytes, int, bool] | None:
    """The root, its sum and whether that overflowed; None if a neighbour was invented."""
    overflowed = False
    for level, sibling in enumerate(path):
        alone = position == (chunks - 1) >> level and not position & 1
        if alone and sibling != EMPTY_HASH.ljust(len(sibling), b"\0"):
            return None
        own = node + (total.to_bytes(_SUM, "little") if len(sibling) > _HASH else b"")
        body = sibling + own if position & 1 else own + sibling
        total += int.from_bytes(sibling[_HASH:], "little")
        overflowed, total = overflowed or total >= _WRAP, total % _WRAP
        node, position = hashlib.sha256(b"\x01" + body).digest(), position >> 1
    return node, total, overflowed
