"""One secret between each two members, which the server has not, for one epoch of many rounds.

In an epoch a roster of fresh X25519 keys stands where the server cannot change it. Two members
agree once; rounds use only what is derived from their secret and from fresh numbers of both ends.
Between rounds a one-way step (a ratchet, as in MLS, RFC 9420, section 9) makes the secrets of the
next *generation*, and those before are gone, with the private key: who breaks in later reads
nothing that was recorded earlier. It reads the rest of the epoch: begin a new one from time to time.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.learning.privacy.errors import InvalidMessage
from fedsol.learning.privacy.secure_aggregation.derivation import Purpose, derive, successors

_MOST_STEPS = 65_536


class EdgeKeys(NamedTuple):
    """What two neighbours share in one round: to seal shares (16 bytes), mask (32), and tag (16)."""

    seal: bytes
    mask: bytes
    tag: bytes


class Channels:
    """A member's secrets with all others of an epoch's roster (public channel keys by member).

    Raises:
        ConfigError: the roster has another key for this member, or ``cryptography`` is missing.
    """

    def __init__(self, member: int, private: bytes, roster: Mapping[int, bytes]) -> None:
        if roster.get(member) != public_key(private):
            raise ConfigError(
                f"the roster has another channel key for member {member}",
                hint="Publish the public key of the private key that this member holds.",
            )
        self.member, self.generation = member, 0
        self._private: Any = _x25519().X25519PrivateKey.from_private_bytes(private)
        self._roster = dict(roster)
        self._secrets: dict[int, bytes] = {}

    def edge(self, peer: int, context: bytes) -> EdgeKeys:
        """The keys with a peer for one context in this generation, equal on both sides.

        Raises:
            ConfigError: the peer is not in the roster.
            InvalidMessage: its key is none.
        """
        secret = self._secrets.get(peer) or self._agree(peer)
        keys = derive(secret, Purpose.EDGE, context, size=64)
        return EdgeKeys(keys[:16], keys[16:48], keys[48:])

    def advance(self, generation: int) -> None:
        """Go on to a generation: what all before it used can never be derived again from here.

        Whoever made the private key erases it too; Python may leave copies in memory.

        Raises:
            ConfigError: the generation has passed, or is too far ahead.
        """
        steps = generation - self.generation
        if not 0 <= steps <= _MOST_STEPS:
            raise ConfigError(
                f"the channels are in generation {self.generation}, and cannot go to {generation}",
                hint="Generations rise with the rounds of an epoch; begin an epoch with new keys.",
            )
        if steps and self._private is not None:
            self._agree_with_all()
        for _ in range(steps):
            self._secrets = successors(self._secrets)
        self.generation = generation

    def _agree_with_all(self) -> None:
        for peer in self._roster.keys() - self._secrets.keys() - {self.member}:
            try:
                self._agree(peer)
            except InvalidMessage:
                continue  # who published no key has no channel; the others are not held up
        self._private = None

    def _agree(self, peer: int) -> bytes:
        if peer not in self._roster:
            raise ConfigError(f"member {peer} has published no channel key")
        try:
            if self._private is None:
                raise ValueError("this was tried before the private key went")
            public = _x25519().X25519PublicKey.from_public_bytes(self._roster[peer])
            agreed: bytes = self._private.exchange(public)
        except ValueError as error:
            raise InvalidMessage(
                f"the channel key of member {peer} is none of X25519, or of low order"
            ) from error
        # Several public keys give one agreement (RFC 7748, section 7), so both are in the secret.
        keys = b"".join(self._roster[one] for one in sorted((self.member, peer)))
        self._secrets[peer] = derive(agreed, Purpose.PAIR, keys)
        return self._secrets[peer]


def new_key() -> bytes:
    """A private X25519 key (32 bytes) from the system's randomness.

    Raises:
        ConfigError: ``cryptography`` is not installed.
    """
    key: bytes = _x25519().X25519PrivateKey.generate().private_bytes_raw()
    return key


def public_key(private: bytes) -> bytes:
    """The public key (32 bytes) of a private one."""
    loaded = _x25519().X25519PrivateKey.from_private_bytes(private)
    key: bytes = loaded.public_key().public_bytes_raw()
    return key


def is_public_key(key: bytes) -> bool:
    """Whether anybody can agree with it: 32 bytes, and no point of low order (RFC 7748, section 6.1).

    Whose private key is tried does not matter: a point of low order gives zeros with every one.
    """
    try:
        public = _x25519().X25519PublicKey.from_public_bytes(key)
        _x25519().X25519PrivateKey.from_private_bytes(bytes(32)).exchange(public)
    except ValueError:
        return False
    return True


@cache
def _x25519() -> Any:
    return need("cryptography.hazmat.primitives.asymmetric.x25519", "privacy")
