"""A simulation's state on disk: one file, written whole or not at all."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from fedsol.errors import StateError
from fedsol.files import write_atomic
from fedsol.simulation.history import RoundMetrics

FILE = "checkpoint.safetensors"
_MODEL = "model"


@dataclass(frozen=True)
class Checkpoint:
    """After a round: the model (float32[d] or int32[d]), what else the next depends on, the history.

    ``settings`` is the digest of all that results depend on; ``width`` was chosen by measuring, and
    belongs to it.
    """

    settings: str
    width: int
    model: NDArray[Any]
    state: tuple[NDArray[Any], ...]
    history: list[RoundMetrics]

    def save(self, folder: Path) -> None:
        """Replaces the folder's checkpoint; it is on disk when this returns."""
        about = {
            "settings": self.settings,
            "width": self.width,
            "history": [one.to_json() for one in self.history],
        }
        arrays = {_MODEL: self.model, **{str(i): leaf for i, leaf in enumerate(self.state)}}
        write_atomic(folder / FILE, save(arrays, {"simulation": json.dumps(about)}))

    @classmethod
    def load(cls, folder: Path) -> "Checkpoint | None":
        """The folder's checkpoint; None if it has none.

        Raises:
            StateError: the file cannot be read.
        """
        file = folder / FILE
        if not file.exists():
            return None
        try:
            with safe_open(file, "np") as found:
                about = json.loads(found.metadata()["simulation"])
                model = found.get_tensor(_MODEL)
                state = tuple(found.get_tensor(str(i)) for i in range(len(found.keys()) - 1))
            history = [RoundMetrics.from_json(one) for one in about["history"]]
            return cls(about["settings"], about["width"], model, state, history)
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise StateError(
                f"the checkpoint {file} cannot be read: {error}",
                hint="Remove the folder to begin anew.",
            ) from error
