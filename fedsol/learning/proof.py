"""What a fraud proof consists of, on the side of the learning.

A rule works coordinate by coordinate, so that one coordinate proves a wrong aggregate:
:func:`first_difference` finds it, :func:`judge_coordinate` computes it, and :func:`update_evidence`
and :func:`model_evidence` show each value there with its chunk's path. A published update that
breaks its bound is proved by one chunk (:func:`faulty_leaf`); one whose sum tree lies is searched
for the chunk by :func:`lying_range`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import LearningError
from fedsol.learning.aggregation import Rule, Scale, aggregate
from fedsol.learning.merkle import (
    CHUNK_BYTES,
    EMPTY_HASH,
    UPDATE_VALUES,
    Path,
    Tree,
    chunk_count,
    depth,
    leaf_hash,
    model_chunk,
    update_chunk,
    update_tree,
)


@dataclass(frozen=True)
class Evidence:
    """One value, shown: its chunk (256 bytes), the value's place in it, and the chunk's path.

    ``offset`` counts values, not bytes. ``siblings`` are records from the leaf up: 32 bytes each in
    a model's tree, 40 in an update's.
    """

    chunk_index: int
    offset: int
    chunk: bytes
    siblings: tuple[bytes, ...]


def first_difference(expected: NDArray[np.int32], posted: NDArray[np.int32]) -> int | None:
    """The lowest coordinate at which two models (int32[d] both) differ; ``None`` if none does.

    Raises:
        LearningError: wrong dtypes or shapes that differ.
    """
    for array in (expected, posted):
        if array.dtype != np.int32 or array.ndim != 1:
            raise LearningError(f"a model is int32[d], not {array.dtype}{array.shape}")
    if expected.shape != posted.shape:
        raise LearningError(f"a model of {posted.size} values cannot equal {expected.size}")
    differ = expected != posted
    return int(np.argmax(differ)) if differ.any() else None


def judge_coordinate(
    model: int, values: Sequence[int], weights: Sequence[int], rule: Rule, scale: Scale
) -> int:
    """What the exact rule makes of one coordinate: the model's next value (i32) there.

    ``model`` is the value before (i32), ``values`` (i16) and ``weights`` (u32) one per update, in
    the order of their index.

    Raises:
        LearningError: a number out of range, or as :func:`.aggregation.aggregate`.
    """
    column = _integers(values, np.int16).reshape(-1, 1)
    before = _integers([model], np.int32)
    return int(aggregate(before, column, _integers(weights, np.uint32), rule, scale)[0])


def update_evidence(tree: Tree, values: NDArray[np.int16], coordinate: int) -> Evidence:
    """The evidence for one coordinate of an update (int16[d]) under its sum tree.

    Raises:
        LearningError: no such coordinate, or a tree that is not of these values.
    """
    index, offset = _place(coordinate, values)
    return _evidence(tree, index, offset, update_chunk(values, index))


def model_evidence(tree: Tree, values: NDArray[np.int32], coordinate: int) -> Evidence:
    """The evidence for one coordinate of a model (int32[d]); errors as ``update_evidence``."""
    index, offset = _place(coordinate, values)
    return _evidence(tree, index, offset, model_chunk(values, index))


def faulty_leaf(
    values: NDArray[np.int16], qmax: int, declared: Sequence[int] | None = None
) -> int | None:
    """The lowest chunk of a published update (int16[d]) that is a fault; ``None`` if none is.

    It is one with a value beyond ``qmax``, or, where the author's leaf sums are known
    (``declared``, one per chunk), one whose Σ q² is another than declared.

    Raises:
        LearningError: wrong dtype or shape, no values, or not one sum for each chunk.
    """
    chunks = _rows(values)
    # Not the absolute value: that of -32,768 is no int16.
    faulty = ((chunks > qmax) | (chunks < -qmax)).any(axis=1)
    if declared is not None:
        if len(declared) != len(chunks):
            raise LearningError(f"{len(declared)} sums do not fit {len(chunks)} chunks")
        true = np.einsum("ij,ij->i", chunks, chunks, dtype=np.int64).tolist()
        faulty |= np.array([a != b for a, b in zip(true, declared, strict=True)])
    return int(np.argmax(faulty)) if faulty.any() else None


def lying_range(values: NDArray[np.int16], path: Path) -> range | None:
    """The chunks under which an author's sum tree is not that of its update's ``values`` (int16[d]).

    ``path`` is what the author showed: a chunk's path in its own tree, with records of 40 bytes, in
    which every sum adds up to the root. A sibling on it that differs from the true tree's hides a
    lie among its chunks. The lowest such sibling is taken, so that asking for a chunk of the range
    next, and again, narrows it each time until it is one chunk. ``None``: no sibling differs.

    Raises:
        LearningError: as :func:`.merkle.update_tree`, or a path that does not fit the values.
    """
    tree = update_tree(values)
    siblings = path.siblings
    if len(siblings) != depth(tree.chunks) or any(len(s) != 40 for s in siblings):
        raise LearningError(f"the path does not fit a sum tree of {tree.chunks} chunks")
    for level, (shown, true) in enumerate(
        zip(siblings, tree.prove(path.index).siblings, strict=True)
    ):
        if shown == true:
            continue
        if true == EMPTY_HASH + bytes(8):
            raise LearningError(f"the sibling at level {level} must be the empty leaf")
        first = (path.index >> level ^ 1) << level
        return range(first, min(first + (1 << level), tree.chunks))
    return None


def _integers(numbers: Sequence[int], dtype: Any) -> NDArray[Any]:
    bounds = np.iinfo(dtype)
    if not all(bounds.min <= number <= bounds.max for number in numbers):
        raise LearningError(f"not all of these fit {np.dtype(dtype)}: {list(numbers)}")
    return np.array(numbers, dtype)


def _place(coordinate: int, values: NDArray[Any]) -> tuple[int, int]:
    if not 0 <= coordinate < values.size:
        raise LearningError(f"no coordinate {coordinate} of {values.size}")
    return divmod(coordinate, CHUNK_BYTES // values.itemsize)


def _evidence(tree: Tree, index: int, offset: int, chunk: bytes) -> Evidence:
    # Only the hash: of an author who lies about a sum, the chunk itself is still true.
    known = index < tree.chunks and tree.levels[0][index][:32].tobytes() == leaf_hash(index, chunk)
    if not known:
        raise LearningError(f"chunk {index} of these values is not in the tree")
    return Evidence(index, offset, chunk, tree.prove(index).siblings)


def _rows(values: NDArray[np.int16]) -> NDArray[np.int16]:
    """An update's chunks (int16[chunks, 128]), the last one padded with zeros."""
    if values.dtype != np.int16 or values.ndim != 1 or values.size == 0:
        raise LearningError(f"an update is int16[d], not {values.dtype}{values.shape}")
    chunks = chunk_count(values.size, UPDATE_VALUES)
    padded = np.pad(values, (0, chunks * UPDATE_VALUES - values.size))
    return padded.reshape(chunks, UPDATE_VALUES)
