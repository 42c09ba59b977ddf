"""Merkle trees: the shared vectors, every back end, and proofs that do not bend."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedsol.errors import LearningError
from fedsol.learning import merkle
from fedsol.learning.merkle_hash import backends

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "merkle.json").read_text())["vectors"]
ENGINES = list(backends())


def reference(values: np.ndarray) -> tuple[bytes, int]:
    """A sum tree's root by the definition, one node at a time."""
    count = -(-values.size // 128)
    chunks = [merkle.update_chunk(values, i) for i in range(count)]
    level = [(merkle.leaf_hash(i, c), merkle.chunk_sum(c)) for i, c in enumerate(chunks)]
    while len(level) > 1:
        level += [(merkle.EMPTY_HASH, 0)] * (len(level) % 2)
        level = [node(*level[i : i + 2]) for i in range(0, len(level), 2)]
    return level[0]


def node(left: tuple[bytes, int], right: tuple[bytes, int]) -> tuple[bytes, int]:
    body = b"".join(h + s.to_bytes(8, "little") for h, s in (left, right))
    return hashlib.sha256(b"\x01" + body).digest(), left[1] + right[1]


def values_of(vector: dict) -> np.ndarray:
    base = np.arange(vector["size"]) * 7919 % 255 - 127
    if vector["kind"] == "update":
        return base.astype(np.int16)
    return (base * 65_537).astype(np.int32)


def update(size: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(-32_767, 32_768, size).astype(np.int16)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['kind']}-{v['size']}-{v['index']}")
def test_shared_vectors(vector, engine):
    build = merkle.update_tree if vector["kind"] == "update" else merkle.model_tree
    tree = build(values_of(vector), engine=engine)
    assert tree.root == (bytes.fromhex(vector["root"]), vector.get("sum", 0))
    proof = tree.prove(vector["index"])
    assert [s.hex() for s in proof.siblings] == vector["siblings"]
    assert tree.levels[0][vector["index"]][:32].tobytes().hex() == vector["leaf"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("threads", [1, 3])
def test_every_back_end_and_thread_count_gives_the_same_root(engine, threads):
    values = update(128 * 8_209 + 5)
    tree = merkle.update_tree(values, engine=engine, threads=threads)
    assert tree.root == reference(values)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_extreme_values_are_summed_exactly(engine):
    values = np.full(300, -32_768, np.int16)
    assert merkle.update_tree(values, engine=engine).root.sum == 300 * 2**30


@given(st.integers(1, 1_500), st.integers(0, 2**32))
def test_every_chunk_of_an_update_is_proved(size, seed):
    values = update(size, seed)
    tree = merkle.update_tree(values)
    for index in range(tree.chunks):
        chunk = merkle.update_chunk(values, index)
        assert merkle.verify_update(tree.root, tree.chunks, chunk, tree.prove(index))


@given(st.integers(1, 800), st.integers(0, 2**32))
def test_every_chunk_of_a_model_is_proved(size, seed):
    values = np.random.default_rng(seed).integers(-(2**31), 2**31, size).astype(np.int32)
    tree = merkle.model_tree(values)
    for index in range(tree.chunks):
        chunk = merkle.model_chunk(values, index)
        assert merkle.verify_model(tree.record, tree.chunks, chunk, tree.prove(index))


def test_the_root_of_one_chunk_is_its_leaf():
    values = update(3)
    chunk = merkle.update_chunk(values, 0)
    expected = (merkle.leaf_hash(0, chunk), merkle.chunk_sum(chunk))
    assert merkle.update_root(values) == expected


def test_the_last_chunk_is_padded_with_zeros():
    padded = np.zeros(256, np.int16)
    padded[:130] = update(130)
    assert merkle.update_root(update(130)) == merkle.update_root(padded)


@pytest.mark.parametrize("build", [merkle.update_tree, merkle.model_tree])
def test_no_values_are_refused(build):
    dtype = np.int16 if build is merkle.update_tree else np.int32
    with pytest.raises(LearningError):
        build(np.empty(0, dtype))


def test_another_dtype_is_refused():
    with pytest.raises(LearningError):
        merkle.update_tree(np.zeros(4, np.int32))


def test_a_chunk_that_is_not_there_has_no_proof():
    with pytest.raises(LearningError):
        merkle.update_tree(update(300)).prove(3)


@pytest.fixture
def proved() -> tuple[merkle.Root, int, bytes, merkle.Path]:
    """Chunk 2 of 5, so that an empty leaf lies next to the path's end."""
    values = update(5 * 128)
    tree = merkle.update_tree(values)
    return tree.root, tree.chunks, merkle.update_chunk(values, 2), tree.prove(2)


def altered(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


@pytest.mark.parametrize("position", range(0, 256, 15))
def test_an_altered_chunk_fails(proved, position):
    root, chunks, chunk, path = proved
    assert not merkle.verify_update(root, chunks, altered(chunk, position), path)


def test_any_altered_byte_of_any_sibling_fails(proved):
    root, chunks, chunk, path = proved
    for level, sibling in enumerate(path.siblings):
        for position in range(len(sibling)):
            siblings = list(path.siblings)
            siblings[level] = altered(sibling, position)
            bent = replace(path, siblings=tuple(siblings))
            assert not merkle.verify_update(root, chunks, chunk, bent)


def test_siblings_in_another_order_fail(proved):
    root, chunks, chunk, path = proved
    bent = replace(path, siblings=path.siblings[::-1])
    assert not merkle.verify_update(root, chunks, chunk, bent)


@pytest.mark.parametrize("index", [-1, 0, 1, 3, 4, 5, 10])
def test_another_index_fails(proved, index):
    root, chunks, chunk, path = proved
    assert not merkle.verify_update(root, chunks, chunk, replace(path, index=index))


def test_a_shorter_or_longer_path_fails(proved):
    root, chunks, chunk, path = proved
    for siblings in (path.siblings[:-1], (*path.siblings, path.siblings[0])):
        bent = replace(path, siblings=siblings)
        assert not merkle.verify_update(root, chunks, chunk, bent)


def test_another_number_of_chunks_fails(proved):
    root, _, chunk, path = proved
    assert not merkle.verify_update(root, 9, chunk, path)


def test_another_sum_or_hash_in_the_root_fails(proved):
    root, chunks, chunk, path = proved
    assert not merkle.verify_update(root._replace(sum=root.sum + 1), chunks, chunk, path)
    assert not merkle.verify_update(root._replace(hash=altered(root.hash, 0)), chunks, chunk, path)


def test_a_leaf_whose_sum_lies_fails_but_can_be_shown():
    chunks = [bytes(256), b"\x05\x00" + bytes(254)]
    leaves = [merkle.leaf_hash(i, c) + bytes(8) for i, c in enumerate(chunks)]
    path = merkle.Path(1, (leaves[0],))
    record = merkle.fold(leaves[1], path, 2)
    assert record is not None
    root = merkle.Root(record[:32], int.from_bytes(record[32:], "little"))
    assert root.sum == 0
    assert not merkle.verify_update(root, 2, chunks[1], path)


def test_sums_that_overflow_fail():
    leaf = merkle.leaf_hash(0, bytes(256)) + (1).to_bytes(8, "little")
    path = merkle.Path(0, (bytes(32) + b"\xff" * 8,))
    assert merkle.fold(leaf, path, 2) is None


def test_a_path_of_the_other_tree_is_malformed(proved):
    _, chunks, chunk, path = proved
    assert merkle.fold(merkle.leaf_hash(2, chunk), path, chunks) is None
