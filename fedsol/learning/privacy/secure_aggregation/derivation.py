"""Keys and tags out of secrets: keyed BLAKE2b (RFC 7693), one personalisation for each purpose.

As libsodium's ``crypto_kdf`` does. No two purposes can give the same bytes but by a collision, even
from one secret and one context; contexts of one purpose all have one length.
"""

import hmac
from collections.abc import Callable, Mapping
from enum import Enum
from hashlib import blake2b
from itertools import count

TAG_BYTES = 16


class Purpose(bytes, Enum):
    """What derived bytes are for (at most 16 bytes each)."""

    PAIR = b"fedsol pair"  # the secret of two members, from their X25519 agreement
    NEXT = b"fedsol next"  # the secret of the generation after this one
    EDGE = b"fedsol edge"  # from a pair's secret, for one round: seals, mask and tag, cut apart
    OWN = b"fedsol own mask"  # from a shared secret: the seed of a member's own mask
    DEPOSIT = b"fedsol deposit"  # from the other shared secret: encrypts the deposited seeds
    NONCE = b"fedsol nonce"  # from a member's secret of one round: the number that it advertises
    DRAW = b"fedsol draw"  # from the same: what it would else draw, block by block


def derive(secret: bytes, purpose: Purpose, context: bytes = b"", *, size: int = 32) -> bytes:
    """Keys (``size`` bytes, at most 64) from a secret of at most 64 bytes, for one purpose and
    context."""
    return blake2b(context, digest_size=size, key=secret, person=purpose).digest()


def stream(secret: bytes, purpose: Purpose, context: bytes) -> Callable[[int], bytes]:
    """A source of bytes as ``os.urandom`` is, but the same ones in the same order each time.

    They are ``derive``'s, 64 at a time, of the context and a block's number (64 bits).
    """
    numbers, left = count(), bytearray()

    def read(size: int) -> bytes:
        while len(left) < size:
            block = context + next(numbers).to_bytes(8, "little")
            left.extend(derive(secret, purpose, block, size=64))
        found = bytes(left[:size])
        del left[:size]
        return found

    return read


def successors(secrets: Mapping[int, bytes]) -> dict[int, bytes]:
    """Of each secret (by member) the next generation's, from which there is no way back."""
    purpose = Purpose.NEXT  # spelt out: a call of ``derive`` for each is a third of the time
    return {
        member: blake2b(digest_size=32, key=secret, person=purpose).digest()
        for member, secret in secrets.items()
    }


def tag(key: bytes, message: bytes) -> bytes:
    """A tag (16 bytes) that only who has the key can make."""
    return blake2b(message, digest_size=TAG_BYTES, key=key).digest()


def is_tag(found: bytes, key: bytes, message: bytes) -> bool:
    """Whether it is the tag of that message; compared in constant time."""
    return hmac.compare_digest(found, tag(key, message))
