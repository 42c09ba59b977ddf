"""What every codec does: make an update that it can write exactly, write it, and read it back.

A codec rounds *before* the update is committed to. What it writes decodes to the very int16 values
whose sum tree was committed to, so that roots, proofs and aggregation know nothing of codecs.
"""

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import LearningError
from fedsol.learning.codecs.header import HEADER_BYTES, expect_size, read_header, write_header
from fedsol.learning.fixed_point import quantise_delta, squared_norm
from fedsol.learning.scheme import Scheme

_ATTEMPTS = 32


class Codec(ABC):
    """One way to write an update as bytes. Subclasses are frozen dataclasses."""

    name: ClassVar[str]
    code: ClassVar[int]
    """The codec's number in the header."""

    @abstractmethod
    def project(self, values: NDArray[np.int16], qmax: int) -> NDArray[np.int16]:
        """The nearby updates (int16[…, d]) that the codec writes exactly; integers only.

        No result passes ``qmax``.
        """

    @abstractmethod
    def write_body(self, values: NDArray[np.int16]) -> bytes:
        """The bytes behind the header. Raises LearningError for what cannot be written exactly."""

    @abstractmethod
    def read_body(self, body: bytes, size: int) -> NDArray[np.int16]:
        """The values of a body; may accept more than :meth:`write_body` writes.

        Raises LearningError.
        """

    def quantise(self, delta: NDArray[np.floating[Any]], scheme: Scheme) -> NDArray[np.int16]:
        """A difference of parameters (float[d]) as an update (int16[d]) that can be encoded.

        Values are within ``scheme.qmax``, Σ q² within ``scheme.max_norm_squared``.

        Raises:
            NotFinite: a value is NaN or infinite.
        """
        values: NDArray[np.int16] = self.quantise_block(np.asarray(delta)[None], scheme)[0]
        return values

    def quantise_block(
        self, deltas: NDArray[np.floating[Any]], scheme: Scheme
    ) -> NDArray[np.int16]:
        """:meth:`quantise` for many clients: float[b, d] to int16[b, d], row by row the same."""
        dense = quantise_delta(deltas, scheme.update_bits, scheme.qmax)
        values = self.project(dense, scheme.qmax)
        for row, delta in zip(values, deltas, strict=True):
            norm = squared_norm(row)
            if norm > scheme.max_norm_squared:
                row[:] = self._shrunk(np.asarray(delta, np.float64), norm, scheme)
        return values

    def encode(self, values: NDArray[np.int16]) -> bytes:
        """The only bytes in which this codec writes these values (int16[d]).

        Raises:
            LearningError: not a vector, or it cannot be written exactly: quantise first.
        """
        if values.ndim != 1 or values.dtype != np.int16:
            raise LearningError(f"an update is int16[d], not {values.dtype} of {values.shape}")
        return write_header(self.code, values.size) + self.write_body(values)

    def decode(self, data: bytes, size: int) -> NDArray[np.int16]:
        """The values (int16[size]) that were encoded.

        Raises:
            LearningError: anything but the bytes that :meth:`encode` writes for its values.
            ArchitectureMismatch: it has other than ``size`` values.
        """
        header = read_header(data)
        if header.code != self.code:
            raise LearningError(f"the update was not encoded by {self.name}")
        expect_size(header.size, size)
        body = data[HEADER_BYTES:]
        values = self.read_body(body, size)
        if self.write_body(values) != body:
            raise LearningError(f"{self.name} writes these values in other bytes")
        return values

    def _shrunk(self, delta: NDArray[np.float64], norm: int, scheme: Scheme) -> NDArray[np.int16]:
        """Keeps the direction and shrinks until the bound holds, as ``fit_norm`` does."""
        limit = scheme.qmax / 2**scheme.update_bits
        delta = np.clip(delta, -limit, limit)
        values = np.zeros(delta.shape, np.int16)
        for attempt in range(_ATTEMPTS):
            # Rounding can leave the norm a little above: each attempt shrinks by more, the last to
            # zero.
            shrink = 1 - 2.0 ** (attempt + 1 - _ATTEMPTS)
            delta = delta * (math.sqrt(scheme.max_norm_squared / norm) * shrink)
            dense = quantise_delta(delta, scheme.update_bits, scheme.qmax)
            values = self.project(dense, scheme.qmax)
            norm = squared_norm(values)
            if norm <= scheme.max_norm_squared:
                return values
        return np.zeros_like(values)
