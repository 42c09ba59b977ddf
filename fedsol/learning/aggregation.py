"""From a round's updates to the next model: exact integers, one rounding, the same everywhere.

Per coordinate ``c`` over the updates ``q_1 … q_n``, in the order of their index:

- ``Mean``: ``Σ w_k q_k / Σ w_k``, with the weights that are on chain;
- ``TrimmedMean(trim)``: sorted, without the ``trim`` lowest and the ``trim`` highest, plain mean;
- ``Median``: sorted, the middle one, or the mean of the two in the middle.

Trimmed mean and median give every update one voice: a weight cannot buy a way past them. With the
rule's exact fraction ``num / den``::

    model'[c] = saturating_i32(
        model[c] + round(num · lr_num · 2**frac_bits / (den · lr_den · 2**update_bits)))

rounded half away from zero. This is the reference, in NumPy. ``aggregation_jax`` is the fast one
and ``programs/fedsol/src/math/aggregation.rs`` is the one that judges; they agree bit for bit.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.fixed_point import checked_bits, divide_half_away, saturating_add

MAX_UPDATES = 65_536
"""Most updates in an aggregate: with these no sum in 64 bits and nothing in 128 overflows."""
_U32_MAX = 2**32 - 1


@dataclass(frozen=True)
class Mean:
    """Mean, weighted by ``weights``."""


@dataclass(frozen=True)
class TrimmedMean:
    """Mean of what is left without the ``trim`` lowest and the ``trim`` highest."""

    trim: int

    def __post_init__(self) -> None:
        if not 0 <= self.trim <= _U32_MAX:
            raise ConfigError(f"trim must fit 32 bits, not {self.trim}")


@dataclass(frozen=True)
class Median:
    """The middle value, or the mean of the two in the middle."""


Rule = Mean | TrimmedMean | Median


@dataclass(frozen=True)
class Scale:
    """From a rule's result to a model's step: server learning rate and fractional bits.

    ``lr_num`` and ``lr_den`` are u32 (``lr_den`` > 0), the bits within 0..31.
    """

    lr_num: int = 1
    lr_den: int = 1
    frac_bits: int = 16
    update_bits: int = 16

    def __post_init__(self) -> None:
        if not (0 <= self.lr_num <= _U32_MAX and 0 < self.lr_den <= _U32_MAX):
            raise ConfigError(f"no learning rate of 32 bits: {self.lr_num}/{self.lr_den}")
        checked_bits(self.frac_bits)
        checked_bits(self.update_bits)

    @property
    def factor(self) -> Fraction:
        """``lr_num · 2**frac_bits / (lr_den · 2**update_bits)``, reduced."""
        return Fraction(self.lr_num << self.frac_bits, self.lr_den << self.update_bits)


def aggregate(
    model: NDArray[np.int32],
    updates: NDArray[np.int16],
    weights: NDArray[np.uint32],
    rule: Rule,
    scale: Scale,
) -> NDArray[np.int32]:
    """The next model (int32[d]) of ``model`` (int32[d]), ``updates`` (int16[n, d]) and ``weights``.

    ``weights`` (uint32[n]) count for the mean alone, but are always one per update.

    Raises:
        LearningError: wrong shapes or dtypes, no updates or more than 65,536, weights that are all
            zero, or nothing left after trimming.
    """
    check_arguments(model, updates, weights, rule)
    numerators, denominator = _fraction(updates, weights, rule)
    return step(model, numerators, denominator, scale)


def step(
    model: NDArray[np.int32], numerators: NDArray[np.int64], denominator: int, scale: Scale
) -> NDArray[np.int32]:
    """The next model (int32[d]) after a rule's exact fractions (int64[d], below 2**63; > 0)."""
    return saturating_add(model, _rounded(numerators, scale.factor / denominator))


def check_arguments(
    model: NDArray[Any], updates: NDArray[Any], weights: NDArray[Any], rule: Rule
) -> None:
    """Refuse what has no aggregate; see :func:`aggregate`."""
    for name, array, dtype in (
        ("model", model, np.int32),
        ("updates", updates, np.int16),
        ("weights", weights, np.uint32),
    ):
        if array.dtype != dtype:
            raise LearningError(f"{name} must be {np.dtype(dtype)}, not {array.dtype}")
    count = len(weights)
    if updates.shape != (count, model.size) or model.ndim != 1 or weights.ndim != 1:
        raise LearningError(
            f"shapes do not fit: {model.shape}, updates {updates.shape}, weights {weights.shape}"
        )
    if not 0 < count <= MAX_UPDATES:
        raise LearningError(f"no aggregate of {count} updates")
    if isinstance(rule, TrimmedMean) and count <= 2 * rule.trim:
        raise LearningError(f"trimming {rule.trim} at both ends leaves nothing of {count} updates")
    if isinstance(rule, Mean) and not weights.any():
        raise LearningError("every weight is zero")


def _fraction(
    updates: NDArray[np.int16], weights: NDArray[np.uint32], rule: Rule
) -> tuple[NDArray[np.int64], int]:
    """The rule's numerators (int64[d], below 2**63 by ``MAX_UPDATES``) and their denominator."""
    count, size = updates.shape
    if isinstance(rule, Mean):
        total = np.zeros(size, np.int64)
        for weight, update in zip(weights.astype(np.int64), updates, strict=True):
            total += weight * update
        return total, int(weights.sum(dtype=np.int64))
    ordered = np.sort(updates, axis=0)
    low, high = kept(count, rule)
    return ordered[low:high].sum(axis=0, dtype=np.int64), high - low


def kept(count: int, rule: TrimmedMean | Median) -> tuple[int, int]:
    """Which of ``count`` sorted values a rule takes the mean of: from, and up to but without."""
    if isinstance(rule, TrimmedMean):
        return rule.trim, count - rule.trim
    return (count - 1) // 2, count // 2 + 1


def _rounded(numerators: NDArray[np.int64], factor: Fraction) -> NDArray[Any]:
    """``round(numerators · factor)``: in 64 bits if they are enough, or in Python's integers."""
    largest = max(abs(int(numerators.max(initial=0))), abs(int(numerators.min(initial=0))))
    if not fits_64_bits(largest, factor):
        return divide_half_away(numerators.astype(object) * factor.numerator, factor.denominator)
    return divide_half_away(numerators * factor.numerator, factor.denominator)


def fits_64_bits(largest: int, factor: Fraction) -> bool:
    """Whether ``round(n · factor)`` for every ``|n| ≤ largest`` needs no more than 64 bits."""
    return math.prod((largest, factor.numerator)) < 2**62 and factor.denominator < 2**62
