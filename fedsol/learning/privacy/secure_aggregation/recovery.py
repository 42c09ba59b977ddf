"""One secret out of shares some of which are wrong, by the hash that its owner has published.

Which shares are wrong is not known: some are left out, others next, in a fixed order and not for
ever. Nothing is asked of the others but that ``threshold`` are right; ``choices`` says how many wrong
ones that always finds out.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations, islice, repeat
from math import comb
from random import Random
from typing import NamedTuple

from fedsol.learning.privacy.secure_aggregation.field import PRIME
from fedsol.learning.privacy.secure_aggregation.shamir import combine

_MOST_TRIES = 32_768
_LEAST_TRIES = 64
_MOST_STEPS = 2**26  # elements that all tries together may pass over
_BATCH = 64


class Recovered(NamedTuple):
    """A secret (33 bytes), and the points whose shares do not lie with those that gave it.

    A wrong share is the fault of who gave it or of who made it, the owner of the secret; and some
    who lie together may make a right share look wrong. It is a hint, not a proof.
    """

    secret: bytes
    wrong: frozenset[int]


def search(
    shares: Mapping[int, bytes],
    threshold: int,
    wanted: bytes,
    *,
    seed: bytes,
    suspects: frozenset[int] = frozenset(),
) -> Recovered | None:
    """The secret whose SHA-256 is ``wanted``, of shares by point; None if it is not found.

    Those at points that are ``suspects`` are left out first. Up to so many wrong ones are always
    found as :func:`choices` says, more by chance.
    """
    trusted = sorted(shares.keys() - suspects)
    tries = chain(
        choices(trusted, threshold, seed),
        choices(sorted(shares), threshold, seed) if len(trusted) < len(shares) else (),
    )
    sizes = chain((1,), repeat(_BATCH))  # one is enough where the suspects are the liars
    while batch := list(islice(tries, next(sizes))):
        given = [{point: shares[point] for point in chosen} for chosen in batch]
        for right, secret in zip(given, combine(given, threshold), strict=True):
            if hashlib.sha256(secret).digest() == wanted:
                return Recovered(secret, _off(right, shares))
    return None


def choices(points: Sequence[int], threshold: int, seed: bytes) -> Iterator[Sequence[int]]:
    """Which ``threshold`` of some points (rising) to try, one after another; none if too few.

    Of k points, s = k - threshold can be left out. For e = 1, 2, ... wrong ones, points are cut into
    runs of s // e, and any e runs are left out: whichever e are wrong, one of these has none of
    them. That goes on while it takes at most 32,768 tries (fewer for thresholds above 45): to e = s,
    so that threshold right shares are always enough, for up to sixteen points, and to e = 5 of 64
    with a threshold of two thirds. What is left of the tries goes to choices that ``seed`` draws.
    """
    spare = len(points) - threshold
    if spare < 0:
        return
    yield points[:threshold]
    left = max(_LEAST_TRIES, min(_MOST_TRIES, _MOST_STEPS // threshold**2))
    for wrong in range(1, spare + 1):
        length = spare // wrong
        runs = [points[at : at + length] for at in range(0, len(points), length)]
        if (ways := comb(len(runs), wrong)) > left:
            break
        left -= ways
        for gone in combinations(runs, wrong):
            out = frozenset(chain.from_iterable(gone))
            yield [point for point in points if point not in out][:threshold]
    else:
        return  # every choice there is has been tried
    draw = Random(seed)
    for _ in range(left):
        yield sorted(draw.sample(points, threshold))


def _off(right: Mapping[int, bytes], shares: Mapping[int, bytes]) -> frozenset[int]:
    """The points of shares that are not on the polynomials through the right ones."""
    others = sorted(shares.keys() - right.keys())
    # A polynomial's value at a point is what it is at 0 when all points are moved by that much.
    moved = [{(at - point) % PRIME: one for at, one in right.items()} for point in others]
    expected = combine(moved, len(right))
    return frozenset(p for p, one in zip(others, expected, strict=True) if shares[p] != one)
