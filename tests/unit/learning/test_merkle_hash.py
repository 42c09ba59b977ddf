"""The back ends of the hashing: each is SHA-256."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedsol.errors import ConfigError
from fedsol.learning.merkle_hash import backend, backends, split_work

ENGINES = list(backends())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("length", [1, 50, 51, 54, 55, 58, 59, 64, 80, 256])
@pytest.mark.parametrize("first", [-1, 0, 2**32 - 12])
def test_each_row_is_hashed_as_hashlib_does(engine, length, first):
    rows = np.random.default_rng(length).integers(0, 256, (11, length)).astype(np.uint8)
    out = np.zeros((11, 40), np.uint8)
    backend(engine).hash_rows(1, first, rows, out)
    for i, row in enumerate(rows):
        number = b"" if first < 0 else (first + i).to_bytes(4, "little")
        expected = hashlib.sha256(b"\x01" + number + row.tobytes()).digest()
        assert out[i].tobytes() == expected + bytes(8)


def kernel_digests() -> list[str]:
    kernel = pytest.importorskip("fedsol.learning.merkle_kernel")
    if not kernel.compiles():
        return []
    return ["plain"] + ["sha_ni"] * kernel.has_sha_instructions()


@pytest.mark.parametrize("name", kernel_digests())
def test_both_compressions_are_sha_256(name):
    kernel = pytest.importorskip("fedsol.learning.merkle_kernel")
    rows = np.random.default_rng(0).integers(0, 256, (8, 128)).astype(np.uint8)
    rows[:, 81] = 0x80
    rows[:, 82:] = 0
    rows[:, -2:] = [8 * 81 >> 8, 8 * 81 & 0xFF]
    out = np.zeros((8, 8), np.uint32)
    getattr(kernel, name)(rows, out)
    assert [o.tobytes() for o in out] == [hashlib.sha256(r[:81].tobytes()).digest() for r in rows]


@pytest.mark.parametrize("threads", [1, 2, 5, 9_999])
@pytest.mark.parametrize("count", [1, 8_192, 8_193, 70_000])
def test_the_ranges_of_work_make_up_the_whole(threads, count):
    done = np.zeros(count, np.int64)

    def work(start: int, stop: int) -> None:
        done[start:stop] += 1

    split_work(work, count, threads)
    assert (done == 1).all()


@pytest.mark.parametrize("engine", ENGINES)
@given(st.integers(0, 2**32))
def test_squares_are_summed_exactly(engine, seed):
    values = np.random.default_rng(seed).integers(-32_768, 32_768, (3, 128)).astype(np.int16)
    out = np.zeros(3, np.uint64)
    backend(engine).square_sums(values, out)
    assert out.tolist() == [sum(int(v) ** 2 for v in row) for row in values]


def test_there_is_always_the_one_without_numba():
    assert "hashlib" in backends()


def test_a_back_end_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ConfigError, match="hashlib"):
        backend("abacus")
