"""Planted updates: the shared vectors, whole plants and their chunks, and how large they come out."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedsol.errors import LearningError
from fedsol.learning.fixed_point import squared_norm
from fedsol.learning.merkle import chunk_count, update_chunk
from fedsol.learning.plant import plant_amplitude, plant_chunk, plant_update

FILE = Path(__file__).parents[2] / "vectors" / "plant.json"
VECTORS = json.loads(FILE.read_text())["vectors"]
SEED = bytes(range(32))


def seed(number: int) -> bytes:
    return number.to_bytes(32, "little")


def test_every_shared_vector_agrees():
    for vector in VECTORS:
        given = bytes.fromhex(vector["seed"]), vector["index"]
        found = plant_chunk(*given, vector["amplitude"], vector["parameters"])
        assert found.hex() == vector["chunk"], vector


@given(st.integers(1, 700), st.integers(0, 32_767), st.binary(min_size=32, max_size=32))
def test_a_plants_chunks_are_those_of_the_whole(parameters, amplitude, seed):
    values = plant_update(seed, amplitude, parameters)
    assert values.shape == (parameters,)
    for index in range(chunk_count(parameters, 128)):
        assert plant_chunk(seed, index, amplitude, parameters) == update_chunk(values, index)


def test_a_longer_plant_begins_as_the_shorter_one():
    assert (plant_update(SEED, 999, 1_000)[:300] == plant_update(SEED, 999, 300)).all()


def test_values_are_truncated_toward_zero_on_both_sides():
    # At 255 a value is the sum of its two bytes itself.
    whole = plant_update(SEED, 255, 5_000).astype(int)
    for amplitude in (1, 100, 254):
        expected = [int(value * amplitude / 255) for value in whole.tolist()]
        assert plant_update(SEED, amplitude, 5_000).tolist() == expected


def test_no_value_is_beyond_the_amplitude():
    values = plant_update(SEED, 300, 400_000)
    assert values.max() == 300
    assert values.min() == -300


def test_another_seed_gives_noise_that_has_nothing_to_do_with_it():
    first, second = (plant_update(seed(n), 32_767, 20_000).astype(float) for n in (1, 2))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.03


def test_noise_has_no_direction():
    values = plant_update(SEED, 32_767, 100_000)
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(values.size)


@pytest.mark.parametrize("target", [40_000, 10**7, 10**9, 10**11])
def test_the_norm_comes_out_as_it_was_asked_for(target):
    parameters = 2_000
    amplitude = plant_amplitude(target, parameters, 32_767)
    norms = [squared_norm(plant_update(seed(n), amplitude, parameters)) for n in range(40)]
    # At 40,000 the next larger amplitude is a step of some percent.
    assert 0.85 < np.mean(norms) / target < 1.03


def test_a_larger_target_never_gives_a_smaller_amplitude():
    found = [plant_amplitude(target, 500, 32_767) for target in range(0, 10**6, 10**4)]
    assert found == sorted(found)
    assert found[0] == 0
    assert len(set(found)) > 50


def test_the_amplitude_is_never_beyond_qmax():
    assert plant_amplitude(2**64, 62, 127) == 127


@pytest.mark.parametrize(
    ("index", "amplitude", "parameters"),
    [(-1, 1, 100), (1, 1, 128), (0, -1, 100), (0, 65_536, 100), (0, 1, 0), (0, 1, 2**60)],
)
def test_a_chunk_out_of_range_is_refused(index, amplitude, parameters):
    with pytest.raises(LearningError):
        plant_chunk(SEED, index, amplitude, parameters)


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33)])
def test_a_seed_of_another_length_is_refused(seed):
    with pytest.raises(LearningError):
        plant_update(seed, 1, 10)


@pytest.mark.parametrize(
    ("target", "parameters", "qmax"), [(-1, 10, 10), (1, 0, 10), (1, 10, 0), (1, 10, 32_768)]
)
def test_an_amplitude_of_nonsense_is_refused(target, parameters, qmax):
    with pytest.raises(LearningError):
        plant_amplitude(target, parameters, qmax)
