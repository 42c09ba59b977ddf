"""Masks: key streams that cancel in a sum of integers modulo 2**16, 2**32 or 2**64.

A stream is AES-256 in counter mode over zeros, read as little-endian words. Each seed serves one
round only, so the counter begins at 0. Blocks are small enough to be added while in cache.
"""

import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.extras import need

_BLOCK_BYTES = 1 << 17
_ZEROS = bytes(_BLOCK_BYTES)


def add_masks(
    total: NDArray[np.unsignedinteger[Any]],
    added: Sequence[bytes],
    subtracted: Sequence[bytes] = (),
) -> None:
    """Add to ``total`` (uint16, uint32 or uint64, [d]), in place, the masks of some seeds (32 bytes).

    The masks of the seeds in ``subtracted`` are taken off. Everything wraps.

    Raises:
        ConfigError: ``cryptography`` is not installed.
    """
    streams: list[tuple[np.ufunc, Any]] = [(np.add, _stream(seed)) for seed in added]
    streams += [(np.subtract, _stream(seed)) for seed in subtracted]
    room = np.empty(min(_BLOCK_BYTES, total.nbytes) + 15, np.uint8)
    words = _BLOCK_BYTES // total.itemsize
    for start in range(0, total.size, words):
        part = total[start : start + words]
        mask = room[: part.nbytes].view(part.dtype)
        zeros = memoryview(_ZEROS)[: part.nbytes]
        for combine, stream in streams:
            stream.update_into(zeros, room)
            combine(part, mask if sys.byteorder == "little" else mask.byteswap(), out=part)


def _stream(seed: bytes) -> Any:
    ciphers = _ciphers()
    cipher = ciphers.Cipher(ciphers.algorithms.AES(seed), ciphers.modes.CTR(bytes(16)))
    return cipher.encryptor()


@cache
def _ciphers() -> Any:
    return need("cryptography.hazmat.primitives.ciphers", "privacy")
