"""Metrics for Weights & Biases, kept on this machine until somebody sends them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.tracking.base import Tracker


class Wandb(Tracker):
    """Logs to a new run of a project, offline unless ``mode`` says otherwise.

    What was logged lies in ``folder``/wandb; ``wandb sync`` sends it. Nothing else is recorded: no
    source, no output, no statistics of the machine. Steps must not go back.
    """

    def __init__(
        self,
        project: str,
        *,
        folder: Path | str = ".",
        mode: Literal["offline", "online"] = "offline",
    ) -> None:
        """Raises ConfigError: wandb is missing or cannot begin a run."""
        wandb = need("wandb", "wandb")
        place = Path(folder).expanduser()
        place.mkdir(parents=True, exist_ok=True)
        settings = wandb.Settings(
            console="off", silent=True, disable_git=True, save_code=False, x_disable_stats=True
        )
        try:
            self._run = wandb.init(project=project, dir=str(place), mode=mode, settings=settings)
        except wandb.errors.Error as error:
            raise ConfigError(f"wandb cannot begin a run: {error}") from error

    @property
    def folder(self) -> Path:
        """Where this run is kept."""
        return Path(self._run.settings.sync_dir)

    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Logs all metrics of the step."""
        self._run.log({name: float(value) for name, value in metrics.items()}, step=step)

    def close(self) -> None:
        """Finishes the run and waits until it is written."""
        self._run.finish()
