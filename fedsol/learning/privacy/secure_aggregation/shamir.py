"""Shamir's secret sharing over a prime field: any ``threshold`` shares tell the secret, fewer nothing.

Shamir, How to Share a Secret, CACM 1979. The field is that of the least prime above 2**256, so that
32 bytes are one element; a share takes 33 bytes. Python's big integers are not constant in time:
members share secrets of their own on their own machine, where nobody measures.
"""

import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache

from fedsol.errors import ConfigError
from fedsol.learning.privacy.errors import TooFewSurvivors

PRIME = 2**256 + 297
SHARE_BYTES = 33


def split(
    secret: int, threshold: int, points: Sequence[int], *, prime: int = PRIME
) -> dict[int, int]:
    """One share for each point (distinct, 1..prime - 1) of a secret (0..prime - 1).

    Raises:
        ConfigError: a point is 0 or named twice, there are fewer than ``threshold``, or the secret
            is not within the field.
    """
    if not 0 <= secret < prime:
        raise ConfigError("the secret is not within the field")
    if len(set(points)) != len(points) or not all(0 < point < prime for point in points):
        raise ConfigError("shares need distinct points other than 0")
    if not 1 <= threshold <= len(points):
        raise ConfigError(f"{len(points)} shares cannot have the threshold {threshold}")
    drawn = [secrets.randbelow(prime) for _ in range(threshold - 1)]
    return {point: evaluate([secret, *drawn], point, prime) for point in points}


def evaluate(coefficients: Sequence[int], point: int, prime: int = PRIME) -> int:
    """The polynomial, constant term first, at a point."""
    value = 0
    for coefficient in reversed(coefficients):
        value = value * point + coefficient  # points are small: one reduction in the end is cheaper
    return value % prime


def combine(shares: Mapping[int, int], threshold: int, *, prime: int = PRIME) -> int:
    """The secret, from shares by their point; of more than ``threshold`` the lowest points count.

    Wrong shares give a wrong secret: check it against what its owner has published.

    Raises:
        TooFewSurvivors: fewer shares than ``threshold``.
    """
    if len(shares) < threshold:
        raise TooFewSurvivors(f"{len(shares)} shares cannot recover a secret; {threshold} can")
    points = tuple(sorted(shares)[:threshold])
    weights = _weights_at_zero(points, prime)
    return sum(w * shares[point] for w, point in zip(weights, points, strict=True)) % prime


@lru_cache(maxsize=1024)
def _weights_at_zero(points: tuple[int, ...], prime: int) -> tuple[int, ...]:
    """Lagrange's basis at 0: what each point's share counts; one survivor set serves many."""
    weights = []
    for own in points:
        over = under = 1
        for other in points:
            if other != own:
                over = over * other % prime
                under = under * (other - own) % prime
        weights.append(over * pow(under, -1, prime) % prime)
    return tuple(weights)
