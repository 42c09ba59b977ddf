"""The picture of an attack: the way of the money, to scale, and what everybody has before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from fedsol.demo.attack_flows import Node, Ways, money_ways
from fedsol.demo.attack_money import Reckoning
from fedsol.demo.attack_plans import PLANS
from fedsol.demo.board import tokens
from fedsol.demo.cast import CONVENER, TOKEN
from fedsol.demo.plots import Theme, png

# Okabe and Ito's colours, as in the other pictures.
_BLUE, _ORANGE, _RED, _GREEN, _GREY = "#0072B2", "#E69F00", "#D55E00", "#009E73", "#8a949e"
_COLOURS = {
    "stake": _BLUE,
    "bond": _ORANGE,
    "put up": _GREEN,
    "pass": _BLUE,
    "fine": _RED,
    "dispute": _GREEN,
    "kept": _BLUE,
    "burned": _RED,
    "treasury": _GREY,
    "finder": _GREEN,
}
_COLUMNS = (0.0, 0.48, 0.96)
_WIDTH, _GAP, _PALE = 0.018, 0.075, 0.38


def attack_png(reckoning: Reckoning, attack: str, theme: Theme) -> bytes:
    """Above, where the cheat's tokens and the bonds went; below, everybody's balances."""
    figure = Figure(figsize=(9, 9), dpi=150, layout="constrained", facecolor=theme.ground)
    ways, balances = figure.subplots(2, 1, height_ratios=(1.1, 1))
    title = f"{PLANS[attack].title}: the money's way, in tokens"
    ways.set_title(title, color=theme.ink, fontsize=14, loc="left", pad=30)
    proof = reckoning.proof
    took = f"proved in {proof.transactions} transactions with {proof.compute_units:,} compute units"
    took = took.replace(" 1 transactions", " 1 transaction")
    ways.annotate(
        took, (0, 1), (0, 14), "axes fraction", "offset points", color=theme.ink, alpha=0.7
    )
    _draw_ways(ways, money_ways(reckoning), theme)
    _draw_balances(balances, reckoning, theme)
    return png(figure)


def _pale(colour: str, theme: Theme) -> tuple[float, float, float]:
    """A colour mixed with the ground."""
    mixed = _PALE * np.array(to_rgb(colour)) + (1 - _PALE) * np.array(to_rgb(theme.ground))
    red, green, blue = mixed.tolist()
    return red, green, blue


# -- the way of the money --------------------------------------------------------------------------


@dataclass
class _Place:
    """Where a node is drawn, and how much of its height flows have taken on either side."""

    node: Node
    left: float
    top: float
    height: float
    came: float = 0.0
    went: float = 0.0


def _draw_ways(axes: Axes, ways: Ways, theme: Theme) -> None:
    axes.set_axis_off()
    axes.set_xlim(-0.32, 1.36)
    axes.set_ylim(0, 1.03)
    scale = _scale(ways.nodes)
    places = {one.node.key: one for one in _places(ways.nodes, scale)}
    for flow in ways.flows:
        _draw_flow(axes, (places[flow.source], places[flow.target]), flow.amount * scale, theme)
    for place in places.values():
        _draw_node(axes, place, theme)


def _scale(nodes: Sequence[Node]) -> float:
    """Height of a token unit: the same everywhere, so that the fullest column just fits."""
    columns = [[one for one in nodes if one.column == column] for column in range(len(_COLUMNS))]
    room = [
        (1 - _GAP * (len(column) - 1)) / sum(one.amount for one in column)
        for column in columns
        if column
    ]
    return min(room, default=1.0)


def _places(nodes: Sequence[Node], scale: float) -> Iterator[_Place]:
    for column, left in enumerate(_COLUMNS):
        mine = [one for one in nodes if one.column == column]
        top = 1.0
        for node in mine:
            height = node.amount * scale
            yield _Place(node, left, top, height)
            top -= height + _GAP


def _draw_flow(axes: Axes, ends: tuple[_Place, _Place], height: float, theme: Theme) -> None:
    source, target = ends
    start, end = source.left + _WIDTH, target.left
    above, there = source.top - source.went, target.top - target.came
    source.went += height
    target.came += height
    bend = (start + end) / 2
    corners = [
        (start, above),
        (bend, above),
        (bend, there),
        (end, there),
        (end, there - height),
        (bend, there - height),
        (bend, above - height),
        (start, above - height),
        (start, above),
    ]
    curve = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    # What comes in has the colour of where it was, what goes out of where it goes.
    colour = _COLOURS[(source if source.node.column == 0 else target).node.key]
    axes.add_patch(PathPatch(Path(corners, codes), facecolor=_pale(colour, theme), lw=0))


def _draw_node(axes: Axes, place: _Place, theme: Theme) -> None:
    node, middle = place.node, place.top - place.height / 2
    foot, colour = place.top - place.height, _COLOURS[node.key]
    if not node.label:
        # A little wider, so that no seam is seen.
        wider = (place.left - _WIDTH / 4, foot)
        through = _pale(colour, theme)
        axes.add_patch(Rectangle(wider, 1.5 * _WIDTH, place.height, facecolor=through, lw=0))
        return
    axes.add_patch(Rectangle((place.left, foot), _WIDTH, place.height, facecolor=colour, lw=0))
    number: dict[str, Any] = {"color": theme.ink, "fontsize": 12, "fontweight": "bold"}
    words: dict[str, Any] = {"color": theme.ink, "fontsize": 9.5}
    if node.column == 1:
        where = place.left + _WIDTH / 2
        axes.text(where, place.top + 0.012, f"{node.label} ", ha="right", va="bottom", **words)
        axes.text(where, place.top + 0.008, tokens(node.amount), va="bottom", **number)
        return
    last = node.column == len(_COLUMNS) - 1
    where, side = (place.left + _WIDTH + 0.015, "left") if last else (place.left - 0.015, "right")
    lines = "\n".join(node.label.split(", "))
    axes.text(where, middle, tokens(node.amount), ha=side, va="bottom", **number)
    axes.text(where, middle, lines, ha=side, va="top", **words)


# -- the balances ----------------------------------------------------------------------------------


def _draw_balances(axes: Axes, reckoning: Reckoning, theme: Theme) -> None:
    rows = [
        (one.name, one.stake_before, one.stake_after)
        for one in reckoning.balances
        if one.name != CONVENER
    ]
    rows += [("treasury", 0, reckoning.treasury), ("burned", 0, reckoning.burned)]
    heights = np.arange(len(rows))[::-1]
    finder = reckoning.fine.finder if reckoning.fine is not None else ""
    for height, (name, before, after) in zip(heights, rows, strict=True):
        colour = _RED if name == reckoning.cheat else _GREEN if name == finder else _BLUE
        colour = _GREY if name in ("treasury", "burned") else colour
        axes.barh(height + 0.19, before / TOKEN, 0.34, color=_pale(colour, theme))
        axes.barh(height - 0.19, after / TOKEN, 0.34, color=colour)
        change = after - before
        text = tokens(after) if not change else f"{tokens(before)} → {tokens(after)}"
        weight = "bold" if change else "normal"
        longest = max(before, after) / TOKEN
        axes.text(longest + 15, height, f" {text}", va="center", color=theme.ink, fontweight=weight)
    axes.set_yticks(heights, [name for name, *_ in rows], color=theme.ink)
    widest = max(max(before, after) for _, before, after in rows) / TOKEN
    axes.set_xlim(0, 1.18 * widest)
    axes.set_title(
        "Stake tokens of everybody, before (pale) and after",
        color=theme.ink,
        fontsize=12,
        loc="left",
    )
    axes.set_facecolor(theme.ground)
    axes.tick_params(colors=theme.ink, length=0, labelbottom=False)
    axes.spines[:].set_visible(False)
