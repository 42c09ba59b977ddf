"""A content-addressed store over any place that bytes can be kept in.

An artifact's name is the SHA-256 of its bytes, in hexadecimal, in a folder named by the first two
digits: ``ROOT/3f/3fa9…``. So a store needs no index, equal bytes are kept once, and whoever reads
can check what they got against the hash that the chain holds, whoever runs the store.
"""

import asyncio
import hashlib
import re

from fedsol.artifacts.backend import Backend
from fedsol.artifacts.urls import open_backend
from fedsol.errors import ArtifactCorrupt, ArtifactError, ArtifactMissing, ConfigError

# 2^25 parameters, the largest model that the program can judge, are 128 MiB; twice that is room.
MAX_ARTIFACT_BYTES = 256 * 1024 * 1024

_HASH_BYTES = 32
_NOTE = re.compile(r"[A-Za-z0-9-]+([/.][A-Za-z0-9-]+)*")
_CREDENTIALS = re.compile(r"//[^/@]*@")


def artifact_hash(data: bytes) -> bytes:
    """The 32 bytes that name an artifact: its SHA-256."""
    return hashlib.sha256(data).digest()


class ArtifactStore:
    """Keeps bytes under their hash.

    ``url`` is a folder (``./artifacts``, ``file:///srv/artifacts``), ``memory://name`` (this
    process only), ``s3://bucket/folder``, ``gs://bucket/folder``, or ``https://host/folder``,
    which can be read but not written. Raises ``ConfigError`` for any other kind of URL, and where
    the package that speaks the protocol is not installed.

    All methods raise ``ArtifactError`` when the store cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self._url = _CREDENTIALS.sub("//***@", url)
        self._backend: Backend = open_backend(url)

    def __repr__(self) -> str:
        return f"ArtifactStore({self._url!r})"

    @property
    def url(self) -> str:
        """Where the store is, without the credentials that the URL may have held."""
        return self._url

    async def put(self, data: bytes) -> bytes:
        """Keeps ``data`` and returns its hash.

        Putting the same bytes again changes nothing, from any number of writers. When this
        returns, a local store has the bytes on disk; when it raises, nothing is half written.
        Raises ``ArtifactStoreFull`` when there is no room and ``ConfigError`` when the store is
        read-only.
        """
        if len(data) > MAX_ARTIFACT_BYTES:
            raise ArtifactError(
                f"an artifact of {len(data):,} bytes is larger than {MAX_ARTIFACT_BYTES:,}",
                hint="Use a smaller model; no participant would read this artifact.",
            )
        # Hashing a model takes as long as writing it: neither may hold up the event loop.
        return await asyncio.to_thread(self._put, bytes(data))

    async def get(self, digest: bytes, *, max_bytes: int = MAX_ARTIFACT_BYTES) -> bytes:
        """Returns the bytes whose hash is ``digest``.

        Never reads more than ``max_bytes`` (and one) into memory, whatever the store says or
        holds. Raises ``ArtifactMissing``, and ``ArtifactCorrupt`` when what is there does not
        have that hash or is longer than ``max_bytes``.
        """
        path = _path(digest)
        return await asyncio.to_thread(self._get, path, digest, max_bytes)

    async def leave(self, name: str, note: bytes) -> None:
        """Leaves a note under a name (letters, digits, ``/``, ``.`` and ``-``), in place of the last.

        Unlike an artifact it can be changed by whoever may write here: sign what it says.
        """
        await asyncio.to_thread(self._backend.replace, _note(name), note)

    async def find(self, name: str, *, max_bytes: int) -> bytes | None:
        """The note under a name; None if there is none, or one of more than ``max_bytes``."""
        try:
            note = await asyncio.to_thread(self._backend.read, _note(name), max_bytes + 1)
        except ArtifactMissing:
            return None
        return note if len(note) <= max_bytes else None

    async def has(self, digest: bytes) -> bool:
        """Whether something is stored under ``digest``; only ``get`` checks what."""
        return await asyncio.to_thread(self._backend.exists, _path(digest))

    def url_of(self, digest: bytes) -> str:
        """Where the artifact named ``digest`` is, or would be, for people and for logs."""
        return f"{self._url.rstrip('/')}/{_path(digest)}"

    def _put(self, data: bytes) -> bytes:
        digest = artifact_hash(data)
        self._backend.write(_path(digest), data)
        return digest

    def _get(self, path: str, digest: bytes, max_bytes: int) -> bytes:
        data = self._backend.read(path, max_bytes + 1)
        if len(data) > max_bytes:
            raise ArtifactCorrupt(
                f"artifact {digest.hex()} in {self._url} is longer than {max_bytes:,} bytes",
                hint="Whoever published it broke the rules of the round; it has not been used.",
            )
        if artifact_hash(data) != digest:
            raise ArtifactCorrupt(
                f"artifact {digest.hex()} in {self._url} holds bytes of another hash"
            )
        return data


def _note(name: str) -> str:
    if not _NOTE.fullmatch(name):
        raise ConfigError(f"{name!r} is no name for a note")
    return f"notes/{name}"


def _path(digest: bytes) -> str:
    if len(digest) != _HASH_BYTES:
        raise ConfigError(f"an artifact's hash has {_HASH_BYTES} bytes, not {len(digest)}")
    name = digest.hex()
    return f"{name[:2]}/{name}"
