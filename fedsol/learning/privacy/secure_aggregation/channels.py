"""One secret between each two members, which the server has not: agreed once, used in every round.

A member's channel key is an X25519 key that stays for many rounds; the roster of public keys is
published once, where the server cannot change it. Rounds use only what is derived from a secret
and from fresh numbers of both ends. Whoever steals a channel key can read what its owner sent in
rounds that were recorded: renew the keys from time to time.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.learning.privacy.errors import InvalidMessage
from fedsol.learning.privacy.secure_aggregation.derivation import expand, extract


class EdgeKeys(NamedTuple):
    """What two neighbours share in one round (32 bytes each): to seal shares, mask, and tag."""

    seal: bytes
    mask: bytes
    tag: bytes


class Channels:
    """A member's secrets with all others of a roster (public channel keys by member).

    Raises:
        ConfigError: the roster has another key for this member, or ``cryptography`` is missing.
    """

    def __init__(self, member: int, private: bytes, roster: Mapping[int, bytes]) -> None:
        if roster.get(member) != public_key(private):
            raise ConfigError(
                f"the roster has another channel key for member {member}",
                hint="Publish the public key of the private key that this member holds.",
            )
        self.member = member
        self._private = _x25519().X25519PrivateKey.from_private_bytes(private)
        self._roster = dict(roster)
        self._secrets: dict[int, bytes] = {}

    def edge(self, peer: int, context: bytes) -> EdgeKeys:
        """The keys with a peer for one context, equal on both sides.

        Raises:
            ConfigError: the peer is not in the roster.
            InvalidMessage: its key is none.
        """
        if peer not in self._secrets:
            self._secrets[peer] = extract(self._agree(peer))
        return EdgeKeys(*expand(self._secrets[peer], context))

    def _agree(self, peer: int) -> bytes:
        if peer not in self._roster:
            raise ConfigError(f"member {peer} has published no channel key")
        try:
            public = _x25519().X25519PublicKey.from_public_bytes(self._roster[peer])
            secret: bytes = self._private.exchange(public)
        except ValueError as error:
            raise InvalidMessage(
                f"the channel key of member {peer} is none of X25519, or of low order"
            ) from error
        return secret


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


def _x25519() -> Any:
    return need("cryptography.hazmat.primitives.asymmetric.x25519", "privacy")
