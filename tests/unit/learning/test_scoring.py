"""Scores: only what improves the model is paid, and what a round makes of several opinions."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedsol.errors import ArchitectureMismatch, LearningError
from fedsol.learning import scoring
from fedsol.learning.aggregation import Scale
from fedsol.learning.fixed_point import apply_update, squared_norm, to_float
from fedsol.learning.local_training import evaluate
from fedsol.learning.models import model, parameter_spec
from fedsol.learning.parameters import unflatten
from fedsol.learning.plant import plant_amplitude, plant_update
from fedsol.learning.scoring import (
    other_index,
    references,
    score_all,
    score_update,
    weighted_median,
)
from tests.unit.learning.site import Site, trained_site

FILE = Path(__file__).parents[2] / "vectors" / "weighted_median.json"
MEDIANS = json.loads(FILE.read_text())["vectors"]
BEACON = bytes(range(32))
LOGREG = model("logreg", features=30, classes=2)
MLP = model("mlp", features=64, classes=10)
NAN, INF = float("nan"), float("inf")


@pytest.fixture(scope="module")
def cancer() -> Site:
    return trained_site(LOGREG, "breast_cancer", rounds=3, epochs=1)


@pytest.fixture(scope="module")
def digits() -> Site:
    return trained_site(MLP, "digits", rounds=5, epochs=3)


@pytest.fixture(scope="module")
def honest(cancer) -> np.ndarray:
    return cancer.learn_all(cancer.values, 99)


def test_the_other_is_the_one_that_the_beacon_picks():
    for index in range(9):
        text = b"fedsol:other:v1" + BEACON + index.to_bytes(4, "little")
        picked = int.from_bytes(hashlib.sha256(text).digest()[:8], "little") % 8
        assert other_index(BEACON, index, 9) == [i for i in range(9) if i != index][picked]


def test_every_other_is_picked_about_as_often():
    beacons = [hashlib.sha256(bytes([n, n >> 8])).digest() for n in range(256)]
    picked = [other_index(beacon, 2, 5) for beacon in beacons]
    counts = {index: picked.count(index) for index in (0, 1, 3, 4)}
    assert sum(counts.values()) == 256
    assert min(counts.values()) > 40


def test_the_other_of_two_is_the_other_one():
    assert [other_index(BEACON, index, 2) for index in (0, 1)] == [1, 0]


def test_who_is_alone_has_no_other():
    assert other_index(BEACON, 0, 1) is None


@pytest.mark.parametrize(
    ("beacon", "index", "count"), [(BEACON, 3, 3), (BEACON, -1, 3), (BEACON[1:], 0, 3)]
)
def test_a_submission_that_is_not_there_has_no_other(beacon, index, count):
    with pytest.raises(LearningError):
        other_index(beacon, index, count)


@pytest.mark.parametrize(
    ("gain", "reference", "score"),
    [
        (1.0, 2.0, 5_000),
        (1.0, 3.0, 3_333),  # rounded down
        (0.29999, 3.0, 999),
        (1e-9, 1.0, 0),
        (2.0, 2.0, 10_000),
        (2.0, 1.0, 10_000),
        (2.0, 0.0, 10_000),
        (2.0, -5.0, 10_000),
        (1e307, 1.5e307, 6_666),
        (0.0, 1.0, 0),
        (0.0, 0.0, 0),
        (-1.0, -2.0, 0),  # two bad ones do not make a good one
        (-2.0, -1.0, 0),
        (-1.0, 1.0, 0),
        (NAN, 1.0, 0),
        (INF, 1.0, 0),
        (-INF, -1.0, 0),
    ],
)
def test_a_score_is_the_share_of_the_reference(gain, reference, score):
    assert score_update(gain, reference) == score


@given(st.floats(), st.floats())
def test_a_score_is_never_outside_its_range_nor_paid_without_gain(gain, reference):
    score = score_update(gain, reference)
    assert 0 <= score <= 10_000
    assert gain > 0 or score == 0


GAINS = [0.4, 0.1, 0.2, -0.3, 0.3]  # in the middle: 0.2


def others(count: int) -> list[int | None]:
    return [other_index(BEACON, index, count) for index in range(count)]


def test_the_reference_is_the_others_gain_or_the_median_whichever_is_larger():
    expected = [max(0.2, GAINS[other]) for other in others(5)]
    assert references(GAINS, BEACON) == expected
    assert 0.2 in expected
    assert max(expected) > 0.2


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_a_gain_that_is_not_finite_counts_for_nothing(bad):
    found = references([*GAINS, bad], BEACON)
    assert found == [max(0.2, [*GAINS, -1.0][other]) for other in others(6)]


def test_who_is_alone_is_its_own_reference():
    assert references([0.3], BEACON) == [0.3]


def test_without_any_finite_gain_there_is_nothing_to_compare_with():
    assert references([NAN, INF], BEACON) == [0.0, 0.0]


def test_noise_that_helps_by_chance_is_worth_little_also_beside_an_other_that_is_worthless():
    """Whatever the beacon picks: without the median it would earn all."""
    found = [0.001, 0.0, 0.3, 0.4, 0.5]
    beacons = [hashlib.sha256(bytes([n])).digest() for n in range(64)]
    assert 1 in [other_index(beacon, 0, 5) for beacon in beacons]
    assert max(score_update(0.001, references(found, beacon)[0]) for beacon in beacons) <= 33


def test_a_gain_is_what_the_loss_falls_by(cancer, honest):
    def loss(values: np.ndarray) -> float:
        params = unflatten(to_float(values, 16), parameter_spec(LOGREG))
        return evaluate(LOGREG, params, cancer.held_out.x, cancer.held_out.y)[0]

    after = [apply_update(cancer.values, u, frac_bits=16, update_bits=16) for u in honest]
    assert cancer.gains(honest) == [loss(cancer.values) - loss(values) for values in after]


def test_the_step_is_the_federations(cancer, honest):
    half = honest // 2
    slow = replace(cancer, scale=Scale(lr_num=1, lr_den=2))
    assert slow.gains(2 * half) == cancer.gains(half)
    assert replace(cancer, scale=Scale(lr_num=0)).gains(honest) == [0.0] * 5


def test_a_gain_does_not_depend_on_who_else_is_evaluated(cancer, honest):
    alone = [cancer.gains(update[None])[0] for update in honest]
    assert cancer.gains(honest) == alone


def test_scores_are_those_of_the_gains(cancer, honest):
    found = cancer.gains(honest)
    expected = [score_update(*pair) for pair in zip(found, references(found, BEACON), strict=True)]
    assert cancer.scores(honest, BEACON) == expected
    assert max(expected) > 5_000


def test_each_gain_is_computed_once(cancer, honest, monkeypatch):
    calls = []
    real = scoring.evaluate_padded
    monkeypatch.setattr(scoring, "evaluate_padded", lambda *a: (calls.append(1), real(*a))[1])
    cancer.scores(honest, BEACON)
    assert len(calls) == 1 + len(honest)


def test_scores_are_uint16(cancer, honest):
    given = LOGREG, cancer.values, honest, BEACON, cancer.held_out, Scale()
    assert score_all(*given).dtype == np.uint16


def test_updates_by_index_score_as_those_in_a_row(cancer, honest):
    by_index = {index: honest[index] for index in (3, 0, 4, 1, 2)}
    assert cancer.scores(by_index, BEACON) == cancer.scores(honest, BEACON)


def test_an_update_that_could_not_be_had_scores_nothing(cancer, honest):
    updates = dict(enumerate(honest)) | {2: None}
    assert cancer.scores(updates, BEACON)[2] == 0


def test_who_is_compared_with_a_missing_update_alone_gets_all(cancer, honest):
    updates = {0: honest[0], 1: None}
    assert cancer.scores(updates, BEACON) == [10_000, 0]


def test_a_zero_update_scores_nothing(cancer, honest):
    updates = np.stack([np.zeros_like(honest[0]), -honest[1], honest[2]])
    assert cancer.scores(updates, BEACON)[0] == 0


def test_a_negated_update_scores_nothing(cancer, honest):
    assert cancer.scores(np.concatenate([honest, -honest]), BEACON)[5:] == [0] * 5


def test_bad_updates_among_themselves_score_nothing(cancer, honest):
    assert cancer.scores(-honest, BEACON) == [0] * 5


def test_a_round_without_updates_has_no_scores(cancer):
    assert cancer.scores({}, BEACON) == []


@pytest.mark.parametrize("numbers", [(0, 2), (1, 2), (-1, 0)])
def test_indices_with_gaps_are_refused(cancer, honest, numbers):
    with pytest.raises(LearningError):
        cancer.scores(dict.fromkeys(numbers, honest[0]), BEACON)


def test_an_update_of_another_size_is_refused(cancer, honest):
    with pytest.raises(LearningError):
        cancer.scores({0: honest[0], 1: honest[1][1:]}, BEACON)


def test_a_model_of_another_size_is_refused(cancer, honest):
    with pytest.raises(ArchitectureMismatch):
        score_all(MLP, cancer.values, honest, BEACON, cancer.held_out, Scale())


def noise_scores(site: Site, share: int) -> np.ndarray:
    """Scores of 50 plants with ``1 / share`` of the honest norm², each alone among the honest.

    The other is each honest update in turn, and once a worthless one.
    """
    honest = site.learn_all(site.values, 99)
    norm = sum(map(squared_norm, honest)) // len(honest) // share
    amplitude = plant_amplitude(norm, honest.shape[1], 32_767)
    seeds = [hashlib.sha256(bytes([n])).digest() for n in range(50)]
    plants = np.stack([plant_update(seed, amplitude, honest.shape[1]) for seed in seeds])
    mine, theirs = site.gains(plants), site.gains(honest)
    others = [*theirs, 0.0]

    def score(gain: float, other: float) -> int:
        return score_update(gain, max(other, median([gain, *theirs])))

    return np.array([[score(gain, other) for other in others] for gain in mine])


def test_noise_as_long_as_an_honest_update_mostly_scores_next_to_nothing(cancer):
    # By chance it points a little the right way, and of 62 parameters that little is much.
    assert (noise_scores(cancer, 1) < 2_000).mean() > 0.7


def test_noise_of_a_quarter_of_its_length_is_never_taken_for_work(cancer):
    assert noise_scores(cancer, 16).max() < 2_000


def test_noise_of_many_parameters_is_never_taken_for_work(digits):
    assert noise_scores(digits, 1).max() < 2_000


def test_an_update_for_a_much_older_model_scores_less_than_a_fresh_one(digits):
    fresh = digits.learn_all(digits.values, 99)
    stale = digits.learn_all(digits.models[0], 0)
    others = digits.gains(digits.learn_all(digits.values, 98))

    def mean(updates: np.ndarray) -> float:
        return float(np.mean([[score_update(g, o) for o in others] for g in digits.gains(updates)]))

    assert mean(stale) < mean(fresh) / 2


def test_every_shared_median_agrees():
    for vector in MEDIANS:
        given = vector["scores"], vector["weights"]
        if vector["median"] is None:
            with pytest.raises(LearningError):
                weighted_median(*given)
        else:
            assert weighted_median(*given) == vector["median"], vector


PAIRS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), min_size=1, max_size=9)


@given(PAIRS.filter(lambda pairs: any(weight for _, weight in pairs)))
def test_a_median_is_that_of_each_score_as_often_as_it_weighs(pairs):
    spread = sorted(score for score, weight in pairs for _ in range(weight))
    expected = spread[(len(spread) - 1) // 2]
    assert weighted_median(*zip(*pairs, strict=True)) == expected


def test_less_than_half_of_the_weight_moves_no_median_beyond_the_rest():
    rest = [4_000, 5_000, 6_000]
    for lie in (0, 10_000):
        assert 4_000 <= weighted_median([*rest, lie, lie], [2, 2, 2, 3, 2]) <= 6_000


@pytest.mark.parametrize(("scores", "weights"), [([1, 2], [1]), ([1, 2], [2, -1])])
def test_weights_that_do_not_fit_are_refused(scores, weights):
    with pytest.raises(LearningError):
        weighted_median(scores, weights)
