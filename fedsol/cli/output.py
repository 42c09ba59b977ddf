"""Results on standard output, everything else on standard error."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from fedsol.cli.options import Options
from fedsol.errors import FedsolError

_SILENCE_SECONDS = 2.0
_PIPE_WIDTH = 140

View = Callable[[], Iterable[RenderableType]]


def show(options: Options, result: dict[str, Any], view: View | None = None) -> None:
    """Writes a command's result: as JSON, or the view of it (its fields as a table)."""
    if options.json:
        write_json(result)
        return
    console = stdout()
    for part in view() if view is not None else [facts(result)]:
        console.print(part)


def write_json(result: dict[str, Any]) -> None:
    """One JSON value, on a line of its own, at once."""
    print(json.dumps(result, default=str), flush=True)


def stdout() -> Console:
    """The console of results; wide enough for an address where there is no terminal."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def stderr() -> Console:
    """The console of progress and errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def note(text: str) -> None:
    """A line for people, on standard error."""
    stderr().print(Text(text))


def facts(pairs: dict[str, Any]) -> Table:
    """Names and values, one to a line."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        table.add_row(name.replace("_", " "), _text(value))
    return table


def grid(headings: Iterable[str], rows: Iterable[Iterable[Any]], *, title: str = "") -> Table:
    """A table with headings."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_text(value) for value in row))
    return table


def report(error: FedsolError, *, as_json: bool) -> None:
    """An error for people on standard error, or as JSON on standard output."""
    if as_json:
        write_json(
            {"error": {"kind": type(error).__name__, "message": str(error), "hint": error.hint}}
        )
    console = stderr()
    console.print(Text(f"error: {error}", style="red"))
    if error.hint:
        console.print(Text(f"hint: {error.hint}"))


@asynccontextmanager
async def waiting(for_what: str) -> AsyncIterator[None]:
    """Says what is waited for: as a spinner on a terminal, else as a line once two seconds passed."""
    console = stderr()
    if console.is_terminal:
        with console.status(Text(f"waiting for {for_what}")):
            yield
        return
    line = asyncio.create_task(_line_later(f"waiting for {for_what}"))
    try:
        yield
    finally:
        line.cancel()
        with suppress(asyncio.CancelledError):
            await line


async def _line_later(text: str) -> None:
    await asyncio.sleep(_SILENCE_SECONDS)
    note(text)


def _text(value: Any) -> RenderableType:
    # Text, not markup: a name from the chain must not be able to colour or link anything.
    if isinstance(value, Text):
        return value
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    return Text(f"{value:,}" if isinstance(value, int) else str(value))
