"""What is bound before it is shown: a trainer's update, an evaluator's scores, an audit's secret."""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.program.addresses import PROGRAM_ID

DOMAIN = b"fedsol:commit:v1"
SCORES_DOMAIN = b"fedsol:scores:v1"
AUDIT_DOMAIN = b"fedsol:audit:v1"
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
    shown = update.root + update.norm_squared.to_bytes(8, "little") + update.artifact
    return hashlib.sha256(DOMAIN + _place(place) + shown + salt).digest()


def scores_commitment(place: Place, scores: Sequence[int], salt: bytes) -> bytes:
    """The commitment to an evaluator's scores (u16 each, by submission index): 32 bytes."""
    return scores_commitment_of(place, scores_digest(scores), salt)


def scores_digest(scores: Sequence[int]) -> bytes:
    """SHA-256 of the scores' bytes (u16 each, little-endian): what an event tells of them."""
    return hashlib.sha256(struct.pack(f"<{len(scores)}H", *scores)).digest()


def scores_commitment_of(place: Place, digest: bytes, salt: bytes) -> bytes:
    """The commitment to scores of which only the digest is known: 32 bytes."""
    return hashlib.sha256(SCORES_DOMAIN + _place(place) + digest + salt).digest()


def audit_commitment(
    genesis: bytes, federation: Pubkey, participant: Pubkey, secret: bytes
) -> bytes:
    """What arms a trainer to plant an audit update: 32 bytes."""
    whose = bytes(PROGRAM_ID) + genesis + bytes(federation) + bytes(participant)
    return hashlib.sha256(AUDIT_DOMAIN + whose + secret).digest()


def may_plant(beacon: bytes, secret: bytes, one_in: int) -> bool:
    """Whether the beacon picks the holder of a secret to plant; only the holder can tell."""
    lot = hashlib.sha256(beacon + secret).digest()
    return one_in > 0 and int.from_bytes(lot[:16], "little") % one_in == 0


def plant_seed(secret: bytes, round_: Pubkey) -> bytes:
    """The seed of the noise that is planted in a round: 32 bytes."""
    return hashlib.sha256(secret + bytes(round_)).digest()


def ticket(beacon: bytes, participant: Pubkey) -> int:
    """A participant's ticket for an evaluator's seat; lower is better."""
    return int.from_bytes(hashlib.sha256(beacon + bytes(participant)).digest()[:8], "little")


def _place(place: Place) -> bytes:
    return (
        bytes(PROGRAM_ID)
        + place.genesis
        + bytes(place.federation)
        + place.round.to_bytes(8, "little")
        + bytes(place.participant)
    )
