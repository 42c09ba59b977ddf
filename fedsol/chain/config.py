"""Which cluster and which key: environment first, then the Solana CLI's own configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import yaml

from fedsol.errors import ConfigError

CLI_CONFIG = Path("~/.config/solana/cli/config.yml")
DEFAULT_KEYPAIR = Path("~/.config/solana/id.json")

MONIKERS: dict[str, str] = {
    "localhost": "http://localhost:8899",
    "devnet": "https://api.devnet.solana.com",
    "testnet": "https://api.testnet.solana.com",
    "mainnet-beta": "https://api.mainnet-beta.solana.com",
}
"""What the Solana CLI calls its clusters; a first letter will do, as there (``mainnet`` too)."""


@dataclass(frozen=True, slots=True)
class ChainConfig:
    """Endpoints (the first is preferred), websocket and key file."""

    urls: tuple[str, ...]
    websocket_url: str
    keypair_path: Path


def load_config(
    *,
    url: str | None = None,
    keypair: str | Path | None = None,
    cli_config: Path = CLI_CONFIG,
    env: Mapping[str, str] | None = None,
) -> ChainConfig:
    """Reads the settings: arguments, then environment, then the Solana CLI's file, then defaults.

    A URL may be a moniker (``devnet``) or several, separated by commas. Raises ``ConfigError``.
    """
    given = os.environ if env is None else env
    file = _read(cli_config.expanduser())
    text = url or given.get("FEDSOL_URL") or file.get("json_rpc_url") or "localhost"
    urls = tuple(resolve_url(part) for part in str(text).split(",") if part.strip())
    if not urls:
        raise ConfigError("no RPC URL was given")
    # The file's websocket belongs to the file's RPC URL.
    own_socket = file.get("websocket_url") if text == file.get("json_rpc_url") else None
    path = keypair or given.get("FEDSOL_KEYPAIR") or file.get("keypair_path") or DEFAULT_KEYPAIR
    return ChainConfig(
        urls=urls,
        websocket_url=str(own_socket) if own_socket else websocket_url_of(urls[0]),
        keypair_path=Path(str(path)).expanduser(),
    )


def resolve_url(text: str) -> str:
    """A moniker's URL, or the URL itself; raises ``ConfigError`` for anything else."""
    name = text.strip()
    for moniker, url in MONIKERS.items():
        if (
            name == moniker
            or name == moniker[0]
            or (name == "mainnet" and moniker == "mainnet-beta")
        ):
            return url
    parts = urlsplit(name)
    if parts.scheme in ("http", "https") and parts.hostname:
        return name
    raise ConfigError(f"{text!r} is neither an http(s) URL nor one of {', '.join(MONIKERS)}")


def websocket_url_of(url: str) -> str:
    """The websocket of an RPC URL: on the next port where one is named, as for the Solana CLI."""
    parts = urlsplit(url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    netloc = parts.netloc
    if parts.port is not None:
        netloc = netloc.rsplit(":", 1)[0] + f":{parts.port + 1}"
    return urlunsplit((scheme, netloc, parts.path or "/", parts.query, ""))


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        value = yaml.safe_load(path.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(
            f"the Solana CLI's configuration {path} cannot be read: {error}",
            hint="Repair it with `solana config set --url …`, or pass --url and --keypair.",
        ) from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConfigError(f"the Solana CLI's configuration {path} is not a table of settings")
    return value
