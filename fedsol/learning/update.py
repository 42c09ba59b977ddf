"""From trained parameters to what a trainer commits to: a quantised update and its root."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ArchitectureMismatch, ConfigError, LearningError
from fedsol.learning.fixed_point import (
    MAX_QMAX,
    checked_bits,
    difference,
    fit_norm,
    quantise_delta,
)
from fedsol.learning.merkle import Root, update_root
from fedsol.learning.parameters import Params, flatten


@dataclass(frozen=True)
class Scheme:
    """A federation's numbers: fractional bits, the bound of a value, the bound of Σ q²."""

    frac_bits: int = 16
    update_bits: int = 16
    qmax: int = MAX_QMAX
    max_norm_squared: int = 2**64 - 1

    def __post_init__(self) -> None:
        checked_bits(self.frac_bits)
        checked_bits(self.update_bits)
        if not 1 <= self.qmax <= MAX_QMAX:
            raise ConfigError(f"qmax must be within 1..{MAX_QMAX}, not {self.qmax}")
        if not 0 <= self.max_norm_squared < 2**64:
            raise ConfigError(f"the bound of Σ q² must fit 64 bits, not {self.max_norm_squared}")


@dataclass(frozen=True, eq=False)
class Update:
    """A quantised update, ``values`` (int16[d]), and the root of its sum tree."""

    values: NDArray[np.int16]
    root: Root

    def to_bytes(self) -> bytes:
        """The artifact: the values in little-endian order, without padding."""
        return self.values.astype("<i2").tobytes()


def make_update(before: NDArray[np.int32], after: Params, scheme: Scheme) -> Update:
    """Quantise what was learnt from the model ``before`` (int32[d]) to the parameters ``after``.

    ``after`` is the trained parameter tree, or its vector (float[d]). What is longer than the
    scheme allows is scaled down to fit.

    Raises:
        NotFinite: a parameter is NaN or infinite.
        ArchitectureMismatch: the model and the parameters differ in size.
    """
    vector, _ = flatten(after)
    if vector.shape != before.shape:
        raise ArchitectureMismatch(f"{vector.size} parameters cannot follow {before.size}")
    delta = difference(before, vector, frac_bits=scheme.frac_bits)
    fitted = fit_norm(delta, scheme.max_norm_squared, scheme.update_bits, scheme.qmax)
    values = quantise_delta(fitted, scheme.update_bits, scheme.qmax)
    return Update(values, update_root(values))


def read_update(data: bytes) -> NDArray[np.int16]:
    """The values (int16[d]) of an update's artifact.

    Raises:
        LearningError: an odd number of bytes, or none.
    """
    if not data or len(data) % 2:
        raise LearningError(f"{len(data)} bytes are no update")
    return np.frombuffer(data, "<i2").astype(np.int16)
