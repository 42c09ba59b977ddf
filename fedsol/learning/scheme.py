"""The numbers that a federation fixes for its updates."""

from dataclasses import dataclass

from fedsol.errors import ConfigError
from fedsol.learning.fixed_point import MAX_QMAX, checked_bits


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
