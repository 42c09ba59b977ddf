"""The largest values alone: the share ``k`` of them, each as a position and one byte.

Aji and Heafield, "Sparse communication for distributed gradient descent" (2017); what is left out
must come back by error feedback (Stich, Cordonnier, Jaggi, "Sparsified SGD with memory", 2018).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.codecs.base import Codec
from fedsol.learning.codecs.chunks import (
    CHUNK,
    MAX_SHIFT,
    chunk_count,
    from_chunks,
    round_to_shifts,
    shifts_of,
    to_chunks,
)

_MANY = 15
"""A count from here on has a byte of its own: four bits of the head do not hold it."""


@dataclass(frozen=True)
class TopK(Codec):
    """A block is a head (shift and count) and a pair of bytes for each value that is kept.

    ``k``: the share of values kept, of the whole update; at least one is.
    """

    k: float = 0.01
    name: ClassVar[str] = "top_k"
    code: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if not 0 < self.k <= 1:
            raise ConfigError(f"k is a share of the values, above 0 and at most 1, not {self.k}")

    def project(self, values: NDArray[np.int16], qmax: int) -> NDArray[np.int16]:
        """Zero but where a value is among the largest; of equals, those that come first."""
        size = values.shape[-1]
        kept = np.where(_largest(values, max(1, int(self.k * size))), values, np.int16(0))
        return from_chunks(round_to_shifts(to_chunks(kept), qmax), size)

    def write_body(self, values: NDArray[np.int16]) -> bytes:
        """A block for each chunk, however many of its values are not zero."""
        chunks = to_chunks(values)
        shifts = shifts_of(chunks)
        rows, places = np.nonzero(chunks)
        steps = chunks[rows, places] >> shifts[rows]
        if (shifts > MAX_SHIFT).any() or (steps << shifts[rows] != chunks[rows, places]).any():
            raise LearningError("a value is no multiple of its chunk's power of two")
        counts = np.bincount(rows, minlength=len(chunks))
        many = counts >= _MANY
        lengths = 1 + many + 2 * counts
        starts = np.cumsum(lengths) - lengths
        body = np.empty(lengths.sum(), np.uint8)
        body[starts] = shifts << 4 | np.minimum(counts, _MANY)
        body[starts[many] + 1] = counts[many] - _MANY
        pairs = (starts + 1 + many - 2 * (np.cumsum(counts) - counts))[rows] + 2 * np.arange(
            len(rows)
        )
        body[pairs] = places
        body[pairs + 1] = steps.astype(np.int8).view(np.uint8)
        return body.tobytes()

    def read_body(self, body: bytes, size: int) -> NDArray[np.int16]:
        """The inverse of :meth:`write_body`; of any share ``k``."""
        starts, counts, heads = _blocks(body, chunk_count(size))
        rows = np.repeat(np.arange(len(counts)), counts)
        pairs = starts[rows] + 2 * (np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows])
        data = np.frombuffer(body, np.uint8)
        coordinates, steps = rows * CHUNK + data[pairs], data[pairs + 1].view(np.int8)
        shifts = (heads >> 4)[rows]
        if (coordinates >= size).any() or (shifts > MAX_SHIFT).any():
            raise LearningError("a position is beyond the update, or a shift beyond int16")
        values = np.zeros(size, np.int16)
        values[coordinates] = steps.astype(np.int32) << shifts
        return values


def _largest(values: NDArray[np.int16], count: int) -> NDArray[np.bool_]:
    """Where the ``count`` values of largest magnitude are, in each row."""
    sizes = np.abs(values.astype(np.int32))
    least = -np.partition(-sizes, count - 1, axis=-1)[..., count - 1 : count]
    above, equal = sizes > least, sizes == least
    places = count - above.sum(axis=-1, keepdims=True)
    found: NDArray[np.bool_] = above | (equal & (np.cumsum(equal, axis=-1) <= places))
    return found


def _blocks(
    body: bytes, chunks: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Where each block's pairs begin, how many there are, and its head."""
    starts, counts = np.empty(chunks, np.int64), np.empty(chunks, np.int64)
    heads = np.empty(chunks, np.int32)
    at = 0
    try:
        for chunk in range(chunks):
            heads[chunk] = head = body[at]
            count, at = head & 15, at + 1
            if count == _MANY:
                count, at = _MANY + body[at], at + 1
            starts[chunk], counts[chunk] = at, count
            at += 2 * count
    except IndexError:
        at = -1
    if at != len(body):
        raise LearningError(f"{len(body)} bytes are not {chunks} blocks")
    return starts, counts, heads
