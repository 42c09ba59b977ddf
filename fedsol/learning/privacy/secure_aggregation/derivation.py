"""Keys out of shared secrets (HKDF), and the tags that bind messages to them (HMAC)."""

import hmac

TAG_BYTES = 16


def extract(secret: bytes) -> bytes:
    """HKDF-SHA512's first step (RFC 5869) without salt: a key (64 bytes) to expand from."""
    return hmac.digest(bytes(64), secret, "sha512")


def expand(key: bytes, context: bytes) -> tuple[bytes, bytes, bytes]:
    """HKDF-SHA512's second step: three keys (32 bytes each) for one context."""
    first = hmac.digest(key, context + b"\x01", "sha512")
    second = hmac.digest(key, first + context + b"\x02", "sha512")
    return first[:32], first[32:], second[:32]


def tag(key: bytes, message: bytes) -> bytes:
    """A tag (16 bytes) that only who has the key can make: HMAC-SHA256, cut."""
    return hmac.digest(key, message, "sha256")[:TAG_BYTES]


def is_tag(found: bytes, key: bytes, message: bytes) -> bool:
    """Whether it is the tag of that message; compared in constant time."""
    return hmac.compare_digest(found, tag(key, message))
