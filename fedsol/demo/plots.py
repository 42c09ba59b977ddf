"""The two pictures: how good the model became, and what happened to the money."""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fedsol.demo.cast import TOKEN
from fedsol.demo.summary import Summary

# Okabe and Ito's colours, which the colour-blind can tell apart on light and on dark ground.
_COLOURS = ("#0072B2", "#E69F00", "#D55E00", "#009E73", "#CC79A7")


@dataclass(frozen=True)
class Theme:
    """Ground and ink of a picture."""

    ground: str
    ink: str
    grid: str


LIGHT = Theme(ground="#ffffff", ink="#1b1f24", grid="#d9dee3")
DARK = Theme(ground="#14181d", ink="#e6e9ec", grid="#343b44")


def accuracy_png(summary: Summary, theme: Theme) -> bytes:
    """Accuracy per round: together, alone (mean and band), and with all data in one place."""
    figure = Figure(figsize=(8, 4.5), dpi=150, layout="constrained", facecolor=theme.ground)
    axes = figure.add_subplot()
    together = summary.outcome.accuracies
    rounds = np.arange(1, len(together) + 1)
    alone = 100 * np.array(summary.baselines.alone)
    pooled = 100 * np.array(summary.baselines.pooled)
    label = "each hospital alone: mean, worst to best"
    axes.fill_between(rounds, alone.min(0), alone.max(0), color=_COLOURS[1], alpha=0.2, lw=0)
    axes.plot(rounds, alone.mean(0), color=_COLOURS[1], label=label)
    axes.plot(rounds, pooled, "--", color=theme.ink, alpha=0.7, label="all data in one place")
    axes.plot(
        rounds, 100 * np.array(together), "o-", color=_COLOURS[0], lw=2.2, label="the federation"
    )
    _dress(axes, theme, "right on held-out data, %")
    axes.set_title("Accuracy on data that nobody trained on", color=theme.ink)
    _legend(axes, theme)
    return png(figure)


def balances_png(summary: Summary, theme: Theme) -> bytes:
    """Stake in the federation and rewards so far, for each hospital, after every round."""
    figure = Figure(figsize=(8, 4.5), dpi=150, layout="constrained", facecolor=theme.ground)
    stake, rewards = figure.subplots(1, 2)
    rounds = np.arange(1, len(summary.chapters) + 1)
    for place, (name, held) in enumerate(summary.holdings.items()):
        # The later, the thinner: two that earn the same are both seen.
        look: dict[str, Any] = {"color": _COLOURS[place], "lw": 5 - 0.8 * place, "label": name}
        stakes = [one.stake / TOKEN for one in held]
        stake.plot(rounds, stakes, drawstyle="steps-mid", **look)
        rewards.plot(rounds, [one.rewards / TOKEN for one in held], **look)
    _dress(stake, theme, "tokens")
    _dress(rewards, theme, "tokens")
    stake.set_title("Stake in the federation", color=theme.ink)
    rewards.set_title("Rewards so far", color=theme.ink)
    stake.set_ylim(bottom=0)
    rewards.set_ylim(bottom=0)
    _legend(rewards, theme)
    return png(figure)


def _dress(axes: Axes, theme: Theme, unit: str) -> None:
    axes.set_facecolor(theme.ground)
    axes.set_xlabel("round", color=theme.ink)
    axes.set_ylabel(unit, color=theme.ink)
    axes.tick_params(colors=theme.ink)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(color=theme.grid, lw=0.7)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(theme.grid)


def _legend(axes: Axes, theme: Theme) -> None:
    axes.legend(loc="best", frameon=False, labelcolor=theme.ink)


def png(figure: Figure) -> bytes:
    """The figure as a PNG file."""
    buffer = io.BytesIO()
    FigureCanvasAgg(figure)  # no window system: the figure draws itself on this canvas
    figure.savefig(buffer, format="png", facecolor=figure.get_facecolor())
    return buffer.getvalue()
