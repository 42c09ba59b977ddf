"""All values as they are: two bytes each."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import LearningError
from fedsol.learning.codecs.base import Codec


@dataclass(frozen=True)
class Dense(Codec):
    """int16, little-endian; loses nothing."""

    name: ClassVar[str] = "dense"
    code: ClassVar[int] = 0

    def project(self, values: NDArray[np.int16], qmax: int) -> NDArray[np.int16]:
        """The values themselves."""
        del qmax
        return values

    def write_body(self, values: NDArray[np.int16]) -> bytes:
        """Two bytes for each value."""
        return values.astype("<i2").tobytes()

    def read_body(self, body: bytes, size: int) -> NDArray[np.int16]:
        """The inverse of :meth:`write_body`."""
        if len(body) != 2 * size:
            raise LearningError(f"{len(body)} bytes are not {size} values of two bytes")
        return np.frombuffer(body, "<i2").astype(np.int16)
