"""Labels become the same numbers for everybody, or are refused."""

import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError
from fedsol.loading import Choices, make_dataset


def labelled(labels, classes=None, **choices):
    x = np.zeros((len(labels), 1))
    return make_dataset(x, labels, "toys", Choices(classes=classes, **choices))


def test_names_are_numbered_in_the_order_that_is_given() -> None:
    data = labelled(["no", "yes", "no"], ("yes", "no", "maybe"))
    assert (data.y.tolist(), data.classes) == ([1, 0, 1], 3)


def test_names_are_numbered_in_sorted_order_where_none_is_given() -> None:
    assert labelled(["b", "c", "a"]).y.tolist() == [1, 2, 0]


def test_numbers_may_be_the_names() -> None:
    for labels in (np.array([-1, 1, -1]), np.array([-1.0, 1.0, -1.0]), ["-1", "1", "-1"]):
        assert labelled(labels, ("-1", "1")).y.tolist() == [0, 1, 0]


def test_how_many_classes_there_are_may_be_more_than_are_seen() -> None:
    data = labelled(np.array([2, 2]), 10)
    assert (data.y.tolist(), data.classes) == ([2, 2], 10)


def test_one_class_is_refused_unless_that_is_meant() -> None:
    with pytest.raises(LearningError, match="of one class"):
        labelled(np.array([1, 1]))
    assert labelled(np.array([1, 1]), allow_one_class=True).classes == 2


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        (["a", "x"], ("a", "b"), "'x' is none of the classes a, b"),
        (np.array([0, 3]), 3, "label 3 of 3 classes"),
        (["a", "b"], 3, "2 of 3 classes"),
        (np.array([0.0, np.nan]), ("0", "1"), "'nan' is none of the classes 0, 1"),
        (["a", ""], None, "sample 1 .* has no label"),
    ],
)
def test_labels_that_are_not_among_the_classes(labels, classes, message: str) -> None:
    with pytest.raises(LearningError, match=message):
        labelled(labels, classes)


@pytest.mark.parametrize("classes", [1, (), ("a",), ("a", "a")])
def test_classes_that_are_none(classes) -> None:
    with pytest.raises(ConfigError):
        labelled(["a", "a"], classes)
