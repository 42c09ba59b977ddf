"""Key files as the Solana CLI writes them: a JSON array of 64 bytes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from solders.keypair import Keypair

from fedsol.errors import ConfigError
from fedsol.files import write_atomic
from fedsol.log import get_logger

_SIZE = 64
_log = get_logger("fedsol.chain")


def load_keypair(path: str | Path) -> Keypair:
    """Reads a key file; warns if others than its owner may read it.

    Raises ``ConfigError`` that names the file and what is wrong, and never shows a byte of the key.
    """
    file = Path(path).expanduser()
    try:
        text = file.read_text()
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(
            f"key file {file} cannot be read: {why}",
            hint="Make one with `solana-keygen new -o FILE` or `fedsol key new FILE`.",
        ) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        _log.warning(
            "key_file_is_open",
            file=str(file),
            mode=oct(stat.S_IMODE(mode)),
            fix=f"chmod 600 {file}",
        )
    # The causes are cut off: they could quote the key.
    try:
        values = json.loads(text)
    except ValueError:
        raise ConfigError(f"key file {file} is not JSON") from None
    if not isinstance(values, list) or len(values) != _SIZE:
        raise ConfigError(f"key file {file} does not hold a JSON array of {_SIZE} numbers")
    try:
        return Keypair.from_bytes(bytes(values))
    except (ValueError, TypeError):
        raise ConfigError(
            f"key file {file} does not hold a key: secret and public half do not fit"
        ) from None


def save_keypair(keypair: Keypair, path: str | Path, *, overwrite: bool = False) -> Path:
    """Writes a key file that only its owner may read (0600), whole or not at all; returns its path.

    Raises ``ConfigError`` if the file exists and ``overwrite`` is not set.
    """
    file = Path(path).expanduser()
    if file.exists() and not overwrite:
        raise ConfigError(
            f"key file {file} exists already", hint="Choose another name; a lost key is lost."
        )
    write_atomic(file, json.dumps(list(bytes(keypair))).encode(), mode=0o600)
    return file
