"""The first bytes of an encoded update: what it is, how it is encoded, how many values it has."""

import struct
from typing import NamedTuple

from fedsol.errors import ArchitectureMismatch, LearningError

MAGIC = b"fedsolup"
VERSION = 1
_LAYOUT = struct.Struct("<8sBBI")
HEADER_BYTES = _LAYOUT.size
MAX_SIZE = 2**32 - 1


class Header(NamedTuple):
    """Which codec wrote an update, and how many values it has."""

    code: int
    size: int


def write_header(code: int, size: int) -> bytes:
    """14 bytes: magic, version, codec, number of values (u32, little-endian).

    Raises:
        LearningError: no values, or more than 32 bits can count.
    """
    if not 1 <= size <= MAX_SIZE:
        raise LearningError(f"an update has 1 to {MAX_SIZE:,} values, not {size:,}")
    return _LAYOUT.pack(MAGIC, VERSION, code, size)


def read_header(data: bytes) -> Header:
    """The header of an encoded update.

    Raises:
        LearningError: the bytes do not begin with one that this version reads.
    """
    if not is_encoded(data) or len(data) < HEADER_BYTES:
        raise LearningError(f"{len(data)} bytes do not begin as an encoded update does")
    _, version, code, size = _LAYOUT.unpack_from(data)
    if version != VERSION:
        raise LearningError(
            f"an encoded update of version {version}; this fedsol reads {VERSION}",
            hint="If the version is newer, upgrade fedsol; otherwise fetch another copy.",
        )
    if size == 0:
        raise LearningError("an encoded update without values")
    return Header(code, size)


def expect_size(found: int, size: int) -> None:
    """Refuses an update of another size before anything is allocated for it.

    Raises:
        ArchitectureMismatch: it is not ``size``.
    """
    if found != size:
        raise ArchitectureMismatch(
            f"an update of {found:,} values does not fit a model of {size:,}"
        )


def is_encoded(data: bytes) -> bool:
    """Whether bytes begin with the magic of an encoded update."""
    return data[: len(MAGIC)] == MAGIC
