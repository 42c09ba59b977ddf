"""Integers that are equal on every machine: models, updates, and the one place that rounds them.

A model is a vector of int32 in fixed point: a float parameter is ``i32 / 2**frac_bits``. An update
is a vector of int16: a difference of parameters is ``q / 2**update_bits``. Floats become integers
by rounding half to even; integers are divided by rounding half away from zero; nothing ever wraps.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError, NotFinite

I32_MIN, I32_MAX = -(2**31), 2**31 - 1
MAX_BITS = 31
"""Most fractional bits of a model or an update: int32 has no more."""
MAX_QMAX = 32_767
"""Largest bound on an update's value: int16, symmetric."""
_SLICE = 1 << 20  # values squared at a time: 8 MiB of int64


def to_fixed(params: NDArray[np.floating[Any]], frac_bits: int) -> NDArray[np.int32]:
    """Round float parameters to fixed point, half to even; too large values stop at the bounds.

    ``params``: float32 or float64, any shape; the result has the same shape.

    Raises:
        NotFinite: a parameter is NaN or infinite.
        ConfigError: ``frac_bits`` is not within 0..31.
    """
    scaled = _finite(params) * float(2 ** checked_bits(frac_bits))
    return np.clip(np.rint(scaled), I32_MIN, I32_MAX).astype(np.int32)


def to_float(values: NDArray[np.int32], frac_bits: int) -> NDArray[np.float32]:
    """The float32 nearest to each fixed-point parameter (any shape)."""
    return (values / float(2 ** checked_bits(frac_bits))).astype(np.float32)


def quantise(
    before: NDArray[Any],
    after: NDArray[np.floating[Any]],
    update_bits: int,
    qmax: int,
    *,
    frac_bits: int = 16,
) -> NDArray[np.int16]:
    """``clamp(round_half_even((after - before) · 2**update_bits), -qmax, qmax)``.

    ``before`` is the model (int32, with ``frac_bits``) or floats; ``after`` floats of the same
    shape. The difference is taken in float64.

    Raises:
        NotFinite: a value is NaN or infinite.
        LearningError: the shapes differ.
        ConfigError: ``update_bits`` is not within 0..31, or ``qmax`` not within 1..32,767.
    """
    return quantise_delta(difference(before, after, frac_bits=frac_bits), update_bits, qmax)


def difference(
    before: NDArray[Any], after: NDArray[np.floating[Any]], *, frac_bits: int = 16
) -> NDArray[np.float64]:
    """``after - before`` in float64; ``before`` as in :func:`quantise`, which names the errors."""
    if before.shape != after.shape:
        raise LearningError(f"parameters of shape {after.shape} cannot follow {before.shape}")
    if np.issubdtype(before.dtype, np.integer):
        start = before / float(2 ** checked_bits(frac_bits))
    else:
        start = _finite(before)
    return _finite(after) - start


def quantise_delta(
    delta: NDArray[np.floating[Any]], update_bits: int, qmax: int
) -> NDArray[np.int16]:
    """``clamp(round_half_even(delta · 2**update_bits), -qmax, qmax)``; errors as ``quantise``."""
    if not 1 <= qmax <= MAX_QMAX:
        raise ConfigError(f"qmax must be within 1..{MAX_QMAX}, not {qmax}")
    scaled = _finite(delta) * float(2 ** checked_bits(update_bits))
    return np.clip(np.rint(scaled), -qmax, qmax).astype(np.int16)


def quantise_block(
    before: NDArray[np.int32],
    after: NDArray[np.float32],
    *,
    frac_bits: int,
    update_bits: int,
    qmax: int,
    max_norm_squared: int,
) -> NDArray[np.int16]:
    """What many clients learnt, as :func:`fit_norm` and :func:`quantise_delta` make it of each.

    ``before`` is the model (int32[d]), ``after`` float32[b, d]; the result is int16[b, d]. Errors
    as :func:`quantise`.
    """
    start = before / float(2 ** checked_bits(frac_bits))
    result = np.empty(after.shape, np.int16)
    for row, trained in zip(result, after, strict=True):
        delta = _finite(trained) - start
        row[:] = quantise_delta(delta, update_bits, qmax)
        if squared_norm(row) > max_norm_squared:
            fitted = fit_norm(delta, max_norm_squared, update_bits, qmax)
            row[:] = quantise_delta(fitted, update_bits, qmax)
    return result


def dequantise(update: NDArray[np.int16], update_bits: int) -> NDArray[np.float32]:
    """The parameter differences (float32) that an update stands for; exact."""
    return (update / float(2 ** checked_bits(update_bits))).astype(np.float32)


def squared_norm(update: NDArray[np.int16]) -> int:
    """Σ q², exact."""
    flat = update.reshape(-1)
    total = 0
    for start in range(0, flat.size, _SLICE):
        wide = flat[start : start + _SLICE].astype(np.int64)
        total += int(wide @ wide)
    return total


def fit_norm(
    delta: NDArray[np.floating[Any]], max_norm_squared: int, update_bits: int, qmax: int
) -> NDArray[np.float64]:
    """Shrink a difference until the squared norm of its quantised form is within the bound.

    The direction is kept: first each value is clamped to ``qmax``, as quantising would do, then all
    are scaled by one factor. A difference that fits is returned as it is (in float64).

    Raises:
        NotFinite: a value is NaN or infinite.
        ConfigError: the bound is negative, or as :func:`quantise`.
    """
    if max_norm_squared < 0:
        raise ConfigError(f"a squared norm's bound must not be negative: {max_norm_squared}")
    fitted = _finite(delta)
    norm = squared_norm(quantise_delta(fitted, update_bits, qmax))
    limit = qmax / 2**update_bits
    for attempt in range(32):
        if norm <= max_norm_squared:
            return fitted
        if attempt == 0:
            fitted = np.clip(fitted, -limit, limit)
        # Rounding can leave the norm a little above: each attempt shrinks by more, the last to
        # zero.
        fitted = fitted * (math.sqrt(max_norm_squared / norm) * (1 - 2.0 ** (attempt - 31)))
        norm = squared_norm(quantise_delta(fitted, update_bits, qmax))
    return np.zeros_like(fitted)


def apply_update(
    model: NDArray[np.int32], update: NDArray[np.int16], *, frac_bits: int, update_bits: int
) -> NDArray[np.int32]:
    """The model (int32[d]) after one update (int16[d]) in full: its trainer's, up to rounding.

    Equal to the mean of this update alone at learning rate 1.
    """
    if model.shape != update.shape:
        raise LearningError(f"an update of shape {update.shape} does not fit {model.shape}")
    scaled = update.astype(np.int64) << checked_bits(frac_bits)
    step = divide_half_away(scaled, 1 << checked_bits(update_bits))
    return saturating_add(model, step)


def divide_half_away(numerators: NDArray[Any], denominator: int) -> NDArray[Any]:
    """``round(numerators / denominator)``, half away from zero; ``denominator`` > 0.

    int64 stays int64 (below 2**62, both), an object array of Python integers has no bound.
    """
    size = np.abs(numerators)
    quotient = size // denominator
    rest = size - quotient * denominator
    # Not 2 · rest ≥ denominator, which could overflow.
    rounded = quotient + (rest >= denominator - rest)
    signed: NDArray[Any] = np.where(numerators < 0, -rounded, rounded)
    return signed


def saturating_add(model: NDArray[np.int32], step: NDArray[Any]) -> NDArray[np.int32]:
    """``model + step``, stopping at int32's bounds; ``step`` is int64 below 2**62, or objects."""
    wide: NDArray[Any] = np.clip(model.astype(step.dtype) + step, I32_MIN, I32_MAX)
    return wide.astype(np.int32)


def checked_bits(bits: int) -> int:
    """``bits``, if it is within 0..31.

    Raises:
        ConfigError: it is not.
    """
    if not 0 <= bits <= MAX_BITS:
        raise ConfigError(f"fractional bits must be within 0..{MAX_BITS}, not {bits}")
    return bits


def _finite(values: NDArray[Any]) -> NDArray[np.float64]:
    wide = np.asarray(values, np.float64)
    if not np.isfinite(wide).all():
        count = int(np.count_nonzero(~np.isfinite(wide)))
        raise NotFinite(f"{count} of {wide.size} values are NaN or infinite")
    return wide
