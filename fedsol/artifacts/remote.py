"""Stores that are reached over a network, or that fsspec keeps in memory."""

from typing import Any

import httpx
import stamina

from fedsol.artifacts.backend import named_errors, read_up_to
from fedsol.errors import ArtifactMissing, ConfigError

_ABSENT = (404, 410)
_TIMEOUT_SECONDS = 30


class ObjectBackend:
    """A place that fsspec reaches and that replaces whole objects at once."""

    def __init__(self, filesystem: Any, root: str) -> None:
        self._filesystem = filesystem
        self._root = root

    def read(self, path: str, limit: int) -> bytes:
        """Up to ``limit`` bytes of the object; raises ``ArtifactMissing``."""
        target = self._target(path)
        opened = self._filesystem.open
        with named_errors(f"read {path}", ArtifactMissing), opened(target, "rb") as stream:
            return read_up_to(stream, limit)

    def write(self, path: str, data: bytes) -> None:
        """Puts the object, unless one of its name and length is there."""
        target = self._target(path)
        with named_errors(f"write {path}"):
            # Comparing the bytes would cost as much as sending them.
            if self._size(target) != len(data):
                self._filesystem.pipe_file(target, data)

    def replace(self, path: str, data: bytes) -> None:
        """Puts the object, whatever is there."""
        with named_errors(f"write {path}"):
            self._filesystem.pipe_file(self._target(path), data)

    def exists(self, path: str) -> bool:
        """Whether the object is there."""
        with named_errors(f"look for {path}"):
            return bool(self._filesystem.exists(self._target(path)))

    def _target(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _size(self, target: str) -> int | None:
        try:
            size: int | None = self._filesystem.info(target)["size"]
        except FileNotFoundError:
            return None
        return size


class HttpBackend:
    """Whatever a web server publishes: it can be read, not written.

    Not fsspec's: that says "not found" of a server that is down, and a participant must not be
    accused of withholding what could not be asked for.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ConfigError("not a usable web address for an artifact store") from error
        # Apart from the URL: every error of httpx quotes that one.
        self._auth = (parsed.username, parsed.password) if parsed.userinfo else None
        self._url = str(parsed.copy_with(userinfo=b"")).rstrip("/")

    def read(self, path: str, limit: int) -> bytes:
        """Up to ``limit`` bytes of the file.

        Raises ``ArtifactMissing`` only when the server answers that there is no such file.
        """
        with named_errors(f"read {path}", ArtifactMissing):
            return self._fetch("GET", path, limit)

    def write(self, path: str, data: bytes) -> None:
        """Always raises ``ConfigError``."""
        raise ConfigError(
            "artifacts cannot be written over HTTP",
            hint="Point --artifacts at a folder or a bucket to publish artifacts.",
        )

    def replace(self, path: str, data: bytes) -> None:
        """Always raises ``ConfigError``."""
        self.write(path, data)

    def exists(self, path: str) -> bool:
        """Whether the server has the file."""
        with named_errors(f"look for {path}"):
            try:
                self._fetch("HEAD", path, 0)
            except FileNotFoundError:
                return False
            return True

    @stamina.retry(on=httpx.HTTPError, attempts=3, wait_initial=0.2, timeout=None)
    def _fetch(self, method: str, path: str, limit: int) -> bytes:
        # Stored bytes as they are: a compressed answer could unpack to any size.
        request = httpx.stream(
            method,
            f"{self._url}/{path}",
            headers={"accept-encoding": "identity"},
            auth=self._auth,
            follow_redirects=True,
            timeout=_TIMEOUT_SECONDS,
        )
        with request as response:
            if response.status_code in _ABSENT:
                raise FileNotFoundError(path)
            response.raise_for_status()
            data = bytearray()
            for part in response.iter_raw():
                data += part[: limit - len(data)]
                if len(data) >= limit:
                    break
            return bytes(data)
