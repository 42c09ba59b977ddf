"""Encoded updates: one update, one sequence of bytes, and nothing else is accepted."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedsol.errors import ArchitectureMismatch, ConfigError, LearningError
from fedsol.learning.codecs import CODECS, Dense, Int8, TopK, TwoBit, codec, decode, parse_codec
from fedsol.learning.codecs.header import HEADER_BYTES
from fedsol.learning.merkle import update_chunk, update_tree, verify_update

FILE = Path(__file__).parents[3] / "vectors" / "codecs.json"
VECTORS = json.loads(FILE.read_text())
ALL = [Dense(), Int8(), TopK(0.05), TwoBit()]


def some_update(size: int, seed: int = 0) -> np.ndarray:
    """Values whose chunks differ much in size."""
    draw = np.random.default_rng(seed)
    wide = draw.laplace(size=size) * 2.0 ** draw.integers(0, 12, -(-size // 128)).repeat(128)[:size]
    return np.clip(np.rint(wide), -32_767, 32_767).astype(np.int16)


@pytest.mark.parametrize("vector", VECTORS["accepted"], ids=lambda v: v["codec"])
def test_shared_vectors(vector):
    values, data = np.array(vector["values"], np.int16), bytes.fromhex(vector["bytes"])
    assert codec(vector["codec"]).encode(values) == data
    assert decode(data, values.size).tolist() == vector["values"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda v: v["why"])
def test_what_the_vectors_refuse_is_refused(vector):
    with pytest.raises(LearningError):
        decode(bytes.fromhex(vector["bytes"]), vector["size"])


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
@pytest.mark.parametrize("size", [1, 100, 128, 129, 5_000])
def test_a_projected_update_reads_back_to_the_bit(one, size):
    values = one.project(some_update(size), 32_767)
    assert (one.decode(one.encode(values), size) == values).all()


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_changed_encoding_is_refused_or_the_encoding_of_another_update(one, data):
    """Canonical: whatever a decoder accepts, its codec writes in the very same bytes."""
    size = data.draw(st.integers(1, 300))
    whole = bytearray(one.encode(one.project(some_update(size), 32_767)))
    for at in data.draw(st.lists(st.integers(14, len(whole) - 1), min_size=1, max_size=3)):
        whole[at] = data.draw(st.integers(0, 255))
    try:
        values = one.decode(bytes(whole), size)
    except LearningError:
        return
    assert one.encode(values) == bytes(whole)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
@given(body=st.binary(max_size=80), size=st.integers(1, 200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_at_all_are_refused_or_canonical(one, body, size):
    head = one.encode(np.zeros(size, np.int16))[:14]
    try:
        values = decode(head + body, size)
    except LearningError:
        return
    assert one.encode(values) == head + body


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_every_cut_and_every_extension_is_refused(one):
    whole = one.encode(one.project(some_update(300), 32_767))
    for cut in range(len(whole)):
        with pytest.raises(LearningError):
            decode(whole[:cut], 300)
    with pytest.raises(LearningError):
        decode(whole + b"\0", 300)


def test_a_size_that_is_not_the_models_is_refused_before_anything_is_allocated():
    data = bytearray(Int8().encode(np.zeros(5, np.int16)))
    data[10:14] = b"\xff" * 4
    with pytest.raises(ArchitectureMismatch, match="4,294,967,295"):
        decode(bytes(data), 5)


@pytest.mark.parametrize(
    ("one", "values"),
    [(Int8(), [255]), (TopK(), [32_767, 1]), (TwoBit(), [1, 2]), (Int8(), [-32_768])],
)
def test_values_that_a_codec_cannot_write_exactly_are_refused(one, values):
    with pytest.raises(LearningError):
        one.encode(np.array(values, np.int16))


def test_only_vectors_of_int16_are_encoded():
    with pytest.raises(LearningError):
        Dense().encode(np.zeros(3, np.int32))


def test_another_codecs_bytes_are_refused_by_name():
    with pytest.raises(LearningError, match="top_k"):
        TopK().decode(Int8().encode(np.zeros(3, np.int16)), 3)


def test_codecs_are_found_by_name():
    assert [codec(name) for name in CODECS] == [Dense(), Int8(), TopK(), TwoBit()]
    assert codec("top_k", k=0.1) == TopK(0.1)
    for name, wrong in (("zip", {}), ("int8", {"k": 1}), ("top_k", {"k": 0.0})):
        with pytest.raises(ConfigError):
            codec(name, **wrong)


def test_codecs_are_read_from_a_text():
    assert parse_codec("int8") == Int8()
    assert parse_codec("top_k=0.02") == TopK(0.02)
    for wrong in ("int8=0.5", "top_k=", "top_k=much", "top_k=nan", ""):
        with pytest.raises(ConfigError):
            parse_codec(wrong)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_a_chunk_is_proved_from_its_own_block(one):
    """A block decodes without the others, to the very chunk under the committed root."""
    values = one.project(some_update(1_000), 32_767)
    body, tree, at = one.encode(values)[HEADER_BYTES:], update_tree(values), 0
    for index in range(8):
        chunk = values[128 * index : 128 * (index + 1)]
        block = body[at : at + len(one.write_body(chunk))]
        shown = update_chunk(one.read_body(block, chunk.size), 0)
        assert verify_update(tree.root, 8, shown, tree.prove(index))
        at += len(block)
    assert at == len(body)
