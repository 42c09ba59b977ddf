"""Authenticated encryption (AES-GCM) under keys that seal few messages, numbered by the caller."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from fedsol.extras import need
from fedsol.learning.privacy.errors import InvalidMessage

SEAL_BYTES = 16


def close(key: bytes, number: int, plain: bytes) -> bytes:
    """The message encrypted, 16 bytes longer. No key has two messages of one number."""
    sealed: bytes = _cipher()(key).encrypt(_nonce(number), plain, None)
    return sealed


def open_sealed(key: bytes, number: int, sealed: bytes, what: str) -> bytes:
    """Undoes ``close``. Raises InvalidMessage, naming ``what``, for anything else."""
    return _decrypted(_cipher()(key), number, sealed, what)


class Seals:
    """A member's keys with its neighbours, each for one message there and one back.

    A message's number is its sender.
    """

    def __init__(self, member: int, keys: Mapping[int, bytes]) -> None:
        cipher = _cipher()
        self._member = member
        self._ciphers = {peer: cipher(key) for peer, key in keys.items()}

    def close(self, plain: Mapping[int, bytes]) -> dict[int, bytes]:
        """The messages to all neighbours, encrypted, each 16 bytes longer."""
        nonce = _nonce(self._member)
        return {
            peer: cipher.encrypt(nonce, plain[peer], None) for peer, cipher in self._ciphers.items()
        }

    def open(self, sealed: Mapping[int, bytes]) -> dict[int, bytes]:
        """The messages of some neighbours. Raises InvalidMessage for a stranger's or a forged one."""
        opened = {}
        for peer, one in sealed.items():
            if peer not in self._ciphers:
                raise InvalidMessage(f"member {peer} sent shares but takes no part")
            what = f"the shares of member {peer}"
            opened[peer] = _decrypted(self._ciphers[peer], peer, one, what)
        return opened

    def readable(self, sealed: Mapping[int, bytes]) -> dict[int, bytes]:
        """The messages of neighbours, as far as they can be opened; others are passed over."""
        opened: dict[int, bytes] = {}
        for peer, one in sealed.items():
            with suppress(InvalidMessage):
                opened |= self.open({peer: one})
        return opened


def _decrypted(cipher: Any, number: int, sealed: bytes, what: str) -> bytes:
    try:
        plain: bytes = cipher.decrypt(_nonce(number), sealed, None)
    except (_invalid(), ValueError) as error:
        raise InvalidMessage(f"{what} are forged") from error
    return plain


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "little")


@cache
def _cipher() -> Any:
    return need("cryptography.hazmat.primitives.ciphers.aead", "privacy").AESGCM


@cache
def _invalid() -> Any:
    return need("cryptography.exceptions", "privacy").InvalidTag
