"""Fraud proofs: the coordinate that differs, the value that is right there, and who can see it."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedsol.errors import LearningError
from fedsol.learning import merkle
from fedsol.learning.aggregation import Mean, Median, Scale, TrimmedMean, aggregate
from fedsol.learning.proof import (
    faulty_leaf,
    first_difference,
    judge_coordinate,
    lying_range,
    model_evidence,
    update_evidence,
)

SIZE = 5 * 128 - 3  # five chunks of an update, the last one padded; ten of a model
DRAW = np.random.default_rng(3)
UPDATE = DRAW.integers(-32_767, 32_768, SIZE).astype(np.int16)
MODEL = DRAW.integers(-(2**31), 2**31, SIZE).astype(np.int32)
UPDATE_TREE = merkle.update_tree(UPDATE)
MODEL_TREE = merkle.model_tree(MODEL)


@pytest.mark.parametrize("coordinate", [0, 1, 300, SIZE - 1])
def test_one_wrong_coordinate_is_found(coordinate):
    posted = MODEL.copy()
    posted[coordinate] ^= 1
    assert first_difference(MODEL, posted) == coordinate


def test_the_lowest_of_several_is_found():
    posted = MODEL.copy()
    posted[[400, 77, 500]] ^= 1
    assert first_difference(MODEL, posted) == 77


def test_equal_models_differ_nowhere():
    assert first_difference(MODEL, MODEL.copy()) is None


@pytest.mark.parametrize("posted", [MODEL[1:], MODEL.astype(np.int64), MODEL[None]])
def test_what_is_no_model_of_that_size_is_refused(posted):
    with pytest.raises(LearningError):
        first_difference(MODEL, posted)


@pytest.mark.parametrize("rule", [Mean(), Median(), TrimmedMean(2)])
def test_a_coordinate_is_judged_as_the_whole_aggregate(rule):
    updates = DRAW.integers(-32_767, 32_768, (7, 50)).astype(np.int16)
    weights = DRAW.integers(1, 2**32, 7).astype(np.uint32)
    scale = Scale(3, 7, 16, 12)
    whole = aggregate(MODEL[:50], updates, weights, rule, scale)
    columns = zip(MODEL[:50].tolist(), updates.T.tolist(), strict=True)
    judged = [judge_coordinate(m, column, weights.tolist(), rule, scale) for m, column in columns]
    assert judged == whole.tolist()


@pytest.mark.parametrize(
    ("model", "values", "weights"),
    [
        (2**31, [1], [1]),
        (0, [32_768], [1]),
        (0, [1], [2**32]),
        (0, [1], [-1]),
        (0, [1, 2], [1]),
        (0, [], []),
    ],
)
def test_a_coordinate_that_nothing_can_be_is_refused(model, values, weights):
    with pytest.raises(LearningError):
        judge_coordinate(model, values, weights, Mean(), Scale())


@given(st.integers(0, SIZE - 1))
def test_an_updates_evidence_shows_the_value_under_its_root(coordinate):
    found = update_evidence(UPDATE_TREE, UPDATE, coordinate)
    assert np.frombuffer(found.chunk, "<i2")[found.offset] == UPDATE[coordinate]
    assert found.chunk_index * 128 + found.offset == coordinate
    path = merkle.Path(found.chunk_index, found.siblings)
    assert merkle.verify_update(UPDATE_TREE.root, 5, found.chunk, path)


@given(st.integers(0, SIZE - 1))
def test_a_models_evidence_shows_the_value_under_its_root(coordinate):
    found = model_evidence(MODEL_TREE, MODEL, coordinate)
    assert np.frombuffer(found.chunk, "<i4")[found.offset] == MODEL[coordinate]
    assert found.chunk_index * 64 + found.offset == coordinate
    path = merkle.Path(found.chunk_index, found.siblings)
    assert merkle.verify_model(MODEL_TREE.record, 10, found.chunk, path)


@pytest.mark.parametrize("coordinate", [-1, SIZE])
def test_a_coordinate_that_is_not_there_has_no_evidence(coordinate):
    with pytest.raises(LearningError):
        update_evidence(UPDATE_TREE, UPDATE, coordinate)


def test_a_tree_of_other_values_gives_no_evidence():
    other = UPDATE.copy()
    other[200] ^= 1
    with pytest.raises(LearningError):
        update_evidence(merkle.update_tree(other), UPDATE, 130)


def test_a_shorter_tree_gives_no_evidence():
    with pytest.raises(LearningError):
        model_evidence(merkle.model_tree(MODEL[:64]), MODEL, 70)


@pytest.mark.parametrize("value", [128, -128, 32_767, -32_768])
@pytest.mark.parametrize("coordinate", [0, 128, SIZE - 1])
def test_a_value_beyond_qmax_makes_its_chunk_faulty(value, coordinate):
    values = np.full(SIZE, 127, np.int16)
    values[coordinate] = value
    assert faulty_leaf(values, 127) == coordinate // 128


def test_values_within_qmax_are_no_fault():
    values = np.tile(np.array([127, -127], np.int16), 300)
    assert faulty_leaf(values, 127) is None


def test_a_declared_sum_that_is_not_the_chunks_makes_it_faulty():
    true = [merkle.chunk_sum(merkle.update_chunk(UPDATE, i)) for i in range(5)]
    assert faulty_leaf(UPDATE, 32_767, true) is None
    for index in range(5):
        lies = [*true[:index], true[index] - 1, *true[index + 1 :]]
        assert faulty_leaf(UPDATE, 32_767, lies) == index


def test_the_largest_sums_are_compared_exactly():
    values = np.full(128, -32_768, np.int16)
    assert faulty_leaf(values, 32_768, [2**37]) is None


def test_declared_sums_must_be_one_for_each_chunk():
    with pytest.raises(LearningError):
        faulty_leaf(UPDATE, 32_767, [0] * 4)


def author_tree(values: np.ndarray, lies: dict[int, int]) -> merkle.Tree:
    """A tree that adds up, of an author who declared other sums (by chunk) than are true."""
    true = merkle.update_tree(values)
    records = [true.levels[0][i].tobytes() for i in range(true.chunks)]
    for index, sum_ in lies.items():
        records[index] = records[index][:32] + sum_.to_bytes(8, "little")
    levels = []
    while len(records) > 1:
        records += [merkle.EMPTY_HASH + bytes(8)] * (len(records) % 2)
        levels.append(records)
        records = [parent(*records[i : i + 2]) for i in range(0, len(records), 2)]
    rows = [np.frombuffer(b"".join(level), np.uint8) for level in [*levels, records]]
    return merkle.Tree(tuple(row.reshape(-1, 40) for row in rows), true.chunks)


def parent(left: bytes, right: bytes) -> bytes:
    total = sum(int.from_bytes(record[32:], "little") for record in (left, right))
    return hashlib.sha256(b"\x01" + left + right).digest() + total.to_bytes(8, "little")


def noise(chunks: int) -> np.ndarray:
    return np.random.default_rng(chunks).integers(-99, 100, chunks * 128).astype(np.int16)


def test_an_honest_authors_paths_hide_nothing():
    values = noise(11)
    tree = author_tree(values, {})
    assert tree.root == merkle.update_root(values)
    assert all(lying_range(values, tree.prove(i)) is None for i in range(11))


@pytest.mark.parametrize(
    ("shown", "expected"), [(8, (9, 10)), (11, (8, 10)), (12, (8, 12)), (3, (8, 13))]
)
def test_a_lie_is_under_the_sibling_that_differs(shown, expected):
    values = noise(13)
    tree = author_tree(values, {9: 0})
    assert lying_range(values, tree.prove(shown)) == range(*expected)


@given(st.integers(2, 40), st.data())
@settings(deadline=None)
def test_asking_on_in_the_range_ends_at_a_chunk_that_lies(chunks, data):
    values = noise(chunks)
    liars = data.draw(st.sets(st.integers(0, chunks - 1), min_size=1))
    tree = author_tree(values, dict.fromkeys(liars, 0))
    suspects = range(chunks)
    for _ in range(merkle.depth(chunks) + 1):
        shown = data.draw(st.sampled_from(suspects))
        if shown in liars:
            return
        narrower = lying_range(values, tree.prove(shown))
        assert narrower is not None
        assert liars & set(narrower)
        assert suspects == range(chunks) or set(narrower) < set(suspects)
        suspects = narrower
    raise AssertionError("the search did not end")


def test_a_sibling_that_must_be_the_empty_leaf_is_no_range():
    values = noise(3)
    path = merkle.update_tree(values).prove(2)
    bent = merkle.Path(2, (bytes(40), path.siblings[1]))
    with pytest.raises(LearningError):
        lying_range(values, bent)


@pytest.mark.parametrize(
    "path",
    [
        merkle.Path(0, (bytes(40),)),
        merkle.Path(0, (bytes(40),) * 3),
        merkle.Path(0, (bytes(32),) * 2),
        merkle.Path(3, (bytes(40),) * 2),
    ],
)
def test_a_path_that_does_not_fit_is_refused(path):
    with pytest.raises(LearningError):
        lying_range(noise(3), path)
