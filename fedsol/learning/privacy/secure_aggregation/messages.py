"""What members and the server of a masked round send each other, and its bytes.

Little-endian, in the order of the fields, after one byte that names the kind; a mapping by member
is a count of 32 bits and then entries of one length. The server may read all of it.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from fedsol.learning.privacy.errors import InvalidMessage
from fedsol.learning.privacy.secure_aggregation.derivation import TAG_BYTES
from fedsol.learning.privacy.secure_aggregation.sealing import SEAL_BYTES
from fedsol.learning.privacy.secure_aggregation.shamir import SHARE_BYTES

CIPHERTEXT_BYTES = 2 * SHARE_BYTES + SEAL_BYTES
NONCE_BYTES = 32
_HEAD = struct.Struct("<BI")


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
        return head + struct.pack("<I", len(self.deposit)) + self.deposit + _write(self.ciphertexts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Undoes ``to_bytes``. Raises InvalidMessage."""
        sender, rest = _open(cls.kind, data, 68)
        cut = 68 + int(struct.unpack_from("<I", rest, 64)[0])
        ciphertexts = _read(rest[cut:], CIPHERTEXT_BYTES)
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
        return _HEAD.pack(self.kind, self.sender) + _write(self.tags)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Undoes ``to_bytes``. Raises InvalidMessage."""
        sender, rest = _open(cls.kind, data, 0)
        return cls(sender, _read(rest, TAG_BYTES))


@dataclass(frozen=True)
class RevealedShares:
    """Stage 4, unmask: for each survivor a share of its own seed, for each drop-out one of
    its deposit key."""

    kind: ClassVar[int] = 5
    sender: int
    seeds: Mapping[int, int]
    keys: Mapping[int, int]

    def to_bytes(self) -> bytes:
        """The message as bytes."""
        parts = (_write({k: _share(v) for k, v in one.items()}) for one in (self.seeds, self.keys))
        return _HEAD.pack(self.kind, self.sender) + b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Undoes ``to_bytes``. Raises InvalidMessage."""
        sender, rest = _open(cls.kind, data, 8)
        cut = 4 + struct.unpack_from("<I", rest)[0] * (4 + SHARE_BYTES)
        seeds, keys = (_read(part, SHARE_BYTES) for part in (rest[:cut], rest[cut:]))
        return cls(
            sender,
            {k: int.from_bytes(v, "little") for k, v in seeds.items()},
            {k: int.from_bytes(v, "little") for k, v in keys.items()},
        )


def _share(value: int) -> bytes:
    return value.to_bytes(SHARE_BYTES, "little")


def _open(kind: int, data: bytes, least: int) -> tuple[int, bytes]:
    """The sender and what follows."""
    if len(data) < _HEAD.size + least or data[0] != kind:
        raise InvalidMessage(f"{len(data)} bytes are no message of kind {kind}")
    return _HEAD.unpack_from(data)[1], data[_HEAD.size :]


def _write(entries: Mapping[int, bytes]) -> bytes:
    parts = [struct.pack("<I", len(entries))]
    for member in sorted(entries):
        parts += (struct.pack("<I", member), entries[member])
    return b"".join(parts)


def _read(data: bytes, length: int) -> dict[int, bytes]:
    entry = 4 + length
    count = struct.unpack_from("<I", data)[0] if len(data) >= 4 else -1
    if len(data) != 4 + count * entry:
        raise InvalidMessage(f"{len(data)} bytes are not {count} entries of {entry} bytes")
    starts = range(4, len(data), entry)
    found = {struct.unpack_from("<I", data, at)[0]: data[at + 4 : at + entry] for at in starts}
    if len(found) != count:
        raise InvalidMessage("a member is named twice")
    return found
