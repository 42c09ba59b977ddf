"""One byte for each value, and one power of two for each chunk."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import LearningError
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


@dataclass(frozen=True)
class Int8(Codec):
    """A value is ``m << shift``, m within -127..127; a block is the shift and its chunk's ``m``."""

    name: ClassVar[str] = "int8"
    code: ClassVar[int] = 1

    def project(self, values: NDArray[np.int16], qmax: int) -> NDArray[np.int16]:
        """Each value rounded to its chunk's step, half away from zero."""
        return from_chunks(round_to_shifts(to_chunks(values), qmax), values.shape[-1])

    def write_body(self, values: NDArray[np.int16]) -> bytes:
        """129 bytes for each chunk; the last block is as short as its chunk."""
        chunks = to_chunks(values)
        shifts = shifts_of(chunks)
        steps = chunks >> shifts[:, None]
        if (shifts > MAX_SHIFT).any() or (steps << shifts[:, None] != chunks).any():
            raise LearningError("a value is no multiple of its chunk's power of two")
        blocks = np.empty((len(chunks), 1 + CHUNK), np.uint8)
        blocks[:, 0] = shifts
        blocks[:, 1:] = steps.astype(np.int8).view(np.uint8)
        return blocks.tobytes()[: values.size + len(chunks)]

    def read_body(self, body: bytes, size: int) -> NDArray[np.int16]:
        """The inverse of :meth:`write_body`."""
        count = chunk_count(size)
        if len(body) != size + count:
            raise LearningError(f"{len(body)} bytes are not {size} values in {count} blocks")
        padded = np.zeros(count * (1 + CHUNK), np.uint8)
        padded[: len(body)] = np.frombuffer(body, np.uint8)
        blocks = padded.reshape(count, 1 + CHUNK)
        shifts = blocks[:, :1].astype(np.int32)
        if (shifts > MAX_SHIFT).any():
            raise LearningError(f"a chunk is shifted by more than {MAX_SHIFT}")
        steps = np.ascontiguousarray(blocks[:, 1:]).view(np.int8).astype(np.int32)
        return from_chunks(steps << shifts, size)
