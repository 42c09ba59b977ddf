"""Tracking: where the metrics of a run go.

- ``base``: what a tracker is, and several as one;
- ``jsonl``: a file of JSON lines, which needs nothing else;
- ``tensorboard``, ``mlflow``, ``wandb``: the tools of that name, each with its extra;
- ``choosing``: ``tracker``, which makes them of a text.
"""

from fedsol.tracking.base import Several, Tracker
from fedsol.tracking.choosing import KINDS, tracker
from fedsol.tracking.jsonl import JsonLines, read_lines
from fedsol.tracking.mlflow import Mlflow
from fedsol.tracking.tensorboard import TensorBoard
from fedsol.tracking.wandb import Wandb

__all__ = [
    "KINDS",
    "JsonLines",
    "Mlflow",
    "Several",
    "TensorBoard",
    "Tracker",
    "Wandb",
    "read_lines",
    "tracker",
]
