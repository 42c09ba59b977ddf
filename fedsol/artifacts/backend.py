"""What a place that keeps bytes must do, and what all such places share."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from fedsol.errors import ArtifactError, ArtifactStoreFull

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_BYTES = 4 * 1024 * 1024


class Backend(Protocol):
    """Reads and writes whole files by their relative path."""

    def read(self, path: str, limit: int) -> bytes:
        """Up to ``limit`` bytes of the file; raises ``ArtifactMissing``."""

    def write(self, path: str, data: bytes) -> None:
        """Writes the file as a whole or not at all."""

    def replace(self, path: str, data: bytes) -> None:
        """Writes the file as a whole or not at all, whatever is there."""

    def exists(self, path: str) -> bool:
        """Whether the file is there."""


@contextmanager
def named_errors(action: str, missing: type[ArtifactError] = ArtifactError) -> Iterator[None]:
    """Raises whatever goes wrong inside as an ``ArtifactError`` that says what was being done.

    ``missing`` is what a file that is not there means; a full disk is ``ArtifactStoreFull``.
    """
    try:
        yield
    except ArtifactError:
        raise
    except FileNotFoundError as error:
        raise missing(f"cannot {action}: it is not there") from error
    except OSError as error:
        if error.errno in _FULL:
            raise ArtifactStoreFull(f"cannot {action}: {error.strerror}") from error
        raise ArtifactError(f"cannot {action}: {error}") from error
    except Exception as error:
        # Each protocol's package has exceptions of its own, which share no base class.
        raise ArtifactError(f"cannot {action}: {type(error).__name__}: {error}") from error


def read_up_to(stream: BinaryIO, limit: int) -> bytes:
    """The stream's first ``limit`` bytes, or all of them when it is shorter."""
    # A network stream may return less than it is asked for; only b"" is its end.
    parts = []
    while limit > 0 and (part := stream.read(min(limit, _READ_BYTES))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)
