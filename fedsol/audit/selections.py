"""Decides disputes about selections again: weights, choices and distances, from what was shown."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.audit.evidence import Shown
from fedsol.audit.ledger import Aggregate, Dispute, Submission
from fedsol.audit.tables import count_of, row_of, weight_chunks
from fedsol.learning import update_root
from fedsol.learning.merkle import CHUNK_BYTES, UPDATE_VALUES, chunk_count
from fedsol.learning.selection import (
    DISTANCES,
    NO_DISTANCE,
    WEIGHTS,
    MultiKrum,
    SelectionRule,
    score,
)
from fedsol.program import addresses as at


def posted_weights(dispute: Dispute, shown: Sequence[Shown]) -> NDArray[np.uint32] | None:
    """The posted weights with their padding; None until all are shown."""
    return _joined(dispute, shown, range(weight_chunks(count_of(dispute))), "<u4")


def wrong_weights(dispute: Dispute, rule: SelectionRule, shown: Sequence[Shown]) -> bool | None:
    """Whether the weights are none that the rule may give; None until that is shown."""
    if _counts_unaccepted(dispute, shown):
        return True
    weights = posted_weights(dispute, shown)
    if weights is None:
        return None
    total = int(weights.sum(dtype=np.uint64))
    if weights[count_of(dispute) :].any():
        return True
    if isinstance(rule, MultiKrum):
        return total != rule.keep or bool((weights > 1).any())
    return total == 0


def wrong_selection(dispute: Dispute, rule: MultiKrum, shown: Sequence[Shown]) -> bool | None:
    """Whether one that does not count comes before one that does; None until all is shown."""
    weights, count = posted_weights(dispute, shown), count_of(dispute)
    pair = (dispute.place, dispute.other)
    found = (_joined(dispute, shown, row_of(count, row), "<u8") for row in pair)
    rows = [row for row in found if row is not None]
    if weights is None or dispute.aggregate is None or len(rows) < len(pair):
        return None
    neighbours = len(dispute.aggregate.accepted) - rule.byzantine - 2
    selected, passed = (
        score(row[:count], own, neighbours) for own, row in zip(pair, rows, strict=True)
    )
    before = passed is not None and (
        selected is None or (passed, dispute.other) < (selected, dispute.place)
    )
    return bool(weights[dispute.place]) and not weights[dispute.other] and before


def wrong_distance(dispute: Dispute, shown: Sequence[Shown], size: int) -> bool | None:
    """Whether an entry is not the distance; None until both were shown."""
    chunk = row_of(count_of(dispute), dispute.place)[0] + dispute.other // DISTANCES
    entries = _joined(dispute, shown, [chunk], "<u8")
    true = _measured(dispute, size)
    if entries is None or true is None:
        return None
    return int(entries[dispute.other % DISTANCES]) != true


def _counts_unaccepted(dispute: Dispute, shown: Sequence[Shown]) -> bool:
    """Whether a submission was named that has a weight and is not accepted."""
    aggregate = dispute.aggregate
    for one in shown:
        if aggregate is None or one.submission is None or not _is_posted(dispute, one):
            continue
        named = _named(dispute, one.submission)
        if named is None or named in aggregate.accepted:
            continue
        index = (named.index or 0) - one.index * WEIGHTS
        weights = np.frombuffer(one.chunk, "<u4")
        if 0 <= index < WEIGHTS and weights[index]:
            return True
    return False


def _measured(dispute: Dispute, size: int) -> int | None:
    """The distance as the streamed bytes have it; None if they are not the two updates."""
    aggregate, data = dispute.aggregate, b""
    if aggregate is None or dispute.other >= count_of(dispute):
        return None if aggregate is None else 0
    for call in dispute.calls:
        if call.name != "challenge_measure":
            continue
        if call.args.position == 0:
            data = b""
        data += bytes(call.args.bytes)
        first, second = call.accounts.get("first"), call.accounts.get("second")
        if first is None or second is None:
            continue
        pair = _named(dispute, first), _named(dispute, second)
        found = _distance(aggregate, dispute, pair, data, size)
        if found is not None:
            return found
    return None


def _distance(
    aggregate: Aggregate,
    dispute: Dispute,
    pair: tuple[Submission | None, Submission | None],
    data: bytes,
    size: int,
) -> int | None:
    first, second = pair
    if first is None or second is None:
        return None
    if (first.index, second.index) != (dispute.place, dispute.other):
        return None
    if first not in aggregate.accepted or second not in aggregate.accepted:
        return int(NO_DISTANCE)
    if first is second:
        return 0
    chunks = chunk_count(size, UPDATE_VALUES)
    if len(data) != 2 * chunks * CHUNK_BYTES:
        return None
    whole = np.frombuffer(data, "<i2").reshape(chunks, 2, UPDATE_VALUES)
    both = [whole[:, which].reshape(-1) for which in (0, 1)]
    for values, one in zip(both, (first, second), strict=True):
        root = update_root(np.ascontiguousarray(values))
        if (root.hash, root.sum) != (one.root, one.norm_squared):
            return None
    gap = both[0][:size].astype(np.int64) - both[1][:size]
    return int(gap @ gap)


def _named(dispute: Dispute, submission: Pubkey) -> Submission | None:
    revealed = dispute.aggregate.revealed if dispute.aggregate is not None else ()
    addresses = {at.submission_address(dispute.round, one.participant): one for one in revealed}
    return addresses.get(submission)


def _is_posted(dispute: Dispute, shown: Shown) -> bool:
    posted = dispute.aggregate.selection if dispute.aggregate is not None else None
    return posted is not None and (shown.part, shown.root) == ("Selection", posted[0])


def _joined(
    dispute: Dispute, shown: Sequence[Shown], chunks: Sequence[int], dtype: str
) -> NDArray[np.unsignedinteger] | None:
    """The numbers in these chunks of the posted selection; None until all of them are shown."""
    known = {one.index: one.chunk for one in shown if _is_posted(dispute, one)}
    if not all(chunk in known for chunk in chunks):
        return None
    return np.frombuffer(b"".join(known[chunk] for chunk in chunks), dtype)
