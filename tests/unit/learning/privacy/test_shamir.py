"""Shamir's shares against published numbers, and at the edge of the threshold."""

from itertools import combinations

import pytest

from fedsol.errors import ConfigError
from fedsol.learning.privacy.errors import TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation.shamir import PRIME, combine, evaluate, split

# The worked example of Wikipedia, "Shamir's secret sharing": f(x) = 1234 + 166 x + 94 x² mod 1613.
PUBLISHED = {1: 1494, 2: 329, 3: 965, 4: 176, 5: 1188, 6: 775}


def test_the_published_shares_lie_on_the_published_polynomial():
    assert {x: evaluate([1234, 166, 94], x, 1613) for x in PUBLISHED} == PUBLISHED


def test_any_three_of_the_published_shares_give_the_secret():
    for points in combinations(PUBLISHED, 3):
        assert combine({x: PUBLISHED[x] for x in points}, 3, prime=1613) == 1234


def test_the_field_is_one():
    """Fermat's test to several bases: a composite of this size does not pass them by chance."""
    assert all(pow(base, PRIME - 1, PRIME) == 1 for base in (2, 3, 5, 7, 11, 13))


def test_a_secret_of_32_bytes_comes_back_from_just_enough_shares():
    secret = 2**256 - 1
    shares = split(secret, 4, [1, 2, 9, 2**32, 77])
    assert combine(dict(list(shares.items())[1:]), 4) == secret


def test_one_share_less_is_refused():
    shares = split(5, 3, [1, 2, 3])
    with pytest.raises(TooFewSurvivors, match="2 shares"):
        combine({1: shares[1], 2: shares[2]}, 3)


def test_one_share_less_fits_every_secret():
    """For each secret of a small field some polynomial passes the two shares that are known."""
    shares = split(3, 3, [1, 2, 3], prime=11)
    known = {1: shares[1], 2: shares[2]}
    assert {combine(known | {3: last}, 3, prime=11) for last in range(11)} == set(range(11))


@pytest.mark.parametrize(
    ("secret", "threshold", "points"),
    [(PRIME, 1, [1]), (1, 3, [1, 2]), (1, 1, [0, 1]), (1, 1, [2, 2]), (1, 0, [1])],
)
def test_what_cannot_be_shared_is_refused(secret, threshold, points):
    with pytest.raises(ConfigError):
        split(secret, threshold, points)
