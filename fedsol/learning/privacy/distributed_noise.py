"""Client-level privacy without a trusted server: every client adds its part of the noise itself.

Kairouz, Liu, Steinke, The Distributed Discrete Gaussian Mechanism, ICML 2021; under secure
aggregation only the sum is seen. All is integers: Σ q² of an update is bounded exactly by its
federation's scheme, so that no rounding widens the sensitivity.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.fixed_point import MAX_QMAX
from fedsol.learning.privacy.gaussian import ClientPrivacy
from fedsol.learning.scheme import Scheme

ROOM = 10
"""Deviations of noise that a masked value has room for."""
_LEAST_STD = 2.0


def discrete_gaussian(std: float, size: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Integers (int64[size]) with probability proportional to ``exp(-x² / (2 std²))``.

    By rejection from discrete Laplace (Canonne, Kamath, Steinke, NeurIPS 2020, algorithm 3), its
    probabilities in float64.

    Raises:
        ConfigError: ``std`` is not positive.
    """
    if not 0 < std < 2**31:
        raise ConfigError(f"noise has a positive deviation below 2**31, not {std}")
    scale = math.floor(std) + 1
    found: list[NDArray[np.int64]] = []
    missing = size
    while missing > 0:
        tries = 2 * missing + 16
        chance = -math.expm1(-1 / scale)
        # The difference of two geometric variables is discrete Laplace.
        drawn = generator.geometric(chance, tries) - generator.geometric(chance, tries)
        excess = (np.abs(drawn) - std**2 / scale) ** 2 / (2 * std**2)
        kept = drawn[generator.random(tries) < np.exp(-excess)][:missing]
        found.append(kept)
        missing -= len(kept)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def local_std(noise_multiplier: float, max_norm_squared: int, survivors: int) -> float:
    """The deviation of each client's noise, in units of the update's integers.

    With as few ``survivors`` as may be left after drop-outs, the sum still has the noise
    ``noise_multiplier * sqrt(max_norm_squared)``.

    Raises:
        ConfigError: below 2, where sums of discrete Gaussians are no longer nearly one.
    """
    std = noise_multiplier * math.sqrt(max_norm_squared / survivors)
    if std < _LEAST_STD:
        raise ConfigError(
            f"each client's noise would have the deviation {std:.3g}, coarser than the integers",
            hint="Take more update_bits, more noise, or fewer clients: it must be at least 2.",
        )
    return std


def roomy_scheme(scheme: Scheme, privacy: ClientPrivacy, survivors: int) -> Scheme:
    """The scheme with its bound of Σ q² at the clipping norm, and room for each client's noise.

    It has fewer ``update_bits`` if the room takes it; ``survivors`` as in :func:`local_std`.

    Raises:
        ConfigError: not even 0 bits leave the room.
    """
    norm = min(privacy.clip_norm, math.sqrt(scheme.max_norm_squared) / 2**scheme.update_bits)
    for bits in range(scheme.update_bits, -1, -1):
        bound = min(scheme.max_norm_squared, math.floor((norm * 2**bits) ** 2))
        qmax = min(scheme.qmax, math.isqrt(bound))
        room = ROOM * privacy.noise_multiplier * math.sqrt(bound / survivors)
        if qmax >= 1 and qmax + room <= MAX_QMAX:
            return replace(scheme, update_bits=bits, qmax=qmax, max_norm_squared=bound)
    raise ConfigError(
        f"noise of {privacy.noise_multiplier} times the norm {norm:.3g} does not fit 16 bits",
        hint="Take less noise, or more clients to share it.",
    )


def effective_multiplier(std: float, survivors: int, max_norm_squared: int, size: int) -> float:
    """The noise multiplier to account for, a little below that of one Gaussian of the same variance.

    Theorem 1 of the paper: the sum is ½ε²-concentrated DP with ``ε ≤ Δ / (std √n) + τ √d``, where
    ``τ = 10 Σ exp(-2π² std² k / (k + 1))``. For rounds without sampling of clients.
    """
    exponents = 2 * math.pi**2 * std**2
    tau = 10 * sum(math.exp(-exponents * k / (k + 1)) for k in range(1, survivors))
    sensitivity = math.sqrt(max_norm_squared)
    return 1 / (sensitivity / (std * math.sqrt(survivors)) + tau * math.sqrt(size))


def add_noise(
    values: NDArray[np.int16], std: float, bound: int, generator: np.random.Generator
) -> NDArray[np.int16]:
    """An update (int16[d]) with its client's part of the noise, within ``bound`` (1..32,767).

    ``bound`` is the masked round's ``qmax``. Leave room for ten deviations beyond the update's own
    bound: nothing is clamped, as a clamp before the sum would bias it.

    Raises:
        LearningError: a noisy value is beyond the bound.
    """
    noisy = values.astype(np.int64) + discrete_gaussian(std, values.size, generator)
    if np.abs(noisy).max(initial=0) > bound:
        raise LearningError(
            f"the noise (deviation {std:.3g}) carries a value beyond {bound}",
            hint="Lower the scheme's qmax or its update_bits, so that noise has room.",
        )
    return noisy.astype(np.int16)
