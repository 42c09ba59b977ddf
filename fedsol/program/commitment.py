"""What a trainer binds itself to before anybody sees its update."""

import hashlib
from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.program.addresses import PROGRAM_ID

DOMAIN = b"fedsol:commit:v1"
SALT_LEN = 32


@dataclass(frozen=True)
class Update:
    """An update as the chain knows it: root hash, Σ q², and SHA-256 of the stored bytes."""

    root: bytes
    norm_squared: int
    artifact: bytes


@dataclass(frozen=True)
class Place:
    """The place that a commitment is made for; it is worthless anywhere else."""

    genesis: bytes
    federation: Pubkey
    round: int
    participant: Pubkey


def commitment(place: Place, update: Update, salt: bytes) -> bytes:
    """The commitment to an update: 32 bytes, equal to ``hash::commitment`` of the program."""
    return hashlib.sha256(
        DOMAIN
        + bytes(PROGRAM_ID)
        + place.genesis
        + bytes(place.federation)
        + place.round.to_bytes(8, "little")
        + bytes(place.participant)
        + update.root
        + update.norm_squared.to_bytes(8, "little")
        + update.artifact
        + salt
    ).digest()
