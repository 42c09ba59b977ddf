"""Shamir's shares against published numbers, and at the edge of the threshold."""

from itertools import combinations

import numpy as np
import pytest

from fedsol.errors import ConfigError
from fedsol.learning.privacy.errors import TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation.field import PRIME, draw, inverse, pack, unpack
from fedsol.learning.privacy.secure_aggregation.shamir import (
    _BLOCK,
    SECRET_BYTES,
    combine,
    evaluate,
    new_secret,
    split,
)

# The worked example of Wikipedia, "Shamir's secret sharing": f(x) = 1234 + 166 x + 94 x² mod 1613.
PUBLISHED = {1: 1494, 2: 329, 3: 965, 4: 176, 5: 1188, 6: 775}


def element(value):
    return value.to_bytes(3, "little")


def recovered(shares, threshold, prime=PRIME):
    return combine([shares], threshold, prime=prime)[0]


def test_the_published_shares_lie_on_the_published_polynomial():
    found = evaluate(np.array([[1234], [166], [94]]), list(PUBLISHED), 1613)
    assert found.ravel().tolist() == list(PUBLISHED.values())


def test_any_three_of_the_published_shares_give_the_secret():
    for points in combinations(PUBLISHED, 3):
        assert recovered({x: element(PUBLISHED[x]) for x in points}, 3, 1613) == element(1234)


def test_the_field_is_one():
    assert all(PRIME % divisor for divisor in range(2, 4_097))
    assert PRIME < 4_097**2


def test_every_element_but_zero_has_an_inverse():
    elements = np.concatenate([np.arange(1, 1_000), PRIME - np.arange(1, 1_000)])
    assert (elements * inverse(elements) % PRIME == 1).all()


def test_drawn_elements_are_even_over_the_whole_field():
    assert np.bincount(draw(70_000, 7), minlength=7) == pytest.approx([10_000] * 7, abs=500)
    assert draw(50_000, 3 * 2**22).mean() == pytest.approx(3 * 2**21, rel=0.02)
    drawn = draw(100_000)
    assert drawn.max() < PRIME
    assert abs(drawn.mean() / (PRIME / 2) - 1) < 0.02


def test_elements_come_back_from_their_bytes():
    elements = np.array([0, 1, 2**16, PRIME - 1, 513])
    assert (unpack(pack(elements)) == elements).all()
    assert pack(elements)[3:6] == element(1)


def test_the_largest_secret_comes_back_from_just_enough_shares():
    secret = element(PRIME - 1) * 11
    shares = split(secret, 4, [1, 2, 9, PRIME - 1, 77])
    assert recovered(dict(list(shares.items())[1:]), 4) == secret


@pytest.mark.parametrize("threshold", [1, 31, 32, 33, 64, 100])
def test_polynomials_of_any_length_are_exact(threshold):
    """In whole blocks and beside them; the reference is Horner's rule in Python's integers."""
    coefficients = np.stack([np.full(threshold, PRIME - 1), draw(threshold)], axis=1)
    points = [1, 2, 3, 65_536, PRIME - 1]
    found = evaluate(coefficients, points)
    for row, point in zip(found.tolist(), points, strict=True):
        for value, column in zip(row, coefficients.T.tolist(), strict=True):
            expected = sum(c * pow(point, k, PRIME) for k, c in enumerate(column)) % PRIME
            assert value == expected


def test_a_blocks_products_are_exact_in_float64():
    assert _BLOCK * (PRIME - 1) ** 2 < 2**53


def test_many_secrets_come_back_together_whichever_shares_each_has():
    secrets = [new_secret() for _ in range(6)]
    points = range(1, 101)
    given = []
    for number, secret in enumerate(secrets):
        shares = split(secret, 60, points)
        given.append({x: shares[x] for x in points if x % 6 != number // 2})
    assert all(len(secret) == SECRET_BYTES for secret in secrets)
    assert combine(given, 60) == secrets
    assert combine([], 60) == []


def test_one_share_less_is_refused():
    shares = split(element(5), 3, [1, 2, 3])
    with pytest.raises(TooFewSurvivors, match="2 shares"):
        combine([shares, {1: shares[1], 2: shares[2]}], 3)


def test_one_share_less_fits_every_secret():
    """For each secret of a small field some polynomial passes the two shares that are known."""
    shares = split(element(3), 3, [1, 2, 3], prime=11)
    known = {1: shares[1], 2: shares[2]}
    found = {recovered(known | {3: element(last)}, 3, 11) for last in range(11)}
    assert found == {element(secret) for secret in range(11)}


def test_each_element_has_a_polynomial_of_its_own():
    """Otherwise the difference of two elements would be in every share."""
    shares = split(element(7) * 11, 3, [1, 2, 3])
    assert len({shares[1][at : at + 3] for at in range(0, 33, 3)}) == 11


@pytest.mark.parametrize(
    ("secret", "threshold", "points"),
    [
        (element(PRIME), 1, [1]),
        (b"", 1, [1]),
        (b"four", 1, [1]),
        (element(1), 3, [1, 2]),
        (element(1), 1, [0, 1]),
        (element(1), 1, [2, 2]),
        (element(1), 1, [PRIME]),
        (element(1), 0, [1]),
    ],
)
def test_what_cannot_be_shared_is_refused(secret, threshold, points):
    with pytest.raises(ConfigError):
        split(secret, threshold, points)
