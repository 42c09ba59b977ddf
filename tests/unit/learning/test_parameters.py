"""Parameter trees as vectors, and the hash of their architecture."""

import hashlib

import numpy as np
import pytest

from fedsol.errors import ArchitectureMismatch
from fedsol.learning.parameters import (
    architecture_hash,
    architecture_of,
    flatten,
    require_architecture,
    unflatten,
)


def tree() -> dict:
    return {
        "b": np.arange(3, dtype=np.float32),
        "a": {"z": np.full((2, 2), 7, np.float32), "c": np.float32(5)},
    }


def test_the_vector_follows_the_sorted_key_paths():
    vector, spec = flatten(tree())
    assert spec.paths == ("a/c", "a/z", "b")
    assert vector.tolist() == [5, 7, 7, 7, 7, 0, 1, 2]


def test_positions_are_sorted_by_number():
    vector, _ = flatten([np.full(1, i, np.float32) for i in range(12)])
    assert vector.tolist() == list(range(12))


def test_unflatten_undoes_flatten():
    vector, spec = flatten(tree())
    again = unflatten(vector, spec)
    assert (again["b"] == tree()["b"]).all()
    assert (again["a"]["z"] == tree()["a"]["z"]).all()
    assert again["a"]["c"] == 5


def test_a_vector_of_another_length_is_refused():
    vector, spec = flatten(tree())
    with pytest.raises(ArchitectureMismatch):
        unflatten(vector[:-1], spec)


def test_the_hash_is_that_of_the_canonical_json():
    found = architecture_hash("m(x=1)", {"w": (2, 3), "b": (3,)}, {"b": "float32", "w": "float32"})
    text = '{"model":"m(x=1)","parameters":[["b","float32",[3]],["w","float32",[2,3]]]}'
    assert found == hashlib.sha256(text.encode()).digest()


@pytest.mark.parametrize(
    ("name", "shape", "dtype"),
    [("n", (2,), "float32"), ("m", (3,), "float32"), ("m", (2,), "float16")],
)
def test_name_shape_and_dtype_all_change_the_hash(name, shape, dtype):
    plain = architecture_hash("m", {"w": (2,)}, {"w": "float32"})
    assert architecture_hash(name, {"w": shape}, {"w": dtype}) != plain


def test_values_do_not_change_the_hash():
    other = tree() | {"b": np.ones(3, np.float32)}
    assert architecture_of("m", tree()) == architecture_of("m", other)


def test_shapes_and_dtypes_must_name_the_same_parameters():
    with pytest.raises(ArchitectureMismatch):
        architecture_hash("m", {"w": (2,)}, {"v": "float32"})


def test_another_architecture_is_refused():
    expected = architecture_of("m", tree())
    require_architecture(expected, "m", tree())
    with pytest.raises(ArchitectureMismatch):
        require_architecture(expected, "m", {"w": np.zeros(2, np.float32)})
