"""Authenticated encryption (AES-256-GCM) under keys that seal few messages, numbered by the caller."""

from functools import cache
from typing import Any

from fedsol.extras import need
from fedsol.learning.privacy.errors import InvalidMessage

SEAL_BYTES = 16


class Seal:
    """One key. Two messages never have the same number."""

    def __init__(self, key: bytes) -> None:
        self._cipher: Any = _aead().AESGCM(key)

    def close(self, number: int, plain: bytes) -> bytes:
        """The message encrypted, 16 bytes longer."""
        sealed: bytes = self._cipher.encrypt(number.to_bytes(12, "little"), plain, None)
        return sealed

    def open(self, number: int, sealed: bytes, what: str) -> bytes:
        """Undoes ``close``. Raises InvalidMessage, naming ``what``, for anything else."""
        invalid = need("cryptography.exceptions", "privacy").InvalidTag
        try:
            plain: bytes = self._cipher.decrypt(number.to_bytes(12, "little"), sealed, None)
        except (invalid, ValueError) as error:
            raise InvalidMessage(f"{what} are forged") from error
        return plain


@cache
def _aead() -> Any:
    return need("cryptography.hazmat.primitives.ciphers.aead", "privacy")
