"""From trained parameters to an update that can be committed to."""

import numpy as np
import pytest

from fedsol.errors import ArchitectureMismatch, ConfigError, LearningError, NotFinite
from fedsol.learning.fixed_point import apply_update, quantise, squared_norm, to_fixed
from fedsol.learning.merkle import update_root
from fedsol.learning.update import Scheme, make_update, read_update

TREE = {
    "b": np.array([0.5, -0.25], np.float32),
    "w": np.random.default_rng(0).normal(size=(20, 10)).astype(np.float32) / 8,
}
BEFORE = np.zeros(202, np.int32)


def test_an_update_is_the_quantised_difference():
    update = make_update(BEFORE, TREE, Scheme(update_bits=12))
    vector = np.concatenate([TREE["b"], TREE["w"].reshape(-1)])
    assert (update.values == quantise(BEFORE, vector, 12, 32_767)).all()


def test_the_root_is_that_of_the_values():
    update = make_update(BEFORE, TREE, Scheme())
    assert update.root == update_root(update.values)


def test_the_roots_sum_is_within_the_bound():
    update = make_update(BEFORE, TREE, Scheme(max_norm_squared=5_000))
    assert 4_000 < update.root.sum == squared_norm(update.values) <= 5_000


def test_no_value_is_beyond_qmax():
    update = make_update(BEFORE, TREE, Scheme(qmax=127))
    assert abs(update.values).max() == 127


def test_an_applied_update_gives_the_trained_model():
    after = to_fixed(np.concatenate([TREE["b"], TREE["w"].reshape(-1)]), 16)
    update = make_update(BEFORE, TREE, Scheme(qmax=32_767))
    found = apply_update(BEFORE, update.values, frac_bits=16, update_bits=16)
    within = abs(after) <= 32_767
    assert (found[within] == after[within]).all()


def test_an_artifact_reads_back_as_its_update():
    update = make_update(BEFORE, TREE, Scheme())
    assert (read_update(update.to_bytes()) == update.values).all()


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02"])
def test_bytes_that_are_no_update_are_refused(data):
    with pytest.raises(LearningError):
        read_update(data)


def test_parameters_of_another_size_are_refused():
    with pytest.raises(ArchitectureMismatch):
        make_update(BEFORE[1:], TREE, Scheme())


def test_parameters_that_are_not_finite_are_refused():
    with pytest.raises(NotFinite):
        make_update(BEFORE[:2], {"b": np.array([1.0, np.nan], np.float32)}, Scheme())


@pytest.mark.parametrize(
    "fields", [{"qmax": 0}, {"update_bits": 32}, {"max_norm_squared": -1}, {"frac_bits": -1}]
)
def test_a_scheme_out_of_range_is_refused(fields):
    with pytest.raises(ConfigError):
        Scheme(**fields)
