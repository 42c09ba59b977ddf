"""A masked round whose messages stand on a board that all can read and nobody change: a chain.

The plan follows from what stands there, so that all members make the same one; and masked words
travel as what the board has already a form for, arrays of int16.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation.channels import is_public_key
from fedsol.learning.privacy.secure_aggregation.plan import Plan

_PLACE_BYTES = 72
_HALF_BYTES = 2
_ALL = 10_000

LEAST_MEMBERS = 3
"""With fewer, a sum tells a member the other's update."""


class BoardPlan(NamedTuple):
    """The plan of a round, each participant's number in it, and channel keys by number."""

    plan: Plan
    numbers: dict[bytes, int]
    keys: dict[int, bytes]


def board_plan(
    place: bytes,
    roster: Mapping[bytes, bytes],
    *,
    size: int,
    qmax: int,
    threshold_bps: int,
    capacity: int,
) -> BoardPlan:
    """The plan of the round at a place on a chain (genesis hash, federation, round: 32, 32, 8 bytes).

    ``roster`` has the channel key (32 bytes) of each participant (its address, 32 bytes). Members
    are all of them in the order of their addresses, except whose key is none of X25519 or of low
    order: with them nobody can have a channel, and everybody sees that alike. All mask with all;
    ``threshold_bps`` of the members (in 1/10,000), and at least more than half, recover a secret.
    Words are as wide as a sum of ``capacity`` updates needs: the chain takes no more, whoever takes
    part.

    Channel keys are in the round's id. They must be fresh in each round: they are the members'
    nonces as well.

    Raises:
        TooFewSurvivors: there are fewer than three members.
        ConfigError: some number is out of bounds.
    """
    if len(place) != _PLACE_BYTES or not all(len(one) == 32 for one in roster):
        raise ConfigError("a place has 72 bytes, and each participant's address 32")
    if not 0 <= threshold_bps <= _ALL:
        raise ConfigError(f"a threshold is within 0..10,000 basis points, not {threshold_bps}")
    members = sorted(one for one, key in roster.items() if is_public_key(key))
    numbers = {participant: number for number, participant in enumerate(members)}
    entries = b"".join(participant + roster[participant] for participant in members)
    round_id = hashlib.sha256(b"fedsol masked round on chain" + place + entries).digest()
    if (count := len(members)) < LEAST_MEMBERS:
        raise TooFewSurvivors(f"{count} members cannot mask: each would know the others' sum")
    threshold = max(-(-count * threshold_bps // _ALL), count // 2 + 1)
    plan = Plan(round_id, tuple(range(count)), size, threshold, count - 1, qmax, capacity=capacity)
    return BoardPlan(plan, numbers, {numbers[one]: roster[one] for one in members})


def word_halves(qmax: int, capacity: int) -> int:
    """How many int16 a word of a round takes that has room for ``capacity`` members: 1 or 2."""
    return 1 if qmax * capacity < 2**15 else 2


def halves_of(words: bytes) -> NDArray[np.int16]:
    """Masked words (of 16 or 32 bits, little-endian) as int16[d] or int16[2d], low halves first.

    Raises:
        InvalidMessage: they are no whole number of halves.
    """
    if len(words) % _HALF_BYTES:
        raise InvalidMessage(f"{len(words)} bytes are no words")
    return np.frombuffer(words, "<i2").astype(np.int16)


def words_of(halves: NDArray[np.int16]) -> bytes:
    """Undoes ``halves_of``. Raises LearningError for another dtype or shape."""
    if halves.dtype != np.int16 or halves.ndim != 1:
        raise LearningError(f"halves of words are int16[n], not {halves.dtype}{halves.shape}")
    return halves.astype("<i2").tobytes()
