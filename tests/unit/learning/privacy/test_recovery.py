"""A secret comes back though some of its shares are wrong, while enough are right."""

import hashlib
from itertools import combinations, islice

import pytest

from fedsol.learning.privacy.secure_aggregation.recovery import choices, search
from fedsol.learning.privacy.secure_aggregation.shamir import new_secret, split

SEED = b"s" * 32


def shared(count, threshold, wrong):
    """A secret, its hash, and its shares at 1..count, of which some are another secret's."""
    secret = new_secret()
    shares = split(secret, threshold, range(1, count + 1))
    shares |= {point: new_secret() for point in wrong}
    return secret, hashlib.sha256(secret).digest(), shares


@pytest.mark.parametrize(
    ("count", "threshold", "wrong"),
    [
        (5, 4, {5}),
        (5, 4, {1}),
        (14, 8, {1, 2, 4, 7, 8, 14}),
        (20, 11, {1, 5, 9, 13, 20}),
        (64, 43, {2, 11, 23, 38, 55}),
        (128, 65, {1, 20, 40, 60, 80, 100, 120}),
    ],
)
def test_wrong_shares_are_left_out_and_named(count, threshold, wrong):
    secret, wanted, shares = shared(count, threshold, wrong)
    found = search(shares, threshold, wanted, seed=SEED)
    assert found.secret == secret
    assert found.wrong == wrong


def test_one_right_share_too_few_finds_nothing():
    _, wanted, shares = shared(9, 5, range(1, 6))
    assert search(shares, 5, wanted, seed=SEED) is None


def test_fewer_shares_than_the_threshold_find_nothing():
    _, wanted, shares = shared(9, 5, ())
    few = {point: shares[point] for point in (1, 2, 3, 4)}
    assert search(few, 5, wanted, seed=SEED) is None


def test_who_is_suspected_is_left_out_first():
    """Fourteen of thirty are too many to be found; for who has lied before it takes one try."""
    wrong = frozenset(range(1, 29, 2))
    secret, wanted, shares = shared(30, 16, wrong)
    assert search(shares, 16, wanted, seed=SEED) is None
    assert search(shares, 16, wanted, seed=SEED, suspects=wrong) == (secret, wrong)


def test_who_is_suspected_and_right_is_still_counted():
    secret, wanted, shares = shared(9, 5, {1, 2, 3, 4})
    found = search(shares, 5, wanted, seed=SEED, suspects=frozenset({5, 6}))
    assert found == (secret, {1, 2, 3, 4})


@pytest.mark.parametrize(("count", "threshold"), [(4, 3), (9, 5), (9, 7), (12, 8), (16, 9)])
def test_up_to_sixteen_points_no_set_of_wrong_ones_is_in_all_choices(count, threshold):
    points = range(1, count + 1)
    tried = {frozenset(chosen) for chosen in choices(points, threshold, SEED)}
    for wrong in combinations(points, count - threshold):
        assert frozenset(points) - set(wrong) in tried


@pytest.mark.parametrize(("wrong", "tries"), [(1, 1 + 4), (2, 5 + 21), (3, 26 + 120)])
def test_few_wrong_ones_of_many_are_left_out_within_few_tries(wrong, tries):
    """Of 64 points 21 can be left out: one of 4 runs of 21, two of 7 of 10, three of 10 of 7."""
    first = [set(one) for one in islice(choices(range(64), 43, SEED), tries)]
    for some in combinations(range(64), wrong):
        assert any(chosen.isdisjoint(some) for chosen in first)


@pytest.mark.parametrize(
    ("count", "threshold", "most"), [(20, 20, 1), (64, 43, 32_769), (1_000, 501, 268)]
)
def test_choices_are_bounded_and_each_is_of_the_threshold(count, threshold, most):
    found = list(choices(range(1, count + 1), threshold, SEED))
    assert len(found) <= most
    assert all(len(set(one)) == threshold for one in found)
    assert all(one[0] >= 1 and one[-1] <= count and list(one) == sorted(one) for one in found)


def test_choices_that_are_drawn_are_those_of_the_seed():
    drawn = [list(choices(range(1, 301), 151, seed))[-100:] for seed in (SEED, SEED, b"o" * 32)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert not {*map(tuple, drawn[0])} & {*map(tuple, drawn[2])}
