"""Integer noise that clients add: the right distribution, and the right depth in the masked sum."""

import os

import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.privacy import (
    ClientPrivacy,
    add_noise,
    discrete_gaussian,
    effective_multiplier,
    local_std,
    roomy_scheme,
)
from fedsol.learning.privacy.secure_aggregation import Plan, masked_sum, new_channels
from fedsol.learning.scheme import Scheme


@pytest.mark.parametrize("std", [0.7, 2.0, 11.5])
def test_noise_has_the_frequencies_of_the_discrete_gaussian(std):
    drawn = discrete_gaussian(std, 200_000, np.random.default_rng(0))
    reach = np.arange(-round(3 * std), round(3 * std) + 1)
    weights = np.exp(-(np.arange(-200, 201) ** 2) / (2 * std**2))
    expected = 200_000 * np.exp(-(reach**2) / (2 * std**2)) / weights.sum()
    found = np.array([(drawn == value).sum() for value in reach])
    assert ((found - expected) ** 2 / expected).sum() < len(reach) + 5 * np.sqrt(2 * len(reach))


def test_the_masked_sum_has_the_noise_that_was_asked_for_after_drop_outs():
    bound, size = 40_000**2 // 100, 20_000
    std = local_std(1.0, bound, survivors=4)
    generator = np.random.default_rng(0)
    silent = np.zeros(size, np.int16)
    noisy = np.stack([add_noise(silent, std, 32_767, generator) for _ in range(5)])
    plan = Plan(os.urandom(32), tuple(range(5)), size, 4, 4)
    total = masked_sum(plan, new_channels(range(5)), noisy, dropped={2})
    assert abs(total.std() / 4_000 - 1) < 0.02


def test_the_sum_of_many_is_accounted_for_a_little_worse_than_one_gaussian():
    std = local_std(2.0, 10_000, 100)
    found = effective_multiplier(std, 100, 10_000, 7_850)
    assert 1.99 < found <= 2.0
    assert effective_multiplier(0.5, 100, 10_000, 7_850) < 0.9 * 0.5 * 10 / 100


def test_noise_coarser_than_the_integers_is_refused():
    with pytest.raises(ConfigError, match="coarser"):
        local_std(1.0, 100, 100)


def test_noise_that_leaves_the_words_is_refused_and_not_clamped():
    with pytest.raises(LearningError, match="beyond 100"):
        add_noise(np.full(1_000, 99, np.int16), 5.0, 100, np.random.default_rng(0))


@pytest.mark.parametrize(("multiplier", "bits"), [(0.001, 14), (1.0, 13), (20.0, 10)])
def test_a_scheme_has_as_many_bits_as_leave_the_noise_room(multiplier, bits):
    found = roomy_scheme(Scheme(), ClientPrivacy(1.5, multiplier), 100)
    norm = 1.5 * 2**bits
    assert (found.update_bits, found.qmax) == (bits, norm)
    assert found.max_norm_squared == norm**2
    room = 10 * multiplier * norm / 10
    assert found.qmax + room <= 32_767 < 2 * (found.qmax + room)


def test_a_scheme_that_is_narrow_already_is_kept():
    narrow = Scheme(update_bits=10, qmax=200, max_norm_squared=90_000)
    assert roomy_scheme(narrow, ClientPrivacy(5.0, 1.0), 100) == narrow


def test_noise_for_which_no_scheme_has_room_is_refused():
    with pytest.raises(ConfigError, match="does not fit 16 bits"):
        roomy_scheme(Scheme(), ClientPrivacy(1.0, 1e5), 3)
