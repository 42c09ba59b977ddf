"""What a trainer's encoded updates held back, on disk: never lost with a crash, never given twice.

A round's residual is written before its commitment is remembered, and is valid only with it: a
process that dies in between trains again, on the residual before. When the round is over, it stays
if the update counted, and goes if it did not: then the one before holds on.
"""

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import StateError
from fedsol.roles.memory import keep_bytes

_SENT, _COUNTED = "sent", "counted"


@dataclass(frozen=True)
class Residuals:
    """The residuals in a journal's folder."""

    folder: Path

    def keep(self, number: int, residual: NDArray[np.float32]) -> None:
        """Keeps what a round's update holds back; on return it is on disk. Raises StateError."""
        keep_bytes(self._path(number, _SENT), residual.astype("<f4").tobytes())

    def newest(self, before: int, remembered: Container[int]) -> NDArray[np.float32] | None:
        """The newest residual of the rounds before one; of rounds not over, the remembered alone.

        Raises StateError.
        """
        counted = {number for number in self._numbers(_COUNTED) if number < before}
        sent = {n for n in self._numbers(_SENT) if n < before and n in remembered}
        if not counted | sent:
            return None
        number = max(counted | sent)
        path = self._path(number, _COUNTED if number in counted else _SENT)
        try:
            return np.frombuffer(path.read_bytes(), "<f4").astype(np.float32)
        except (OSError, ValueError) as error:
            raise StateError(f"{path} cannot be read: {error}") from error

    def settle(self, number: int, *, counted: bool) -> None:
        """Says whether a round's update counted, before its memory is forgotten."""
        sent = self._path(number, _SENT)
        if counted and sent.exists():
            keep_bytes(self._path(number, _COUNTED), sent.read_bytes())
            for kind in (_SENT, _COUNTED):
                for older in self._numbers(kind):
                    if older < number:
                        self._path(older, kind).unlink(missing_ok=True)
        sent.unlink(missing_ok=True)

    def _path(self, number: int, kind: str) -> Path:
        return self.folder / f"residual-{number}.{kind}"

    def _numbers(self, kind: str) -> list[int]:
        names = [path.stem for path in self.folder.glob(f"residual-*.{kind}")]
        return [int(name.removeprefix("residual-")) for name in names]
