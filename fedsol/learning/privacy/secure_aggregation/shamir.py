"""Shamir's secret sharing: any ``threshold`` shares tell the secret, fewer nothing.

Shamir, How to Share a Secret, CACM 1979. A secret is a row of elements of a small prime field, each
shared by a polynomial of its own; a share is as long as the secret. NumPy is not constant in time:
members share secrets of their own on their own machine, where nobody measures.
"""

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning.privacy.errors import TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation.field import (
    ELEMENT_BYTES,
    PRIME,
    Elements,
    Source,
    draw,
    inverse,
    pack,
    powers,
    unpack,
)

SECRET_BYTES = 33  # 11 elements: 264 bits, but for some 1e-6 of one
SHARE_BYTES = SECRET_BYTES
_BLOCK = 32  # coefficients: so many products of two elements stay below 2**53, exact in float64


def new_secret(source: Source = os.urandom) -> bytes:
    """A secret (33 bytes) from a source of random bytes, by default the system's."""
    return pack(draw(SECRET_BYTES // ELEMENT_BYTES, source=source))


def split(
    secret: bytes,
    threshold: int,
    points: Sequence[int],
    *,
    prime: int = PRIME,
    source: Source = os.urandom,
) -> dict[int, bytes]:
    """One share (as long as the secret) for each point (distinct, 1..prime - 1).

    The polynomials' other coefficients come from the source, by default the system's randomness.

    Raises:
        ConfigError: a point is 0 or named twice, there are fewer than ``threshold``, or the secret
            is not a row of elements.
    """
    if len(secret) % ELEMENT_BYTES or not secret or unpack(secret).max() >= prime:
        raise ConfigError("the secret is not within the field")
    if len(set(points)) != len(points) or not all(0 < point < prime for point in points):
        raise ConfigError("shares need distinct points other than 0")
    if not 1 <= threshold <= len(points):
        raise ConfigError(f"{len(points)} shares cannot have the threshold {threshold}")
    constant = unpack(secret)
    drawn = draw((threshold - 1) * len(constant), prime, source)
    coefficients = np.concatenate([constant, drawn]).reshape(threshold, -1)
    data = pack(evaluate(coefficients, points, prime))
    starts = range(0, len(data), len(secret))
    return {point: data[at : at + len(secret)] for point, at in zip(points, starts, strict=True)}


def evaluate(coefficients: Elements, points: Sequence[int], prime: int = PRIME) -> Elements:
    """Polynomials (coefficients int64[t, w], constants first) at points: int64[n, w]."""
    low, step = _powers(tuple(points), prime)
    total = np.zeros((len(points), coefficients.shape[1]), np.int64)
    for start in reversed(range(0, len(coefficients), _BLOCK)):
        block = coefficients[start : start + _BLOCK].astype(np.float64)
        total = (total * step + (low[:, : len(block)] @ block).astype(np.int64)) % prime
    return total


def combine(
    shares: Sequence[Mapping[int, bytes]], threshold: int, *, prime: int = PRIME
) -> list[bytes]:
    """The secrets, each from its shares by point; of more than ``threshold`` the lowest points count.

    Secrets whose shares lie at the same points have one Lagrange basis between them. Wrong shares
    give a wrong secret: check it against what its owner has published.

    Raises:
        TooFewSurvivors: a secret has fewer shares than ``threshold``.
    """
    if not shares:
        return []
    if (fewest := min(map(len, shares))) < threshold:
        raise TooFewSurvivors(f"{fewest} shares cannot recover a secret; {threshold} can")
    chosen = [tuple(sorted(one)[:threshold]) for one in shares]
    rows = {points: row for row, points in enumerate(dict.fromkeys(chosen))}
    basis = weights_at_zero(np.array(list(rows), np.int64), prime).astype(np.uint64)
    given = b"".join(one[p] for one, points in zip(shares, chosen, strict=True) for p in points)
    values = unpack(given).reshape(len(shares), threshold, -1).astype(np.uint64)
    # 65,536 products of two elements stay below 2**64.
    sums = np.einsum("st,stw->sw", basis[[rows[points] for points in chosen]], values)
    return [pack(row) for row in (sums % np.uint64(prime)).astype(np.int64)]


def weights_at_zero(points: Elements, prime: int = PRIME) -> Elements:
    """Lagrange's bases at 0 (int64[m, t]): what the share at each point (int64[m, t]) counts."""
    over = np.ones((len(points), 1), np.int64)
    under = points.copy()
    for place in range(points.shape[1]):
        other = points[:, place : place + 1]
        over = over * other % prime
        gap = other - points
        gap[:, place] = 1
        under = under * gap % prime
    return over * inverse(under, prime) % prime


@lru_cache(maxsize=8)
def _powers(points: tuple[int, ...], prime: int) -> tuple[NDArray[np.float64], Elements]:
    """The powers of a block's coefficients (float64[n, 32]), and the step from block to block."""
    found = powers(points, _BLOCK + 1, prime)
    return found[:, :_BLOCK].astype(np.float64), found[:, _BLOCK:]
