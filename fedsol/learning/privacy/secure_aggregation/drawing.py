"""What a member of a masked round draws: from the system's randomness, or again from one secret.

A member that may stop in the midst of a round keeps that secret (32 bytes) on disk. Made anew it
then draws the same, and what it says is byte for byte what it said before.
"""

import hashlib
import os
from collections.abc import Mapping

from fedsol.errors import ConfigError
from fedsol.learning.privacy.secure_aggregation.derivation import Purpose, derive, stream
from fedsol.learning.privacy.secure_aggregation.field import Source
from fedsol.learning.privacy.secure_aggregation.messages import NONCE_BYTES, write_entries

_SECRET_BYTES = 32


class Drawing:
    """All that a member draws in one round; ``place`` is of this member in this round alone.

    Raises:
        ConfigError: a secret or a nonce that has not 32 bytes.
    """

    def __init__(self, place: bytes, secret: bytes | None, nonce: bytes | None) -> None:
        if secret is not None and len(secret) != _SECRET_BYTES:
            raise ConfigError(f"a member's secret of a round has 32 bytes, not {len(secret)}")
        if nonce is not None and len(nonce) != NONCE_BYTES:
            raise ConfigError(f"the number of an advertisement has 32 bytes, not {len(nonce)}")
        self._place, self._secret, self._nonce = place, secret, nonce

    def nonce(self) -> bytes:
        """The number (32 bytes) to advertise: the one that was given, or a drawn one."""
        if self._nonce is not None:
            return self._nonce
        if self._secret is None:
            return os.urandom(NONCE_BYTES)
        return derive(self._secret, Purpose.NONCE, self._place)

    def source(self, nonces: Mapping[int, bytes]) -> Source:
        """Random bytes for keys and shares, after all numbers that were advertised are known.

        They are in a secret's draws: if others come after a restart, so do other keys. One key
        would else encrypt two deposits under one number, which gives away both.
        """
        if self._secret is None:
            return os.urandom
        told = hashlib.sha256(write_entries(nonces)).digest()
        return stream(self._secret, Purpose.DRAW, self._place + told)

    def forget(self) -> None:
        """Drop the secret; whoever keeps it on disk erases it there."""
        self._secret = None
