"""The masked sum is the plain sum, whoever drops out and when; one too many, and nothing is read."""

import os

import numpy as np
import pytest
from scipy.stats import hypergeom

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation import Plan, masked_sum, new_channels, suggest
from tests.unit.learning.privacy.masked_rounds import (
    CHANNELS,
    MEMBERS,
    SIZE,
    UPDATES,
    Round,
    new_plan,
    plain_sum,
)


@pytest.mark.parametrize("dropped", [(), (3,), (30, 11)])
def test_the_masked_sum_is_exact_up_to_n_minus_t_drop_outs(dropped):
    found = masked_sum(new_plan(), CHANNELS, UPDATES, dropped=dropped)
    assert found.dtype == np.int64
    assert (found == plain_sum(set(MEMBERS) - set(dropped))).all()


@pytest.mark.parametrize(
    ("qmax", "weight", "bits"), [(127, 1, 16), (32_767, 1, 32), (32_767, 1_000_000, 64)]
)
def test_the_narrowest_words_that_cannot_wrap_carry_the_largest_sum(qmax, weight, bits):
    plan = new_plan(qmax=qmax, max_weight=weight)
    assert plan.dtype.itemsize == bits // 8
    extreme = np.full((6, SIZE), -qmax, np.int16)
    total = masked_sum(plan, CHANNELS, extreme, weights=[weight] * 6)
    assert (total == -6 * qmax * weight).all()


def test_rounds_of_an_epoch_follow_each_other_and_none_comes_again():
    channels = new_channels(MEMBERS)
    for generation in (0, 1, 4):
        plan = new_plan(generation=generation)
        total = masked_sum(plan, channels, UPDATES, dropped=(11,))
        assert (total == plain_sum(set(MEMBERS) - {11})).all()
    with pytest.raises(ConfigError, match="in generation 4, and cannot go to 3"):
        masked_sum(new_plan(generation=3), channels, UPDATES)


def test_words_have_room_for_as_many_updates_as_are_ever_summed():
    widths = [new_plan(qmax=300, capacity=room).dtype.itemsize for room in (0, 109, 110)]
    assert widths == [2, 2, 4]
    plan = new_plan(qmax=300, capacity=110)
    extreme = np.full((6, SIZE), 300, np.int16)
    assert (masked_sum(plan, CHANNELS, extreme) == 1_800).all()


def test_more_may_take_part_than_are_summed_but_no_more_are():
    plan = new_plan(capacity=5)
    assert (
        masked_sum(plan, CHANNELS, UPDATES, dropped=(11,)) == plain_sum(set(MEMBERS) - {11})
    ).all()
    with pytest.raises(InvalidMessage, match="room for 5 updates, and no more"):
        masked_sum(plan, CHANNELS, UPDATES)


def test_neighbours_on_a_circle_are_enough():
    members = tuple(range(40))
    channels = new_channels(members)
    updates = np.random.default_rng(1).integers(-9, 10, (40, 30)).astype(np.int16)
    plan = Plan(os.urandom(32), members, 30, 6, 8, qmax=9)
    total = masked_sum(plan, channels, updates, dropped={7, 23})
    assert (total == np.delete(updates, [7, 23], axis=0).sum(0)).all()


def test_the_graph_goes_both_ways_and_another_round_has_another():
    members = tuple(range(50))
    first, second = (Plan(bytes([i]) * 32, members, 1, 8, 10) for i in range(2))
    for one in members:
        near = first.neighbours(one)
        assert len(near) == 10
        assert one not in near
        assert all(one in first.neighbours(other) for other in near)
    assert any(first.neighbours(one) != second.neighbours(one) for one in members)


def test_who_leaves_before_sharing_needs_no_recovery():
    stage = Round().advertise().share(MEMBERS[1:]).mask(MEMBERS[1:])
    total = stage.server.finish(stage.reveal(MEMBERS[1:]))
    assert (total == plain_sum(MEMBERS[1:])).all()


def test_who_leaves_after_masking_still_counts():
    stage = Round().advertise().share().mask()
    total = stage.server.finish(stage.reveal(MEMBERS[:4]))
    assert (total == plain_sum(MEMBERS)).all()


def test_one_share_less_than_the_threshold_reveals_nothing():
    stage = Round().advertise().share().mask()
    revealed = stage.reveal(MEMBERS[:4])
    with pytest.raises(TooFewSurvivors, match="member 3's seed: 3 shares cannot recover"):
        stage.server.finish(revealed[:3])


def test_one_survivor_less_than_the_threshold_ends_the_round():
    stage = Round().advertise().share().mask(MEMBERS[:3])
    with pytest.raises(TooFewSurvivors, match="3 updates have come; 4 are needed"):
        stage.server.finish([])


def test_shares_that_were_tampered_with_are_found_where_all_are_needed():
    stage = Round().advertise().share().mask(MEMBERS[1:])
    revealed = stage.reveal(MEMBERS[1:5])
    for shares, what in ((revealed[0].seeds, "seed"), (revealed[0].keys, "key")):
        member = next(iter(shares))
        share = shares[member]
        shares[member] = bytes([share[0] ^ 1]) + share[1:]
        with pytest.raises(InvalidMessage, match=f"member {member}'s {what} do not fit"):
            stage.server.finish(revealed)
        shares[member] = share


def test_a_masked_update_says_nothing_by_itself():
    """Its words are as even as noise, though the update is all zeros."""
    plan = Plan(os.urandom(32), MEMBERS, 100_000, 4, 5)
    stage = Round(plan).advertise().share()
    member = stage.members[3]
    masked = member.mask(stage.server.ciphertexts(3), np.zeros(100_000, np.int16))
    counts = np.bincount(np.frombuffer(masked.words, np.uint8), minlength=256)
    expected = 400_000 / 256
    assert ((counts - expected) ** 2 / expected).sum() < 400  # 255 degrees of freedom, sd 23


def test_two_rounds_mask_the_same_update_differently():
    words = []
    for _ in range(2):
        stage = Round().advertise().share()
        words.append(stage.members[3].mask(stage.server.ciphertexts(3), UPDATES[0]).words)
    assert words[0] != words[1]


@pytest.mark.parametrize(
    "values",
    [
        np.zeros(SIZE + 1, np.int16),
        np.zeros(SIZE, np.int32),
        np.full(SIZE, 128, np.int16),
        np.full(SIZE, -128, np.int16),
    ],
)
def test_an_update_that_could_wrap_the_sum_is_not_masked(values):
    stage = Round(new_plan(qmax=127)).advertise().share()
    with pytest.raises(LearningError):
        stage.members[3].mask(stage.server.ciphertexts(3), values)


@pytest.mark.parametrize(
    "settings",
    [
        {"threshold": 3},
        {"threshold": 7},
        {"degree": 3},
        {"degree": 6},
        {"degree": 4, "threshold": 3},
        {"max_weight": 2**60},
        {"capacity": -1},
        {"capacity": 65_537},
    ],
)
def test_a_plan_that_is_not_safe_is_refused(settings):
    with pytest.raises(ConfigError):
        new_plan(**settings)


@pytest.mark.parametrize(("clients", "dropout", "corrupt"), [(100, 0.3, 0.1), (1_000, 0.1, 0.05)])
def test_the_suggested_graph_survives_what_it_was_made_for(clients, dropout, corrupt):
    degree, threshold = suggest(clients, dropout=dropout, corrupt=corrupt)
    assert degree < clients - 1
    draw = np.random.default_rng(0)
    for number in range(20):
        plan = Plan(bytes([number]) * 32, tuple(range(clients)), 1, threshold, degree)
        gone = set(draw.permutation(clients)[: int(dropout * clients)].tolist())
        assert min(len(set(plan.holders(one)) - gone) for one in plan.members) >= threshold


def test_the_suggested_graph_fails_no_more_often_than_it_may():
    clients, gone = 60, 18
    degree, threshold = suggest(clients, dropout=0.3, failure=3)
    plan = Plan(bytes(32), tuple(range(clients)), 1, threshold, degree)
    holders = np.zeros((clients, clients), int)
    for one in plan.members:
        holders[one, list(plan.holders(one))] = 1
    alive = np.tile(np.arange(clients) >= gone, (4_000, 1))
    np.random.default_rng(0).permuted(alive, axis=1, out=alive)
    fails = ((alive.astype(int) @ holders) < threshold).any(axis=1).mean()
    assert 0 < fails < 1 / 8


def test_the_suggested_graph_is_the_least_within_the_bound():
    """Of whom is gone only neighbours give shares; survivors give one of their own as well."""

    def bound(degree, threshold):
        most = degree - threshold
        return 30 * hypergeom(99, 29, degree).sf(most) + 70 * hypergeom(99, 30, degree).sf(most + 1)

    degree, threshold = suggest(100, dropout=0.3)
    assert bound(degree, threshold) <= 2**-10
    least = (degree - 2) // 2 + 2
    assert all(bound(degree - 2, other) > 2**-10 for other in range(least, degree))


def test_the_suggested_threshold_is_the_least_that_liars_cannot_use():
    """They need most of a member's neighbours for one secret of it, and the others for both."""
    degree, threshold = suggest(100, dropout=0.1, corrupt=0.1)
    both = hypergeom(99, 10, degree)
    spare = threshold - 1 - degree // 2
    assert 100 * both.sf(spare - 1) <= 2**-40 < 100 * both.sf(spare - 2)


def test_a_small_crowd_is_all_neighbours():
    assert suggest(10, dropout=0.3) == (9, 6)


def test_more_drop_outs_than_any_threshold_can_bear_are_refused():
    with pytest.raises(ConfigError, match="6 of 10 members"):
        suggest(10, dropout=0.6)
