"""Masks against a published vector, whatever the width and the number of blocks."""

import numpy as np
import pytest

from fedsol.learning.privacy.secure_aggregation.masks import add_masks

# Test case 14 of McGrew and Viega, "The Galois/Counter Mode of Operation": all is zero.
ZERO_KEY_BLOCK = bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18")


def test_a_stream_begins_with_the_published_block():
    words = np.zeros(4, np.uint32)
    add_masks(words, [bytes(32)])
    assert words.astype("<u4").tobytes() == ZERO_KEY_BLOCK


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.uint64])
def test_what_is_added_and_taken_off_again_is_gone(dtype):
    start = np.arange(200_001).astype(dtype)
    words = start.copy()
    add_masks(words, [b"a" * 32, b"b" * 32])
    assert (words != start).mean() > 0.99
    add_masks(words, [], [b"b" * 32, b"a" * 32])
    assert (words == start).all()


def test_blocks_do_not_repeat():
    words = np.zeros(3 * 32_768, np.uint32)
    add_masks(words, [b"a" * 32])
    assert len({block.tobytes() for block in np.split(words, 3)}) == 3
