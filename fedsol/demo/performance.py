"""One whole telling: the story, the comparison, the files, and the end on the terminal."""

import asyncio
import json as jsons
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fedsol.audit import AuditReport
from fedsol.demo.baselines import measure
from fedsol.demo.board import tokens
from fedsol.demo.cast import Scenario
from fedsol.demo.live import Plain, Quiet, Shown
from fedsol.demo.report import html_report, pictures, sol, totals_line
from fedsol.demo.story import Outcome, play
from fedsol.demo.summary import Purse, Summary, summarise
from fedsol.files import write_atomic

FILES = ("report.html", "accuracy.png", "balances.png", "result.json")
"""What is written into the folder."""


def perform(scenario: Scenario, out: Path, *, json: bool = False) -> int:
    """Tells the story, writes the files and shows the end; 0 if the audit found nothing wrong."""
    console = Console(quiet=json)
    with _screen(scenario, console, json=json) as screen:
        outcome = asyncio.run(play(scenario, screen))
    summary = add_up(outcome)
    write(summary, out)
    if json:
        print(jsons.dumps(summary.to_json(), indent=2))
    else:
        show_end(summary, console, out)
    return 0 if summary.outcome.audit.ok else 1


def add_up(outcome: Outcome) -> Summary:
    """The story's summary, with what training alone and on pooled data gives."""
    data = outcome.scenario.deal()
    return summarise(outcome, measure(outcome.scenario, data), [len(one) for one in data.shares])


def write(summary: Summary, out: Path) -> None:
    """Writes the four files, each of them whole or not at all."""
    accuracy, balances = pictures(summary)
    page = html_report(summary, accuracy, balances).encode()
    result = jsons.dumps(summary.to_json(), indent=2).encode()
    for name, content in zip(FILES, (page, accuracy, balances, result), strict=True):
        write_atomic(out / name, content)


def show_end(summary: Summary, console: Console, out: Path) -> None:
    """The money, the audit and where to read on."""
    alone = [curve[-1] for curve in summary.baselines.alone]
    console.print()
    console.print(
        f"Accuracy on data that nobody trained on: [bold]{summary.outcome.accuracies[-1]:.1%}[/] "
        f"together, {sum(alone) / len(alone):.1%} alone on average "
        f"({min(alone):.1%} to {max(alone):.1%}), {summary.baselines.pooled[-1]:.1%} pooled.",
        highlight=False,
    )
    console.print()
    console.print(_money(summary))
    console.print(totals_line(summary), highlight=False)
    console.print()
    show_audit(summary.outcome.audit, console)
    console.print()
    console.print(
        f"Read on in {out / FILES[0]}; pictures and numbers are beside it.", highlight=False
    )


def show_audit(report: AuditReport, console: Console) -> None:
    """Every check of an audit, with what it looked at or what is wrong."""
    console.print(Text(f"Audit: {report.events} events replayed from the ledger", style="bold"))
    for check in report.checks:
        line = Text("  ✓ ", style="green") if check.ok else Text("  ✗ ", style="bold red")
        line.append(check.name, style="default")
        line.append(f"  {check.detail}", style="dim" if check.ok else "red")
        console.print(line)


def _money(summary: Summary) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("in tokens", no_wrap=True)
    columns = ("staked", "returned", "slashed", "still in", "rewards", "finder's", "SOL")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    for purse in summary.purses:
        table.add_row(*_cells(purse))
    table.caption = "SOL: fees, and the rent of accounts that are still open"
    table.caption_justify = "left"
    return table


def _cells(purse: Purse) -> list[str]:
    amounts = (
        purse.staked,
        purse.returned,
        purse.slashed,
        purse.still_staked,
        purse.rewards,
        purse.found,
    )
    shown = [tokens(amount) if amount else "-" for amount in amounts]
    return [purse.name, *shown, sol(purse.fees + purse.rent)]


def _screen(scenario: Scenario, console: Console, *, json: bool) -> Quiet:
    if json:
        return Quiet(scenario.rounds)
    shown = Shown if console.is_terminal else Plain
    return shown(scenario.rounds, console)
