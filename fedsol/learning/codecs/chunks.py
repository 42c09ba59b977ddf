"""Updates as chunks of 128 values, those of the Merkle tree's leaves, and shifts that fit int8."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 128
"""Values of a chunk: 256 bytes of int16, a leaf of the update's tree."""
MAX_SHIFT = 8
"""Largest shift: 127 << 8 is the largest that int16 holds."""

# A peak below 128 needs no shift, one below 256 a shift of one, and so on.
_PEAKS = np.array([128 << shift for shift in range(MAX_SHIFT + 1)], np.int32)


def chunk_count(size: int) -> int:
    """Chunks of so many values; the last may be shorter."""
    return -(-size // CHUNK)


def to_chunks(values: NDArray[Any]) -> NDArray[np.int32]:
    """int16[…, d] as int32[…, chunks, 128], padded with zeros."""
    rows, size = values.shape[:-1], values.shape[-1]
    wide = np.zeros((*rows, chunk_count(size) * CHUNK), np.int32)
    wide[..., :size] = values
    chunks: NDArray[np.int32] = wide.reshape(*rows, -1, CHUNK)
    return chunks


def from_chunks(chunks: NDArray[np.int32], size: int) -> NDArray[np.int16]:
    """int32[…, chunks, 128] as int16[…, size]: the inverse of :func:`to_chunks`."""
    rows = chunks.shape[:-2]
    values: NDArray[np.int16] = chunks.reshape(*rows, -1)[..., :size].astype(np.int16)
    return values


def shifts_of(chunks: NDArray[np.int32]) -> NDArray[np.int32]:
    """The least shift of each chunk that makes its values fit -127..127: int32[…, chunks]."""
    peaks = np.abs(chunks).max(axis=-1)
    shifts: NDArray[np.int32] = np.searchsorted(_PEAKS, peaks, side="right").astype(np.int32)
    return shifts


def round_to_shifts(chunks: NDArray[np.int32], qmax: int) -> NDArray[np.int32]:
    """Each value as the nearest of ``m << shift``, |m| ≤ 127, half away from zero.

    The shift is its chunk's own. No value passes ``qmax``, and no chunk's shift changes.
    """
    shifts = shifts_of(chunks)[..., None]
    most = np.minimum(127, qmax >> shifts)
    steps = np.minimum((np.abs(chunks) + (1 << shifts >> 1)) >> shifts, most)
    rounded: NDArray[np.int32] = np.sign(chunks) * (steps << shifts)
    return rounded
