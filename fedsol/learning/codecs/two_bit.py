"""Two bits for each value: its sign, and whether it is small or large for its chunk.

The levels of Lloyd and Max's uniform quantiser for four codes; rounding this coarse needs error
feedback (Seide et al., "1-bit stochastic gradient descent", 2014).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.codecs.base import Codec
from fedsol.learning.codecs.chunks import CHUNK, chunk_count, from_chunks, to_chunks

_PER_BYTE = 4
_SCALE_BYTES = 2
_BLOCK = _SCALE_BYTES + CHUNK // _PER_BYTE
_MAX_SCALE = 32_767 // 3


@dataclass(frozen=True)
class TwoBit(Codec):
    """A value is -3, -1, 1 or 3 times its chunk's scale; a chunk of scale 0 is zeros alone."""

    name: ClassVar[str] = "two_bit"
    code: ClassVar[int] = 3

    def project(self, values: NDArray[np.int16], qmax: int) -> NDArray[np.int16]:
        """The nearest level of each; the scale is two thirds of the chunk's mean magnitude.

        Raises:
            ConfigError: ``qmax`` is below 3, and leaves no room for the levels.
        """
        if qmax < 3:
            raise ConfigError(f"two bits have levels of 1 and 3: not within qmax {qmax}")
        chunks = to_chunks(values)
        sizes = np.abs(chunks)
        held = 3 * _lengths(values.shape[-1])
        scales = np.minimum((2 * sizes.sum(axis=-1) + held // 2) // held, qmax // 3)[..., None]
        levels = np.where(sizes > 2 * scales, 3 * scales, scales)
        # Where all are large their level is the chunk's scale, which has a bound of its own.
        real = np.arange(chunks.shape[-2] * CHUNK) < values.shape[-1]
        least = np.where(real.reshape(-1, CHUNK), levels, 1 << 16).min(axis=-1, keepdims=True)
        levels = np.where(least > _MAX_SCALE, _MAX_SCALE, levels)
        return from_chunks(np.where(chunks < 0, -levels, levels), values.shape[-1])

    def write_body(self, values: NDArray[np.int16]) -> bytes:
        """34 bytes for each chunk: scale (u16) and codes; the last block is as short as can be."""
        chunks = to_chunks(values)
        real = (np.arange(chunks.size) < values.size).reshape(chunks.shape)
        sizes = np.abs(chunks)
        scales = np.where(real, sizes, 1 << 16).min(axis=-1, keepdims=True)
        large = sizes == 3 * scales
        if (scales > _MAX_SCALE).any() or (real & ~large & (sizes != scales)).any():
            raise LearningError("a chunk has other values than -3, -1, 1 and 3 times its least")
        # In the order of the levels; nothing of a chunk of zeros, or behind the last value.
        codes = np.where(chunks < 0, np.where(large, 0, 1), np.where(large, 3, 2))
        codes = np.where(real & (scales > 0), codes, 0)
        blocks = np.empty((len(chunks), _BLOCK), np.uint8)
        blocks[:, :_SCALE_BYTES] = scales.astype("<u2").view(np.uint8)
        quads = codes.reshape(len(chunks), -1, _PER_BYTE) << np.array([0, 2, 4, 6])
        blocks[:, _SCALE_BYTES:] = quads.sum(axis=-1)
        return blocks.tobytes()[: _body_bytes(values.size)]

    def read_body(self, body: bytes, size: int) -> NDArray[np.int16]:
        """The inverse of :meth:`write_body`."""
        if len(body) != _body_bytes(size):
            raise LearningError(f"{len(body)} bytes are not {size} values of two bits")
        padded = np.zeros((chunk_count(size), _BLOCK), np.uint8)
        padded.reshape(-1)[: len(body)] = np.frombuffer(body, np.uint8)
        scales = np.ascontiguousarray(padded[:, :_SCALE_BYTES]).view("<u2").astype(np.int32)
        if (scales > _MAX_SCALE).any():
            raise LearningError(f"a chunk's scale is above {_MAX_SCALE:,}")
        quads = padded[:, _SCALE_BYTES:, None].astype(np.int32)
        codes = (quads >> np.array([0, 2, 4, 6], np.int32) & 3).reshape(-1, CHUNK)
        return from_chunks((2 * codes - 3) * scales, size)


def _lengths(size: int) -> NDArray[np.int32]:
    """How many values each chunk holds."""
    starts = np.arange(chunk_count(size), dtype=np.int32) * CHUNK
    return np.minimum(size - starts, CHUNK).astype(np.int32)


def _body_bytes(size: int) -> int:
    return _SCALE_BYTES * chunk_count(size) + -(-size // _PER_BYTE)
