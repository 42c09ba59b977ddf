"""What rounding took from a client's update is added to its next one.

Seide et al. (2014), and Karimireddy et al., "Error feedback fixes SignSGD" (2019). Pure functions
of one client (float32[d]) or of many at once (float32[b, d]).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ArchitectureMismatch, ConfigError
from fedsol.learning.codecs.base import Codec
from fedsol.learning.fixed_point import dequantise
from fedsol.learning.scheme import Scheme


@dataclass(frozen=True)
class ErrorFeedback:
    """A codec with a memory that the caller keeps: the residual, zeros at first.

    ``decay``: what is kept of a residual from one round to the next; below 1 it forgets what a
    norm bound or ``qmax`` never lets through.
    """

    codec: Codec
    decay: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.decay <= 1:
            raise ConfigError(f"what is kept of a residual is within 0..1, not {self.decay}")

    def quantise_block(
        self, deltas: NDArray[np.floating[Any]], residuals: NDArray[np.float32], scheme: Scheme
    ) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
        """Updates (int16[b, d]) and next residuals (float32[b, d]) of what clients learnt."""
        whole = compensate(deltas, residuals)
        values = self.codec.quantise_block(whole, scheme)
        return values, residual_after(whole, values, scheme.update_bits, decay=self.decay)


def compensate(
    delta: NDArray[np.floating[Any]], residual: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What was learnt, and what was held back before.

    Raises:
        ArchitectureMismatch: the shapes differ.
    """
    if delta.shape != residual.shape:
        raise ArchitectureMismatch(f"a residual of {residual.shape} does not fit {delta.shape}")
    return np.asarray(delta, np.float32) + residual


def residual_after(
    compensated: NDArray[np.float32],
    values: NDArray[np.int16],
    update_bits: int,
    *,
    decay: float = 1.0,
) -> NDArray[np.float32]:
    """What the update (int16) does not say of the compensated difference (float32, same shape)."""
    return (compensated - dequantise(values, update_bits)) * np.float32(decay)
