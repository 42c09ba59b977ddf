"""One path of a Merkle tree without the tree: a real chunk, and random records beside its path.

Of a tree the program sees nothing else, so that a proof costs what it costs with the whole of it;
and a thousand updates of ten million values need no 20 GB.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from fedsol.learning.merkle import (
    EMPTY_HASH,
    MODEL_VALUES,
    UPDATE_VALUES,
    Path,
    Root,
    chunk_count,
    chunk_sum,
    depth,
    fold,
    leaf_hash,
)

_LARGEST = 100
_MEAN_SQUARE = _LARGEST * (_LARGEST + 1) // 3


@dataclass(frozen=True)
class LonePath:
    """A chunk (256 bytes), its leaf's ``declared`` Σ q², its siblings from the leaf up, the root."""

    chunk: bytes
    declared: int
    siblings: tuple[bytes, ...]
    root: Root


def update_path(
    parameters: int, coordinate: int, value: int, *, seed: bytes, lie: int = 0
) -> LonePath:
    """The path to an update's value (i16) among so many; its leaf declares ``lie`` too much."""
    return _path(parameters, coordinate, value, seed=seed, lie=lie, summed=True)


def model_path(parameters: int, coordinate: int, value: int, *, seed: bytes) -> LonePath:
    """The path to a model's value (i32) among so many."""
    return _path(parameters, coordinate, value, seed=seed, lie=0, summed=False)


def _path(
    parameters: int, coordinate: int, value: int, *, seed: bytes, lie: int, summed: bool
) -> LonePath:
    rng = np.random.default_rng(int.from_bytes(sha256(seed).digest(), "little"))
    per_chunk = UPDATE_VALUES if summed else MODEL_VALUES
    chunks = chunk_count(parameters, per_chunk)
    index, offset = divmod(coordinate, per_chunk)
    values = rng.integers(-_LARGEST, _LARGEST + 1, per_chunk)
    values[offset] = value
    values[max(0, parameters - index * per_chunk) :] = 0
    chunk = values.astype("<i2" if summed else "<i4").tobytes()
    declared = chunk_sum(chunk) + lie if summed else 0
    siblings = tuple(
        _sibling(rng, index, chunks, level, summed=summed) for level in range(depth(chunks))
    )
    leaf = leaf_hash(index, chunk) + (declared.to_bytes(8, "little") if summed else b"")
    record = fold(leaf, Path(index, siblings), chunks)
    assert record is not None
    return LonePath(
        chunk, declared, siblings, Root(record[:32], int.from_bytes(record[32:], "little"))
    )


def _sibling(
    rng: np.random.Generator, index: int, chunks: int, level: int, *, summed: bool
) -> bytes:
    """What stands beside the path at a level: nothing at the tree's edge, else a random node."""
    place = index >> level
    alone = place % 2 == 0 and place == (chunks - 1) >> level
    node = EMPTY_HASH if alone else rng.bytes(32)
    total = 0 if alone else _MEAN_SQUARE * UPDATE_VALUES << level
    return node + (total.to_bytes(8, "little") if summed else b"")
