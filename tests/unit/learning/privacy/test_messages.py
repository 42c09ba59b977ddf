"""Messages survive their bytes, and what is no message is refused by name."""

import pytest

from fedsol.learning.privacy.errors import InvalidMessage
from fedsol.learning.privacy.secure_aggregation import (
    Advertisement,
    Agreement,
    EncryptedShares,
    MaskedUpdate,
    Opening,
    RevealedShares,
)

MESSAGES = [
    Advertisement(7, b"n" * 32),
    EncryptedShares(7, b"k" * 32, b"h" * 32, b"deposit", {1: b"c" * 82, 2**32 - 1: b"d" * 82}),
    MaskedUpdate(7, b"words"),
    Agreement(7, {1: b"t" * 16}),
    RevealedShares(7, {1: b"s" * 33, 2: bytes(33)}, {3: b"k" * 33}),
    Opening({1: b"s" * 33, 2**32 - 1: b"k" * 33}),
]
FIXED = [one for one in MESSAGES if not isinstance(one, MaskedUpdate)]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_message_comes_back_from_its_bytes(message):
    assert type(message).from_bytes(message.to_bytes()) == message


@pytest.mark.parametrize("message", FIXED, ids=lambda m: type(m).__name__)
def test_bytes_that_are_cut_or_too_many_are_refused(message):
    data = message.to_bytes()
    for broken in (*(data[:cut] for cut in range(len(data))), data + b"\0"):
        with pytest.raises(InvalidMessage):
            type(message).from_bytes(broken)


def test_a_mapping_has_one_form_whatever_its_order():
    tags = {2: b"u" * 16, 1: b"t" * 16}
    assert Agreement(7, tags).to_bytes() == Agreement(7, dict(sorted(tags.items()))).to_bytes()


@pytest.mark.parametrize("kind", [Agreement, Opening])
def test_another_kind_of_message_is_refused(kind):
    with pytest.raises(InvalidMessage, match=f"kind {kind.kind}"):
        kind.from_bytes(MESSAGES[1].to_bytes())


def test_a_member_that_is_named_twice_is_refused():
    data = Agreement(7, {1: b"t" * 16}).to_bytes()
    entry = data[-20:]
    with pytest.raises(InvalidMessage, match="twice"):
        Agreement.from_bytes(data[:5] + b"\x02\0\0\0" + entry * 2)
