"""Elements of the field of 2**24 - 3, many at a time: 3 bytes each, exact in NumPy's integers.

So small a field lets a whole secret be shared, or many recovered, by a few passes over arrays, where
one big field would take a multiplication of Python's integers for each share and coefficient.
"""

import os
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

PRIME = 2**24 - 3
ELEMENT_BYTES = 3
_ALL = 2**24

Elements = NDArray[np.int64]
Source = Callable[[int], bytes]  # gives so many random bytes, as ``os.urandom`` does


def draw(count: int, prime: int = PRIME, source: Source = os.urandom) -> Elements:
    """So many elements (int64[count]), each even over 0..prime - 1, if all bytes of the source are;
    by default the system's randomness."""
    limit = _ALL - _ALL % prime  # above it, the remainder would favour small numbers
    found = unpack(source(ELEMENT_BYTES * count))
    while (high := found >= limit).any():
        found[high] = unpack(source(ELEMENT_BYTES * int(high.sum())))
    return found % prime


def pack(elements: Elements) -> bytes:
    """Elements as bytes, 3 each, little-endian."""
    wide = np.ascontiguousarray(elements, "<u4").view(np.uint8)
    return wide.reshape(-1, 4)[:, :ELEMENT_BYTES].tobytes()


def unpack(data: bytes) -> Elements:
    """Undoes ``pack`` (int64[n]); what is not below the prime stays as it is."""
    wide = np.zeros((len(data) // ELEMENT_BYTES, 4), np.uint8)
    wide[:, :ELEMENT_BYTES] = np.frombuffer(data, np.uint8).reshape(-1, ELEMENT_BYTES)
    return wide.view("<u4").ravel().astype(np.int64)


def powers(bases: Sequence[int], count: int, prime: int = PRIME) -> Elements:
    """The powers 0..count - 1 of each base (int64[n, count])."""
    base = np.array(bases, np.int64)
    found = np.ones((len(base), count), np.int64)
    for exponent in range(1, count):
        found[:, exponent] = found[:, exponent - 1] * base % prime
    return found


def inverse(elements: Elements, prime: int = PRIME) -> Elements:
    """One over each element other than 0, by Fermat's little theorem."""
    found, square, exponent = np.ones_like(elements), elements % prime, prime - 2
    while exponent:
        if exponent & 1:
            found = found * square % prime
        square = square * square % prime
        exponent >>= 1
    return found
