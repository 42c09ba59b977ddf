"""What members and the server of a masked round send each other, and its bytes.

Little-endian, in the order of the fields, after one byte that names the kind; a mapping by member
is a count of 32 bits and then entries of one length. The server may read all of it.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Self

from fedsol.learning.privacy.errors import InvalidMessage
from fedsol.learning.privacy.secure_aggregation.derivation import TAG_BYTES
from fedsol.learning.privacy.secure_aggregation.sealing import SEAL_BYTES
from fedsol.learning.privacy.secure_aggregation.shamir import SECRET_BYTES, SHARE_BYTES

CIPHERTEXT_BYTES = 2 * SHARE_BYTES + SEAL_BYTES
NONCE_BYTES = MASK_SEED_BYTES = 32
_HEAD = struct.Struct("<BI")
_COUNT = struct.Struct("<I")


@dataclass(frozen=True)
class Advertisement:
    """Stage 1, setup: a member takes part; a random number of its own (32 bytes) makes keys fresh."""

    kind: ClassVar[int] = 1
    sender: int
    nonce: bytes

    def to_bytes(self) -> bytes:
        """The message as bytes."""
        return _HEAD.pack(self.kind, self.sender) + self.nonce

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Undoes ``to_bytes``. Raises InvalidMessage."""
        sender, rest = _open(cls.kind, data, NONCE_BYTES)
        if len(rest) != NONCE_BYTES:
            raise InvalidMessage("the number of an advertisement has 32 bytes")
        return cls(sender, rest)


@dataclass(frozen=True)
class EncryptedShares:
    """Stage 2, share keys: a member's shares, and what they may open.

    ``deposit``: the seeds of its masks with its neighbours, under its deposit key; ``key_hash`` and
    ``seed_hash``: SHA-256 of that key and of its own mask's seed; ``ciphertexts``: shares of both,
    which only the neighbour that is named can read.
    """

    kind: ClassVar[int] = 2
    sender: int
    key_hash: bytes
    seed_hash: bytes
    deposit: bytes
    ciphertexts: Mapping[int, bytes]

    def to_bytes(self) -> bytes:
        """The message as bytes."""
        head = _HEAD.pack(self.kind, self.sender) + self.key_hash + self.seed_hash
        return (
            head + _COUNT.pack(len(self.deposit)) + self.deposit + write_entries(self.ciphertexts)
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Undoes ``to_bytes``. Raises InvalidMessage."""
        sender, rest = _open(cls.kind, data, 68)
        cut = 68 + int(_COUNT.unpack_from(rest, 64)[0])
        ciphertexts = read_entries(rest[cut:], CIPHERTEXT_BYTES)
        return cls(sender, rest[:32], rest[32:64], rest[68:cut], ciphertexts)


@dataclass(frozen=True)
class MaskedUpdate:
    """Stage 3, masked vectors: an update (d words of the plan's dtype) under all its masks."""

    kind: ClassVar[int] = 3
    sender: int
    words: bytes

    def to_bytes(self) -> bytes:
        """The message as bytes."""
        return _HEAD.pack(self.kind, self.sender) + self.words

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Undoes ``to_bytes``. Raises InvalidMessage."""
        return cls(*_open(cls.kind, data, 0))


@dataclass(frozen=True)
class Agreement:
    """Stage 4, first half: tags (16 bytes for each neighbour) of the survivors that one was told."""

    kind: ClassVar[int] = 4
    sender: int
    tags: Mapping[int, bytes]

    def to_bytes(self) -> bytes:
        """The message as bytes."""
        return _HEAD.pack(self.kind, self.sender) + write_entries(self.tags)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Undoes ``to_bytes``. Raises InvalidMessage."""
        sender, rest = _open(cls.kind, data, 0)
        return cls(sender, read_entries(rest, TAG_BYTES))


@dataclass(frozen=True)
class RevealedShares:
    """Stage 4, unmask: for each survivor a share of its own seed, for each drop-out one of
    its deposit key."""

    kind: ClassVar[int] = 5
    sender: int
    seeds: Mapping[int, bytes]
    keys: Mapping[int, bytes]

    def to_bytes(self) -> bytes:
        """The message as bytes."""
        return (
            _HEAD.pack(self.kind, self.sender)
            + write_entries(self.seeds)
            + write_entries(self.keys)
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Undoes ``to_bytes``. Raises InvalidMessage."""
        sender, rest = _open(cls.kind, data, 8)
        cut = 4 + _COUNT.unpack_from(rest)[0] * (4 + SHARE_BYTES)
        return cls(
            sender, read_entries(rest[:cut], SHARE_BYTES), read_entries(rest[cut:], SHARE_BYTES)
        )


@dataclass(frozen=True)
class Opening:
    """What takes the masks off a round's sum: secrets (33 bytes each) by the member whose they are.

    The own mask's seed of each survivor, and the deposit key of each drop-out that had shared.
    Anybody may make it who has enough shares, and anybody check it: it has no sender.
    """

    kind: ClassVar[int] = 6
    secrets: Mapping[int, bytes]

    def to_bytes(self) -> bytes:
        """The message as bytes."""
        return bytes([self.kind]) + write_entries(self.secrets)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Undoes ``to_bytes``. Raises InvalidMessage."""
        if data[:1] != bytes([cls.kind]):
            raise InvalidMessage(f"{len(data)} bytes are no message of kind {cls.kind}")
        return cls(read_entries(data[1:], SECRET_BYTES))


def _open(kind: int, data: bytes, least: int) -> tuple[int, bytes]:
    """The sender and what follows."""
    if len(data) < _HEAD.size + least or data[0] != kind:
        raise InvalidMessage(f"{len(data)} bytes are no message of kind {kind}")
    return _HEAD.unpack_from(data)[1], data[_HEAD.size :]


def write_entries(entries: Mapping[int, bytes]) -> bytes:
    """A mapping by member, whose entries all have one length, as bytes."""
    number = _COUNT.pack
    parts = [number(member) + entry for member, entry in sorted(entries.items())]
    return number(len(entries)) + b"".join(parts)


def read_entries(data: bytes, length: int) -> dict[int, bytes]:
    """Undoes ``write_entries``, for entries of that length. Raises InvalidMessage."""
    entry = _entry(length)
    count = _COUNT.unpack_from(data)[0] if len(data) >= 4 else -1
    if len(data) != 4 + count * entry.size:
        raise InvalidMessage(f"{len(data)} bytes are not {count} entries of {entry.size} bytes")
    found: dict[int, bytes] = dict(entry.iter_unpack(data[4:]))
    if len(found) != count:
        raise InvalidMessage("a member is named twice")
    return found


@cache
def _entry(length: int) -> struct.Struct:
    return struct.Struct(f"<I{length}s")
