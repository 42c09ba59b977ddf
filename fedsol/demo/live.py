"""The terminal while the story is told: live, or one plain line for each step."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from solders.pubkey import Pubkey

from fedsol.demo.board import Board, Line, Seat, tokens
from fedsol.demo.record import Moment

_BARS = "▁▂▃▄▅▆▇█"
_STYLES = {"fault": "red", "cheat": "bold red", "verdict": "bold red", "pay": "green"}


class Quiet(AbstractContextManager["Quiet"]):
    """Shows nothing, but keeps the board and what was told: the round's number and the line."""

    def __init__(self, rounds: int, board: Board | None = None) -> None:
        self.board = Board({}, rounds) if board is None else board
        self.started = 0
        self.told: list[tuple[int, Line]] = []

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to put away."""

    def cast(self, names: Mapping[Pubkey, str]) -> None:
        """See ``Screen``."""
        self.board.names = names

    def saw(self, moment: Moment) -> None:
        """See ``Screen``."""
        self.started = self.started or moment.time
        for line in self.board.tell(moment.event, moment.time):
            self.told.append((self.board.number, line))
            self.say(line)
        self.refresh()

    def scored(self, accuracy: float) -> None:
        """See ``Screen``."""
        self.board.accuracies.append(accuracy)
        self.end_round()

    def say(self, line: Line) -> None:
        """Says what happened."""

    def refresh(self) -> None:
        """Shows the board as it is now."""

    def end_round(self) -> None:
        """Shows that a round is over and its model measured."""


class Plain(Quiet):
    """One line for each step: for files, pipes and logs."""

    def __init__(self, rounds: int, console: Console, board: Board | None = None) -> None:
        super().__init__(rounds, board)
        self.console = console

    def say(self, line: Line) -> None:
        """See ``Quiet``."""
        self._line(line.step, line.words)

    def end_round(self) -> None:
        """See ``Quiet``."""
        self._line("accuracy", f"{self.board.accuracies[-1]:.1%}")

    def _line(self, step: str, words: str) -> None:
        where = f"round {self.board.number}" if self.board.number else "before"
        text = f"{where:<9} {step:<10} {words}"
        self.console.print(text, soft_wrap=True, highlight=False, markup=False)


class Shown(Quiet):
    """A panel that follows every event, and one lasting line for each round."""

    def __init__(self, rounds: int, console: Console, board: Board | None = None) -> None:
        super().__init__(rounds, board)
        self.live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        self.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.live.stop()

    def say(self, line: Line) -> None:
        """See ``Quiet``."""
        if line.step in self.board.lasting and self.board.number > 0:
            text = Text(line.words, style=_STYLES.get(line.step, "cyan"))
            self.live.console.print(Padding(text, (0, 0, 0, 11)))

    def refresh(self) -> None:
        """See ``Quiet``."""
        self.live.update(panel(self.board, self.started), refresh=True)

    def end_round(self) -> None:
        """See ``Quiet``."""
        board = self.board
        revealed = sum(seat.revealed for seat in board.seats.values())
        line = Text(f"round {board.number:>2}   ", style="bold")
        line.append(f"{board.accuracies[-1]:.1%}", style="bold green")
        line.append(f"   {revealed} updates, {tokens(board.share)} for each", style="default")
        self.live.console.print(line)
        self.refresh()


def panel(board: Board, started: int) -> RenderableType:
    """The board as rich shows it."""
    elapsed = timedelta(seconds=board.time - started)
    title = f"round {board.number} of {board.rounds}" if board.number else "founding"
    foot = f"chain time {str(elapsed).removesuffix(', 0:00:00')}"
    case = [Text(board.case, style="yellow")] if board.case else []
    parts = Group(_phases(board), _seats(board), *case, _curve(board))
    return Panel(parts, title=title, subtitle=foot, width=78, border_style="dim")


def _phases(board: Board) -> Text:
    here = board.phases.index(board.phase) if board.phase in board.phases else -1
    text = Text()
    for place, phase in enumerate(board.phases):
        style = "bold cyan" if place == here else "green" if place < here else "dim"
        text.append(("● " if place <= here else "○ ") + phase.lower() + "  ", style=style)
    return text


def _seats(board: Board) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), expand=True)
    table.add_column("hospital")
    for column in ("stake", "committed", "revealed", "earned"):
        table.add_column(column, justify="center" if column.endswith("ed") else "right")
    table.add_column("", style="dim")
    for seat in board.seats.values():
        note = Text(seat.note, style="bold red" if seat.note.startswith("slashed") else "")
        ticks = (_tick(seat, seat.committed), _tick(seat, seat.revealed))
        stake = tokens(seat.stake + seat.bond + seat.leaving)
        table.add_row(seat.name, stake, *ticks, tokens(seat.rewards), note)
    return table


def _tick(seat: Seat, done: bool) -> Text:
    return Text("✓", style="green") if done else Text("·", style="dim")


def _curve(board: Board) -> Text:
    text = Text(f"pool {tokens(board.pool)}", style="default")
    if board.accuracies:
        low, high = min(board.accuracies), max(board.accuracies)
        step = (high - low) / (len(_BARS) - 1) or 1.0
        bars = "".join(_BARS[round((one - low) / step)] for one in board.accuracies)
        text.append(f"    accuracy {bars} ")
        text.append(f"{board.accuracies[-1]:.1%}", style="bold green")
    slashed = sum(seat.slashed for seat in board.seats.values())
    if slashed:
        text.append(f"    slashed {tokens(slashed)}", style="red")
    return text
