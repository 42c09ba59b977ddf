"""Draws the robustness study: python -m benchmarks.robustness_picture RESULT.json PICTURE.svg.

RESULT.json is what ``python -m benchmarks robustness --json`` prints.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("svg")
from matplotlib import pyplot as plt

_CELL = re.compile(r"([\d.]+) ± ")


def main() -> int:
    """Reads the result and writes the picture."""
    source, target = map(Path, sys.argv[1:3])
    draw(json.loads(source.read_text())["results"][0]["tables"], target)
    return 0


def draw(tables: list[dict[str, Any]], target: Path) -> None:
    """One panel for each division: rules down, attacks across, mean accuracy in each field."""
    panels = [table for table in tables if table["title"].endswith("accuracy, %")]
    mpl.rcParams.update({"svg.hashsalt": "fedsol", "svg.fonttype": "none", "font.size": 8})
    width = 2.4 + 3.2 * len(panels)
    figure, axes = plt.subplots(1, len(panels), figsize=(width, 4.6), sharey=True, squeeze=False)
    for axis, table in zip(axes[0], panels, strict=True):
        values = np.array([[_mean(cell) for cell in row[1:-1]] for row in table["rows"]])
        axis.imshow(values, vmin=10, vmax=85, cmap="viridis", aspect="auto")
        for (row, column), value in np.ndenumerate(values):
            shade = "black" if value > 60 else "white"
            axis.text(column, row, f"{value:.0f}", ha="center", va="center", color=shade)
        axis.set_title(table["title"])
        axis.set_xticks(range(values.shape[1]), table["head"][1:-1], rotation=60, ha="right")
        axis.set_yticks(range(len(values)), [row[0] for row in table["rows"]])
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)


def _mean(cell: str) -> float:
    found = _CELL.match(cell)
    return float(found[1]) if found else float("nan")


if __name__ == "__main__":
    sys.exit(main())
