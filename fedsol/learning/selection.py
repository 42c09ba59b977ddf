"""Rules that select: Krum and Multi-Krum in exact integers, and weights that anybody may post.

What an aggregator posts beside its model is a *selection*: a weight for every revealed submission
and, for Multi-Krum, the table of squared distances that the weights follow from. Each is bytes
under a Merkle root of its own, so that every weight and every distance can be challenged alone.

``programs/fedsol/src/math/selection.rs`` is what judges; both agree integer for integer
(``tests/vectors/selection.json``). Blanchard et al., *Machine Learning with Adversaries* (2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError, NotFinite
from fedsol.learning.merkle import CHUNK_BYTES, Tree, chunk_count, model_tree

SELECTION_MAX = 256
"""Most submissions of a round whose rule selects."""
NO_DISTANCE = np.uint64(2**64 - 1)
"""What a table says where one of the two submissions is not accepted."""
LARGEST_WEIGHT = 2**20
"""What :func:`to_weights` makes of the largest weight."""
WEIGHTS = CHUNK_BYTES // 4
"""Weights (uint32) in a chunk."""
DISTANCES = CHUNK_BYTES // 8
"""Distances (uint64) in a chunk."""

# Products of two values are below 2**31, so that so many of them have an exact float64 sum.
_EXACT = 2**22
_BLOCK_VALUES = 2**22


@dataclass(frozen=True)
class MultiKrum:
    """Mean of the ``keep`` updates with the lowest scores; ``keep`` = 1 is Krum.

    A score is the sum of the ``n - byzantine - 2`` smallest squared distances to other accepted
    updates; of equal scores the lower index comes first.
    """

    byzantine: int
    keep: int

    def __post_init__(self) -> None:
        if self.byzantine < 0 or self.keep < 1:
            raise ConfigError(f"no Multi-Krum keeps {self.keep} with {self.byzantine} byzantine")


@dataclass(frozen=True)
class Weighted:
    """Mean with weights that the aggregator posts: what it makes of them can be checked, they cannot."""


SelectionRule = MultiKrum | Weighted


@dataclass(frozen=True, eq=False)
class Selection:
    """Which submissions count: ``weights`` (uint32[n]) and, for Multi-Krum, ``table`` (uint64[n, n]).

    By index among all ``n`` revealed submissions.
    """

    weights: NDArray[np.uint32]
    table: NDArray[np.uint64] | None = None

    def __post_init__(self) -> None:
        count = len(self.weights)
        if self.weights.dtype != np.uint32 or not 0 < count <= SELECTION_MAX:
            raise LearningError(f"no selection of {self.weights.dtype}{self.weights.shape} weights")
        if self.table is not None and (
            self.table.dtype != np.uint64 or self.table.shape != (count, count)
        ):
            raise LearningError(f"no table of {count} rows: {self.table.dtype}{self.table.shape}")

    @cached_property
    def encoded(self) -> bytes:
        """The bytes that the tree is of and that are stored: weights, then row by row."""
        rows = [] if self.table is None else list(self.table)
        parts = [self.weights.astype("<u4"), *(row.astype("<u8") for row in rows)]
        return b"".join(_whole_chunks(part.tobytes()) for part in parts)

    @cached_property
    def tree(self) -> Tree:
        """The tree of the bytes; its record is the root that is posted."""
        return model_tree(np.frombuffer(self.encoded, np.int32))

    def chunk(self, index: int) -> bytes:
        """The 256 bytes of a chunk. Raises LearningError if there is none."""
        if not 0 <= index < self.tree.chunks:
            raise LearningError(f"no chunk {index}: the selection has {self.tree.chunks}")
        return self.encoded[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES]


def decode_selection(data: bytes, count: int, *, with_table: bool) -> Selection:
    """The selection of ``count`` revealed submissions in its bytes.

    Raises:
        LearningError: another length, or padding that is not zero.
    """
    weight_bytes = chunk_count(count, WEIGHTS) * CHUNK_BYTES
    row_bytes = chunk_count(count, DISTANCES) * CHUNK_BYTES if with_table else 0
    if not 0 < count <= SELECTION_MAX or len(data) != weight_bytes + count * row_bytes:
        raise LearningError(f"{len(data)} bytes are no selection of {count} submissions")
    weights = np.frombuffer(data, "<u4", count).astype(np.uint32)
    table = None
    if with_table:
        rows = np.frombuffer(data[weight_bytes:], "<u8").reshape(count, row_bytes // 8)
        table = rows[:, :count].astype(np.uint64)
    found = Selection(weights, table)
    if found.encoded != data:
        raise LearningError("a selection is padded with zeros")
    return found


def selection_chunks(count: int, *, with_table: bool) -> int:
    """Chunks of the selection of ``count`` submissions."""
    rows = count * chunk_count(count, DISTANCES) if with_table else 0
    return chunk_count(count, WEIGHTS) + rows


def first_chunk_of_row(count: int, row: int) -> int:
    """Where a row of the table begins, for ``count`` submissions."""
    return chunk_count(count, WEIGHTS) + row * chunk_count(count, DISTANCES)


def distances(updates: NDArray[np.int16]) -> NDArray[np.uint64]:
    """Squared Euclidean distances (uint64[n, n]) of updates (int16[n, d]), exact.

    Matrix products in float64 over blocks that are short enough for every sum to be an integer
    below 2**53, so that no order of summation changes it.

    Raises:
        LearningError: wrong dtype or shape.
    """
    if updates.dtype != np.int16 or updates.ndim != 2:
        raise LearningError(f"updates are int16[n, d], not {updates.dtype}{updates.shape}")
    count, size = updates.shape
    products = np.zeros((count, count), np.int64)
    step = max(1, min(_EXACT, _BLOCK_VALUES // max(1, count)))
    for start in range(0, size, step):
        block = updates[:, start : start + step].astype(np.float64)
        products += (block @ block.T).astype(np.int64)
    squares = np.diagonal(products)
    return (squares[:, None] + squares[None, :] - 2 * products).astype(np.uint64)


def distance_table(
    updates: NDArray[np.int16], indices: Sequence[int], count: int
) -> NDArray[np.uint64]:
    """The table (uint64[count, count]) of accepted ``updates`` (int16[n, d]) with these indices.

    ``NO_DISTANCE`` where one of the two of ``count`` revealed submissions is not accepted.
    """
    table = np.full((count, count), NO_DISTANCE, np.uint64)
    table[np.ix_(indices, indices)] = distances(updates)
    return table


def score(row: NDArray[np.uint64], own: int, neighbours: int) -> int | None:
    """Sum of the ``neighbours`` smallest distances of a row to others than ``own``, exact.

    None if there are not as many.
    """
    known = sorted(
        int(distance)
        for column, distance in enumerate(row)
        if column != own and distance != NO_DISTANCE
    )
    return sum(known[:neighbours]) if len(known) >= neighbours else None


def multi_krum(table: NDArray[np.uint64], rule: MultiKrum) -> NDArray[np.uint32]:
    """The weights (uint32[n], 0 or 1) that Multi-Krum gives by a table (uint64[n, n]).

    Raises:
        LearningError: fewer accepted submissions than ``2 · byzantine + 3``, or than are kept.
    """
    accepted = np.flatnonzero(np.diagonal(table) != NO_DISTANCE).tolist()
    count = len(accepted)
    if count < max(2 * rule.byzantine + 3, rule.keep):
        raise LearningError(
            f"{count} updates are too few to keep {rule.keep} with {rule.byzantine} byzantine"
        )
    scores = {one: score(table[one], one, count - rule.byzantine - 2) for one in accepted}
    ranked = sorted((value, one) for one, value in scores.items() if value is not None)
    weights = np.zeros(len(table), np.uint32)
    weights[[one for _, one in ranked[: rule.keep]]] = 1
    return weights


def select(
    rule: SelectionRule,
    updates: NDArray[np.int16],
    indices: Sequence[int],
    count: int,
    weights: NDArray[Any] | None = None,
) -> Selection:
    """The selection of accepted ``updates`` (int16[n, d]) with these indices among ``count``.

    ``weights`` (float[n], any scale) are for ``Weighted`` alone; without them each weighs the same.

    Raises:
        LearningError: as :func:`multi_krum` and :func:`to_weights`, or not one weight per update.
    """
    if isinstance(rule, MultiKrum):
        table = distance_table(updates, indices, count)
        return Selection(multi_krum(table, rule), table)
    given = to_weights(np.ones(len(updates)) if weights is None else weights)
    if len(given) != len(updates):
        raise LearningError(f"{len(given)} weights do not fit {len(updates)} updates")
    placed = np.zeros(count, np.uint32)
    placed[list(indices)] = given
    return Selection(placed)


def to_weights(weights: NDArray[Any]) -> NDArray[np.uint32]:
    """Weights of any float scale as integers (uint32[n]), the largest being 2**20.

    Each is rounded to the nearest: all shares together are off by at most ``n · 2**-20``.

    Raises:
        NotFinite: a weight that is not finite.
        LearningError: a negative weight, none at all, or all zero.
    """
    exact = np.asarray(weights, np.float64)
    if not np.isfinite(exact).all():
        raise NotFinite("a weight is not finite")
    if exact.ndim != 1 or not exact.size or exact.min() < 0 or exact.max() == 0:
        raise LearningError("weights are one or more numbers of 0 or more, not all zero")
    whole: NDArray[np.uint32] = np.rint(exact / exact.max() * LARGEST_WEIGHT).astype(np.uint32)
    return whole


def _whole_chunks(part: bytes) -> bytes:
    return part.ljust(-(-len(part) // CHUNK_BYTES) * CHUNK_BYTES, b"\x00")
