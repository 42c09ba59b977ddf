"""Metrics for TensorBoard, by tensorboardX."""

from collections.abc import Mapping
from pathlib import Path

from fedsol.extras import need
from fedsol.tracking.base import Tracker


class TensorBoard(Tracker):
    """Writes scalars into a folder that ``tensorboard --logdir`` shows.

    With ``after`` TensorBoard hides what earlier runs in that folder said of later steps.
    """

    def __init__(self, folder: Path | str, *, after: int | None = None) -> None:
        """Raises ConfigError: tensorboardX is missing."""
        writer = need("tensorboardX", "tensorboard").SummaryWriter
        purged = None if after is None else after + 1
        self._writer = writer(str(Path(folder).expanduser()), purge_step=purged)

    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Writes each metric as a scalar, and flushes."""
        for name, value in metrics.items():
            self._writer.add_scalar(name, float(value), step)
        self._writer.flush()

    def close(self) -> None:
        """Closes the file."""
        self._writer.close()
