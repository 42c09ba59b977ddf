"""Which backend a store's URL means."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from fsspec.core import url_to_fs

from fedsol.artifacts.backend import Backend
from fedsol.artifacts.local import LocalBackend
from fedsol.artifacts.remote import HttpBackend, ObjectBackend
from fedsol.errors import ConfigError

_LOCAL = ("file", "local")
_WEB = ("http", "https")
# What each of fsspec's protocols takes from pip. The protocols that are not here are refused:
# not all of them replace a file at once, and a reader would see a part of it.
_INSTALL = {"memory": "fsspec", "s3": "fedsol[s3]", "gs": "fedsol[gcs]"}


def open_backend(url: str) -> Backend:
    """The backend that ``url`` names; raises ``ConfigError`` when it names none."""
    protocol, separator, rest = url.partition("://")
    if not separator:
        protocol, rest = "file", url
    if not rest and protocol != "memory":
        raise ConfigError(f"the artifact store {url!r} names no place")
    if protocol in _LOCAL:
        return LocalBackend(_local_root(url if separator else "", rest))
    if protocol in _WEB:
        if {"?", "#"} & set(rest):
            raise ConfigError("an artifact store's URL is a folder: it cannot have a ? or a #")
        return HttpBackend(url)
    if protocol not in _INSTALL:
        raise ConfigError(
            f"artifacts cannot be kept at a {protocol}:// URL",
            hint="Use a folder, memory://, s3://, gs://, or https:// to read only.",
        )
    try:
        filesystem, root = url_to_fs(url)
    except ImportError as error:
        raise ConfigError(
            f"the package that reads {protocol}:// is not installed ({error})",
            hint=f"pip install '{_INSTALL[protocol]}'",
        ) from error
    except ValueError as error:
        raise ConfigError(f"not a usable {protocol}:// URL for an artifact store") from error
    return ObjectBackend(filesystem, root.rstrip("/"))


def _local_root(url: str, path: str) -> Path:
    if not url:
        return Path(path).expanduser()
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise ConfigError(
            f"{url!r} names a host, not a folder of this machine",
            hint="A file URL has three slashes: file:///srv/artifacts",
        )
    return Path(unquote(parts.path))
