"""Metrics as JSON lines: one object for each step, on disk when ``log`` returns."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

from fedsol.errors import ConfigError
from fedsol.files import write_atomic
from fedsol.tracking.base import Tracker

_STEP = "step"


class JsonLines(Tracker):
    """Appends ``{"step": 3, "loss": 0.25}`` to a file; what is not finite becomes ``null``.

    With ``after`` the lines of later steps are dropped first: a run that is resumed says them again.
    A last line that a crash cut off is dropped in any case.
    """

    def __init__(self, path: Path | str, *, after: int | None = None) -> None:
        """Raises ConfigError: the file holds something else, or cannot be written."""
        self.path = Path(path).expanduser()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _trim(self.path, after)
            self._file = self.path.open("a", encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be written: {error}") from error

    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Writes one line. Raises ConfigError: a metric is called ``step``."""
        if _STEP in metrics:
            raise ConfigError("no metric can be called 'step'", hint="That is the line's number.")
        values = {name: _value(value) for name, value in metrics.items()}
        self._file.write(json.dumps({_STEP: step, **values}, allow_nan=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def read_lines(path: Path | str) -> list[dict[str, float | None]]:
    """The lines of a file as they were logged, ``step`` among them; one that is cut off is left out.

    Raises:
        ConfigError: the file cannot be read, or holds something else.
    """
    try:
        text = Path(path).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    return [_parse(Path(path), line) for line in _whole(text)]


def _value(value: float) -> float | None:
    plain = float(value)
    return plain if math.isfinite(plain) else None


def _whole(text: str) -> list[str]:
    return text.split("\n")[:-1]


def _parse(path: Path, line: str) -> dict[str, float | None]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get(_STEP), int):
        raise ConfigError(
            f"{path} holds something else than metrics: {line[:40]!r}", hint="Choose another file."
        )
    return found


def _trim(path: Path, after: int | None) -> None:
    if not path.exists():
        return
    text = path.read_text("utf-8")
    steps = [(int(_parse(path, line)[_STEP] or 0), line) for line in _whole(text)]
    kept = "".join(f"{line}\n" for step, line in steps if after is None or step <= after)
    if kept != text:
        write_atomic(path, kept.encode())
