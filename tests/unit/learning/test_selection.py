"""Selections: the shared vectors, exact distances at every size, and bytes that say one thing."""

import json
from pathlib import Path

import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError, NotFinite
from fedsol.learning import selection
from fedsol.learning.merkle import verify_model
from fedsol.learning.selection import MultiKrum, Selection, decode_selection

FILE = Path(__file__).parents[2] / "vectors" / "selection.json"
VECTORS = json.loads(FILE.read_text())["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_shared_vectors(vector):
    count, accepted = len(vector["updates"]), vector["accepted"]
    updates = np.array(vector["updates"], np.int16)[accepted]
    table = selection.distance_table(updates, accepted, count)
    assert table.tolist() == vector["table"]
    neighbours = len(accepted) - vector["byzantine"] - 2
    found = [selection.score(row, own, neighbours) for own, row in enumerate(table)]
    assert found == vector["scores"]
    rule = MultiKrum(vector["byzantine"], vector["keep"])
    assert selection.multi_krum(table, rule).tolist() == vector["weights"]


def test_distances_are_exact_where_no_float_of_32_bits_is(monkeypatch):
    monkeypatch.setattr(selection, "_BLOCK_VALUES", 1_000)  # many blocks
    draw = np.random.default_rng(5)
    updates = draw.integers(-32_768, 32_768, (7, 5_003)).astype(np.int16)
    wide = updates.astype(object)
    expected = [[int(((a - b) ** 2).sum()) for b in wide] for a in wide]
    assert selection.distances(updates).tolist() == expected
    assert max(max(row) for row in expected) > 2**40


def test_the_largest_distance_fits():
    size = selection._EXACT + 3  # more than one block of the longest
    updates = np.stack([np.full(size, -32_768, np.int16), np.full(size, 32_767, np.int16)])
    assert selection.distances(updates)[0, 1] == size * 65_535**2


@pytest.mark.parametrize("count", [3, 32, 33, 64, 65, 256])
@pytest.mark.parametrize("with_table", [False, True])
def test_a_selection_is_its_bytes_and_every_chunk_of_them_can_be_shown(count, with_table):
    draw = np.random.default_rng(count)
    weights = draw.integers(0, 2**32, count, dtype=np.uint32)
    table = draw.integers(0, 2**64, (count, count), dtype=np.uint64) if with_table else None
    made = Selection(weights, table)
    again = decode_selection(made.encoded, count, with_table=with_table)
    assert again.weights.tolist() == weights.tolist()
    assert with_table == (again.table is not None)
    if table is not None and again.table is not None:
        assert again.table.tolist() == table.tolist()
        row = count - 1
        place = selection.first_chunk_of_row(count, row) * 256
        found = np.frombuffer(made.encoded[place : place + 8 * count], "<u8")
        assert found.tolist() == table[row].tolist()
    for index in {0, made.tree.chunks // 2, made.tree.chunks - 1}:
        path = made.tree.prove(index)
        assert verify_model(made.tree.record, made.tree.chunks, made.chunk(index), path)


def test_bytes_of_another_length_or_with_padding_are_no_selection():
    data = Selection(np.ones(3, np.uint32)).encoded
    for wrong in (data[:-1], data + bytes(256), b"", data[:-1] + b"\1"):
        with pytest.raises(LearningError):
            decode_selection(wrong, 3, with_table=False)
    with pytest.raises(LearningError, match="257"):
        decode_selection(bytes(5 * 256), 257, with_table=False)


def test_too_few_accepted_submissions_have_no_multi_krum():
    table = selection.distances(np.arange(4, dtype=np.int16).reshape(4, 1))
    with pytest.raises(LearningError, match="4 updates are too few"):
        selection.multi_krum(table, MultiKrum(1, 1))
    with pytest.raises(ConfigError):
        MultiKrum(1, 0)


def test_weights_keep_their_proportions():
    floats = np.array([0.0, 1e-3, 0.5, 0.2499])
    whole = selection.to_weights(floats)
    assert (whole.dtype, whole[0], whole.max()) == (np.uint32, 0, 2**20)
    shares = whole / whole.sum()
    assert np.abs(shares - floats / floats.sum()).sum() <= 4 * 2**-20


@pytest.mark.parametrize(
    ("weights", "error"),
    [([], LearningError), ([0.0], LearningError), ([-1.0, 2.0], LearningError)]
    + [([value, 1.0], NotFinite) for value in (np.nan, np.inf)],
)
def test_what_is_no_weight_is_refused(weights, error):
    with pytest.raises(error):
        selection.to_weights(np.array(weights))
