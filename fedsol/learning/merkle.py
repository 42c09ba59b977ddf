"""Merkle trees of models and updates: what a root commits to, and how one chunk is proved.

- **Chunk**: 256 bytes, little-endian, the last one padded with zeros: 128 update values (int16) or
  64 model values (int32). No values at all are refused.
- **Leaf** of chunk ``i``: ``sha256(0x00 ‖ le32(i) ‖ chunk)``.
- **Record** of a leaf or node: its hash; in an update's tree, the *sum* tree, ``hash ‖ le64(s)``,
  where a leaf's ``s`` is its Σ q² and a node's is ``left.s + right.s``.
- **Node**: ``sha256(0x01 ‖ left record ‖ right record)``.
- **Empty leaf**: ``sha256(0x00 ‖ le32(0xFFFFFFFF))``, with sum 0. At every level, a last node
  without a neighbour is paired with it, as it is. No leaf or node can equal it: their messages are
  longer.
- **Root**: the record of the one node left. Of a single chunk it is that leaf's.

A path is as long as the tree is deep, which the number of chunks fixes: a verifier takes that
number from the federation, never from the prover, or one index could be proved at two depths.
"""

import hashlib
import os
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import LearningError
from fedsol.learning.merkle_hash import Bytes, backend, split_work

CHUNK_BYTES = 256
UPDATE_VALUES = 128
"""Update values (int16) in a chunk."""
MODEL_VALUES = 64
"""Model values (int32) in a chunk."""
EMPTY_HASH = hashlib.sha256(b"\x00\xff\xff\xff\xff").digest()
_MAX_CHUNKS = 0xFFFFFFFF  # the empty leaf's index is nobody's
_MAX_SUM = 2**64 - 1


class Root(NamedTuple):
    """Root of an update's sum tree: its hash (32 bytes) and Σ q² of the whole update."""

    hash: bytes
    sum: int


@dataclass(frozen=True)
class Path:
    """Proof of one chunk: its index, and the sibling records from the leaf up.

    A sibling is 32 bytes in a model's tree and 40, ``hash ‖ le64(s)``, in an update's.
    """

    index: int
    siblings: tuple[bytes, ...]


@dataclass(frozen=True)
class Tree:
    """Every level of a tree, leaves first: uint8[nodes, 32 or 40], the odd ones filled up."""

    levels: tuple[Bytes, ...]
    chunks: int

    @property
    def record(self) -> bytes:
        """The root's record: 32 bytes of a model's tree, 40 of an update's."""
        return bytes(self.levels[-1][0])

    @property
    def root(self) -> Root:
        """The root as hash and sum; a model's tree has the sum 0."""
        return Root(self.record[:32], int.from_bytes(self.record[32:], "little"))

    def prove(self, index: int) -> Path:
        """The path of the chunk at ``index``.

        Raises:
            LearningError: there is no such chunk.
        """
        if not 0 <= index < self.chunks:
            raise LearningError(f"no chunk {index}: the tree has {self.chunks}")
        inner = enumerate(self.levels[:-1])
        return Path(index, tuple(level[(index >> i) ^ 1].tobytes() for i, level in inner))


def model_tree(values: NDArray[np.int32], *, threads: int = 1, engine: str | None = None) -> Tree:
    """Tree of a model's values (int32[d], d ≥ 1), on ``threads`` threads.

    ``engine`` names a back end of :mod:`.merkle_hash`; by default it is the fastest.

    Raises:
        LearningError: wrong dtype or shape, or no values.
    """
    return _build(_checked(values, np.int32), False, threads, engine)


def update_tree(values: NDArray[np.int16], *, threads: int = 1, engine: str | None = None) -> Tree:
    """Sum tree of an update's values (int16[d], d ≥ 1); arguments and errors as ``model_tree``."""
    return _build(_checked(values, np.int16), True, threads, engine)


def model_root(values: NDArray[np.int32], *, threads: int | None = None) -> bytes:
    """Root hash (32 bytes) of a model's values (int32[d]), on all cores unless told."""
    return model_tree(values, threads=threads or os.cpu_count() or 1).record


def update_root(values: NDArray[np.int16], *, threads: int | None = None) -> Root:
    """Root of an update's values (int16[d]), on all cores unless told."""
    return update_tree(values, threads=threads or os.cpu_count() or 1).root


def update_chunk(values: NDArray[np.int16], index: int) -> bytes:
    """The 256 bytes of an update's chunk ``index``, padded with zeros if it is the last."""
    return _chunk(_checked(values, np.int16), index)


def model_chunk(values: NDArray[np.int32], index: int) -> bytes:
    """The 256 bytes of a model's chunk ``index``, padded with zeros if it is the last."""
    return _chunk(_checked(values, np.int32), index)


def chunk_count(parameters: int, per_chunk: int) -> int:
    """Chunks of ``parameters`` values, ``per_chunk`` (``UPDATE_VALUES``, ``MODEL_VALUES``) each."""
    return -(-parameters // per_chunk)


def depth(chunks: int) -> int:
    """Siblings in every path of a tree of that many chunks (≥ 1)."""
    return (chunks - 1).bit_length()


def leaf_hash(index: int, chunk: bytes) -> bytes:
    """``sha256(0x00 ‖ le32(index) ‖ chunk)``."""
    return hashlib.sha256(b"\x00" + index.to_bytes(4, "little") + chunk).digest()


def chunk_sum(chunk: bytes) -> int:
    """Σ q² of an update's chunk (256 bytes)."""
    wide = np.frombuffer(chunk, "<i2").astype(np.int64)
    return int(wide @ wide)


def fold(record: bytes, path: Path, chunks: int) -> bytes | None:
    """The root's record that a leaf's and its path lead to; ``None`` if the path is malformed.

    The leaf's sum is taken as given: a challenger shows with this what a lying trainer hashed.
    """
    fits = 0 <= path.index < chunks and len(path.siblings) == depth(chunks)
    if not fits or any(len(s) != len(record) for s in path.siblings):
        return None
    total = int.from_bytes(record[32:], "little")
    for level, sibling in enumerate(path.siblings):
        right = path.index >> level & 1
        body = sibling + record if right else record + sibling
        total += int.from_bytes(sibling[32:], "little")
        if total > _MAX_SUM:
            return None
        record = hashlib.sha256(b"\x01" + body).digest()
        record += total.to_bytes(8, "little") if len(sibling) > 32 else b""
    return record


def verify_update(root: Root, chunks: int, chunk: bytes, path: Path) -> bool:
    """Whether ``chunk`` (256 bytes) is number ``path.index`` of ``chunks`` under an update's root.

    False as well if the leaf's sum is not the chunk's Σ q², or if a sum overflows 64 bits.
    """
    if len(chunk) != CHUNK_BYTES or not 0 <= path.index < chunks <= _MAX_CHUNKS:
        return False
    record = leaf_hash(path.index, chunk) + chunk_sum(chunk).to_bytes(8, "little")
    return fold(record, path, chunks) == root.hash + root.sum.to_bytes(8, "little")


def verify_model(root: bytes, chunks: int, chunk: bytes, path: Path) -> bool:
    """Whether ``chunk`` (256 bytes) is number ``path.index`` of ``chunks`` under a model's root."""
    if len(chunk) != CHUNK_BYTES or not 0 <= path.index < chunks <= _MAX_CHUNKS:
        return False
    return fold(leaf_hash(path.index, chunk), path, chunks) == root


def _checked(values: NDArray[Any], dtype: Any) -> NDArray[Any]:
    if values.dtype != dtype or values.ndim != 1:
        raise LearningError(f"a tree takes {np.dtype(dtype)}[d], not {values.dtype}{values.shape}")
    if not 0 < values.nbytes <= CHUNK_BYTES * _MAX_CHUNKS:
        raise LearningError(f"no tree of {values.size} values")
    return np.ascontiguousarray(values, np.dtype(dtype).newbyteorder("<"))


def _chunk(values: NDArray[Any], index: int) -> bytes:
    per_chunk = CHUNK_BYTES // values.itemsize
    if not 0 <= index < chunk_count(values.size, per_chunk):
        raise LearningError(f"no chunk {index} of {values.size} values")
    part = values[index * per_chunk : (index + 1) * per_chunk]
    return part.tobytes().ljust(CHUNK_BYTES, b"\x00")


def _build(values: NDArray[Any], summed: bool, threads: int, engine: str | None) -> Tree:
    per_chunk = CHUNK_BYTES // values.itemsize
    chunks = chunk_count(values.size, per_chunk)
    whole = values.size // per_chunk
    level = np.empty((_even(chunks), 40 if summed else 32), np.uint8)
    body = values[: whole * per_chunk].view(np.uint8).reshape(whole, CHUNK_BYTES)
    _leaves(body, 0, level[:whole], threads, engine)
    if whole < chunks:
        last = np.frombuffer(_chunk(values, whole), np.uint8).reshape(1, CHUNK_BYTES)
        _leaves(last, whole, level[whole:chunks], 1, engine)
    levels = [_fill_up(level, chunks)]
    while len(levels[-1]) > 1:
        levels.append(_parents(levels[-1], threads, engine))
    return Tree(tuple(levels), chunks)


def _even(count: int) -> int:
    return count if count == 1 else count + count % 2


def _fill_up(level: Bytes, count: int) -> Bytes:
    if len(level) > count:
        level[count] = np.frombuffer(EMPTY_HASH.ljust(level.shape[1], b"\x00"), np.uint8)
    return level


def _sums(level: Bytes) -> NDArray[np.uint64]:
    """The sums in the records of a level (uint8[n, 40]), as a view."""
    sums: NDArray[np.uint64] = level.view("<u8")[:, 4]
    return sums


def _leaves(body: Bytes, first: int, out: Bytes, threads: int, engine: str | None) -> None:
    """Records of the chunks ``body`` (uint8[n, 256]), numbered from ``first``."""
    hasher = backend(engine)

    def work(start: int, stop: int) -> None:
        hasher.hash_rows(0, first + start, body[start:stop], out[start:stop])
        if out.shape[1] > 32:
            hasher.square_sums(body[start:stop].view("<i2"), _sums(out)[start:stop])

    split_work(work, len(body), threads)


def _parents(level: Bytes, threads: int, engine: str | None) -> Bytes:
    """The level above ``level`` (uint8[2 · n, width])."""
    count, width = len(level) // 2, level.shape[1]
    pairs = level.reshape(count, 2 * width)
    out = np.empty((_even(count), width), np.uint8)
    hasher = backend(engine)

    def work(start: int, stop: int) -> None:
        hasher.hash_rows(1, -1, pairs[start:stop], out[start:stop])

    split_work(work, count, threads)
    if width > 32:
        np.add(_sums(level)[::2], _sums(level)[1::2], out=_sums(out)[:count])
    return _fill_up(out, count)
