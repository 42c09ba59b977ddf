"""A store in a local folder.

It does not go through fsspec: a crash, a full disk or a second writer must never leave half an
artifact under its name, and that takes a rename and an fsync of our own.
"""

import errno
import os
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from fedsol.artifacts.backend import named_errors, read_up_to
from fedsol.errors import ArtifactCorrupt, ArtifactMissing

_ABANDONED_SECONDS = 3600


class LocalBackend:
    """A folder of this machine, or one that it mounts."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str, limit: int) -> bytes:
        """Up to ``limit`` bytes of the file.

        Raises ``ArtifactMissing``, and ``ArtifactCorrupt`` for what is not a file: in a folder
        that others write to, a pipe of that name would otherwise hold the reader for ever.
        """
        file = self._root / path
        with named_errors(f"read {file}", ArtifactMissing), _open_to_read(file) as stream:
            return read_up_to(stream, limit)

    def write(self, path: str, data: bytes) -> None:
        """Writes to a temporary file beside the target, and renames it once it is on disk."""
        file = self._root / path
        with named_errors(f"write {file}"):
            if self._holds(path, data):
                return
            file.parent.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(file)
            temporary = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
            try:
                _write_through(temporary, data)
                os.replace(temporary, file)
            except BaseException:
                with suppress(OSError):
                    temporary.unlink()
                raise
            # The rename, and the folder itself when it is new, must outlive a power cut too.
            _sync_folder(file.parent)
            _sync_folder(self._root)

    def replace(self, path: str, data: bytes) -> None:
        """The same as ``write``: that compares the bytes, not the name."""
        self.write(path, data)

    def exists(self, path: str) -> bool:
        """Whether the file is there; a folder or a pipe of that name is not one."""
        with named_errors(f"look for {self._root / path}"):
            return (self._root / path).is_file()

    def _holds(self, path: str, data: bytes) -> bool:
        # A corrupt copy is not kept: whoever has the right bytes puts it right.
        try:
            with _open_to_read(self._root / path) as stream:
                return read_up_to(stream, len(data) + 1) == data
        except (FileNotFoundError, ArtifactCorrupt):
            return False


def _open_to_read(file: Path) -> BinaryIO:
    # Without O_NONBLOCK the open itself would wait for a pipe's writer.
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ArtifactCorrupt(f"{file} is not a file")
    return os.fdopen(descriptor, "rb")


def _write_through(file: Path, data: bytes) -> None:
    # Not tempfile: its files are for their owner only, and a shared store is for everybody.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network mounts cannot sync a folder; their rename is durable by itself.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _remove_abandoned(file: Path) -> None:
    # What a crashed writer of this artifact left; a living one is not an hour old.
    for temporary in file.parent.glob(f".{file.name}.*.tmp"):
        with suppress(OSError):
            if time.time() - temporary.stat().st_mtime > _ABANDONED_SECONDS:
                temporary.unlink()
