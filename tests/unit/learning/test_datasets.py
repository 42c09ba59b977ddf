"""The data sets that need no download."""

import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.datasets import DATASETS, Dataset, load

SHAPES = {
    "breast_cancer": (569, 30, 2),
    "digits": (1797, 64, 10),
    "iris": (150, 4, 3),
    "wine": (178, 13, 3),
}


@pytest.mark.parametrize("name", DATASETS)
def test_training_and_test_data_make_up_the_whole(name):
    train, test = load(name)
    assert (len(train) + len(test), train.features, train.classes) == SHAPES[name]


@pytest.mark.parametrize("name", DATASETS)
def test_samples_are_float32_and_labels_int32(name):
    train, _ = load(name)
    assert (train.x.dtype, train.y.dtype) == (np.float32, np.int32)


@pytest.mark.parametrize("name", ["breast_cancer", "iris", "wine"])
def test_features_are_standardised_over_the_training_data(name):
    train, _ = load(name)
    assert np.allclose(train.x.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(train.x.std(axis=0), 1, atol=1e-4)


def test_pixels_are_scaled_to_one():
    train, _ = load("digits")
    assert (train.x.min(), train.x.max()) == (0, 1)


def test_the_same_seed_gives_the_same_split():
    assert (load("iris", seed=4)[1].x == load("iris", seed=4)[1].x).all()


def test_another_seed_gives_another_split():
    assert (load("iris", seed=4)[1].x != load("iris", seed=5)[1].x).any()


def test_an_unknown_name_is_refused_with_those_known():
    with pytest.raises(ConfigError) as caught:
        load("imagenet")
    assert "digits" in caught.value.hint


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1])
def test_a_test_fraction_lies_between_zero_and_one(fraction):
    with pytest.raises(ConfigError):
        load("iris", test_fraction=fraction)


def test_samples_without_labels_are_refused():
    with pytest.raises(LearningError):
        Dataset(np.zeros((2, 3), np.float32), np.zeros(1, np.int32), 2, "broken")
