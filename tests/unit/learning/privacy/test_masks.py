"""Masks and keys against the published vectors, whatever the width and the number of blocks."""

import hmac

import numpy as np
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fedsol.learning.privacy.secure_aggregation.derivation import expand, extract, is_tag, tag
from fedsol.learning.privacy.secure_aggregation.masks import add_masks

# NIST's known answer for AES-256 of a block of zeros under the key of zeros (ECB, hence CTR at 0).
ZERO_KEY_BLOCK = bytes.fromhex("dc95c078a2408989ad48a21492842087")


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


def test_keys_are_those_of_hkdf_in_another_implementation():
    expected = HKDF(hashes.SHA512(), 96, None, b"context").derive(b"secret")
    assert b"".join(expand(extract(b"secret"), b"context")) == expected


def test_a_tag_is_of_its_key_and_message_alone():
    made = tag(b"k" * 32, b"message")
    assert made == hmac.digest(b"k" * 32, b"message", "sha256")[:16]
    assert is_tag(made, b"k" * 32, b"message")
    assert not is_tag(made, b"k" * 32, b"messagE")
    assert not is_tag(b"", b"k" * 32, b"message")
