"""Masks: key streams that cancel in a sum of integers modulo 2**16, 2**32 or 2**64.

A stream is what AES-256-GCM makes of zeros, without its tag, read as little-endian words; a block's
number is its nonce, and each seed serves one round only. (Bare counter mode has the same stream, but
costs `cryptography` twice the time to set up.) Blocks are small enough to be added while in cache.
"""

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
    cipher = _cipher()
    streams: list[tuple[np.ufunc, Any]] = [(np.add, cipher(seed).encrypt) for seed in added]
    streams += [(np.subtract, cipher(seed).encrypt) for seed in subtracted]
    words = _BLOCK_BYTES // total.itemsize
    stored = total.dtype.newbyteorder("<")
    for number, start in enumerate(range(0, total.size, words)):
        part = total[start : start + words]
        nonce = number.to_bytes(12, "little")
        zeros = memoryview(_ZEROS)[: part.nbytes]
        for combine, stream in streams:
            mask = np.frombuffer(stream(nonce, zeros, None), stored, part.size)
            combine(part, mask, out=part)


@cache
def _cipher() -> Any:
    return need("cryptography.hazmat.primitives.ciphers.aead", "privacy").AESGCM
