"""Parameters as arrays: the federation's order, safetensors files, and what is no parameter."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from fedsol.errors import ArchitectureMismatch, ConfigError, NotFinite
from fedsol.interop import load_arrays, save_arrays
from fedsol.interop.arrays import fitting, in_order
from fedsol.learning import flatten

MODEL = {
    "b": np.array([5.0, 6.0], np.float64),
    "a.weight": np.array([[1.0, 2.0], [3.0, 4.0]], np.float32),
    "c": np.array([0.5], np.float16),
    "d": np.asarray(jnp.array([1.5, -2.0], jnp.bfloat16)),
}
VECTOR = [1, 2, 3, 4, 5, 6, 0.5, 1.5, -2]


def test_the_order_is_that_of_the_federations_vector() -> None:
    ordered = in_order(MODEL)
    assert list(ordered) == ["a.weight", "b", "c", "d"]
    assert flatten(MODEL)[0].tolist() == VECTOR
    assert [value for array in ordered.values() for value in array.ravel().tolist()] == VECTOR


def test_a_vector_gets_names_shapes_and_types(tmp_path: Path) -> None:
    arrays = fitting(np.array(VECTOR, np.float32), in_order(MODEL))
    assert {name: array.dtype for name, array in arrays.items()} == {
        name: array.dtype for name, array in MODEL.items()
    }
    for name, array in MODEL.items():
        np.testing.assert_array_equal(arrays[name], array)


def test_a_file_gives_back_every_type(tmp_path: Path) -> None:
    save_arrays(tmp_path / "model.safetensors", MODEL)
    found = load_arrays(tmp_path / "model.safetensors")
    assert list(found) == sorted(MODEL)
    for name, array in MODEL.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_the_same_values_are_the_same_bytes(tmp_path: Path) -> None:
    save_arrays(tmp_path / "one", MODEL)
    save_arrays(tmp_path / "two", dict(reversed(MODEL.items())))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_files_are_those_that_others_read_and_write(tmp_path: Path) -> None:
    plain = {name: MODEL[name] for name in ("a.weight", "b")}
    save_arrays(tmp_path / "ours", plain)
    np.testing.assert_array_equal(load_file(tmp_path / "ours")["a.weight"], plain["a.weight"])
    save_file(plain | {"steps": np.array([7])}, tmp_path / "theirs")
    assert list(load_arrays(tmp_path / "theirs")) == ["a.weight", "b"]


@pytest.mark.parametrize("content", [b"", b"\x80\x04.", b"\xff" * 100])
def test_what_is_no_safetensors_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model").write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_arrays(tmp_path / "model")


def test_a_file_that_is_not_there_or_holds_only_integers(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_arrays(tmp_path / "model")
    save_file({"steps": np.array([7])}, tmp_path / "model")
    with pytest.raises(ConfigError, match="no parameters"):
        load_arrays(tmp_path / "model")


def test_integers_are_no_parameters() -> None:
    with pytest.raises(ConfigError, match="steps is of type int64"):
        in_order({"steps": np.array([7])})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"a": np.zeros(2)}, "missing: b; and unknown: none"),
        ({"a": np.zeros(2), "b": np.zeros(1), "z": np.zeros(1)}, "missing: none; and unknown: z"),
        ({"a": np.zeros(2), "b": np.zeros((1, 1))}, r"b is of shape \(1,\), not \(1, 1\)"),
        (np.zeros(4), "3 parameters are needed"),
    ],
)
def test_another_models_parameters_are_refused(values, message: str) -> None:
    with pytest.raises(ArchitectureMismatch, match=message):
        fitting(values, {"a": np.zeros(2), "b": np.zeros(1)})


def test_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(NotFinite, match="b holds"):
        fitting(np.array([0.0, 0.0, np.nan]), {"a": np.zeros(2), "b": np.zeros(1)})
