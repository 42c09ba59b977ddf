"""Trackers by text: ``jsonl:metrics.jsonl``, ``tensorboard:runs/one``."""

from collections.abc import Callable

from fedsol.errors import ConfigError
from fedsol.tracking.base import Several, Tracker
from fedsol.tracking.jsonl import JsonLines
from fedsol.tracking.mlflow import Mlflow
from fedsol.tracking.tensorboard import TensorBoard
from fedsol.tracking.wandb import Wandb

_KINDS: dict[str, Callable[[str, int | None], Tracker]] = {
    "jsonl": lambda place, after: JsonLines(place, after=after),
    "tensorboard": lambda place, after: TensorBoard(place, after=after),
    "mlflow": lambda place, _: Mlflow(place),
    "wandb": lambda place, _: Wandb(place),
}
KINDS = tuple(_KINDS)
"""What trackers there are."""


def tracker(*texts: str, after: int | None = None) -> Tracker:
    """The trackers of these texts as one; each is ``KIND:PLACE``.

    The place is a file (``jsonl``), a folder (``tensorboard``), a database file or a URI
    (``mlflow``), or a project (``wandb``). A run that is resumed ``after`` a step says what follows
    once more: JSON lines and TensorBoard drop what they have of it, MLflow and W&B begin a new run.

    Raises:
        ConfigError: no such tracker, its package is missing, or its place cannot be used.
    """
    parts = [text.partition(":") for text in texts]
    for text, (kind, _, place) in zip(texts, parts, strict=True):
        if kind not in _KINDS or not place:
            raise ConfigError(
                f"{text!r} is no tracker",
                hint=f"Write it like jsonl:metrics.jsonl; there are {', '.join(KINDS)}.",
            )
    opened: list[Tracker] = []
    try:
        for kind, _, place in parts:
            opened.append(_KINDS[kind](place, after))
    except ConfigError:
        Several(opened).close()
        raise
    return opened[0] if len(opened) == 1 else Several(opened)
