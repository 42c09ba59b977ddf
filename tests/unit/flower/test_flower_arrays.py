"""A Flower app's arrays as one vector, and back."""

from __future__ import annotations

import numpy as np
import pytest

from fedsol.errors import ArchitectureMismatch, ConfigError
from fedsol.flower import Layout
from tests.unit.flower.village import record_of

MIXED = {
    "z.weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
    "a.bias": np.array([-1.5, 2.5], np.float64),
    "a.scale": np.float32(7).reshape(()),
}


def test_arrays_come_back_as_they_were_in_the_apps_order() -> None:
    layout = Layout.of(record_of(MIXED))
    back = layout.record(layout.fixed(record_of(MIXED), 16), 16)
    assert list(back) == list(MIXED)
    for name, array in MIXED.items():
        np.testing.assert_array_equal(back[name].numpy(), array, strict=True)


def test_the_vector_is_ordered_by_name_whatever_the_apps_order() -> None:
    turned = dict(reversed(MIXED.items()))
    one, other = Layout.of(record_of(MIXED)), Layout.of(record_of(turned))
    expected = [-1.5, 2.5, 7, *(np.arange(6) / 4)]
    assert one.vector(record_of(turned)).tolist() == expected
    assert other.vector(record_of(MIXED)).tolist() == expected
    assert one.architecture == other.architecture


@pytest.mark.parametrize(
    "other",
    [
        {"w": np.zeros((2, 3), np.float64)},
        {"w": np.zeros((3, 2), np.float32)},
        {"v": np.zeros((2, 3), np.float32)},
    ],
)
def test_another_dtype_shape_or_name_is_another_architecture(
    other: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.floating]]],
) -> None:
    one = Layout.of(record_of({"w": np.zeros((2, 3), np.float32)}))
    assert Layout.of(record_of(other)).architecture != one.architecture


def test_a_reply_may_be_of_another_dtype_but_of_no_other_shape() -> None:
    layout = Layout.of(record_of({"w": np.zeros((2, 3), np.float32)}))
    assert layout.vector(record_of({"w": np.ones((2, 3))})).dtype == np.float32
    with pytest.raises(ArchitectureMismatch, match="not those that were sent out"):
        layout.vector(record_of({"w": np.ones((3, 2))}))


@pytest.mark.parametrize("kind", ["int64", "float16", "bool"])
def test_arrays_that_are_no_parameters_are_refused(kind: str) -> None:
    with pytest.raises(ConfigError, match=f"'steps': '{kind}'"):
        Layout.of(record_of({"w": np.zeros(2, np.float32), "steps": np.zeros(2, kind)}))


def test_no_arrays_at_all_are_refused() -> None:
    with pytest.raises(ConfigError, match="none at all"):
        Layout.of(record_of({}))
