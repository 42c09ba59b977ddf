"""One telling of an attack: the story twice (as it is, and without the cheat), the bill, and the files."""

import asyncio
import json as jsons
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fedsol.demo.attack_board import AttackBoard
from fedsol.demo.attack_money import Reckoning, reckon
from fedsol.demo.attack_plots import attack_png
from fedsol.demo.attack_report import (
    CHEAT,
    FINDER,
    attack_html,
    cost_rows,
    headline,
    proof_line,
    said,
)
from fedsol.demo.attack_result import Telling
from fedsol.demo.cast import Scenario
from fedsol.demo.live import Plain, Quiet, Shown
from fedsol.demo.performance import show_audit
from fedsol.demo.plots import LIGHT
from fedsol.demo.story import play
from fedsol.files import write_atomic


def perform_attack(scenario: Scenario, out: Path, *, json: bool = False) -> int:
    """Tells the attack, writes the files and shows the end; 0 if it was caught and the audit passed."""
    console = Console(quiet=json)
    with _screen(scenario, console, json=json) as screen:
        outcome = asyncio.run(play(scenario, screen))
    # What the cheat would have had otherwise is not computed: the same people play without it.
    honest = asyncio.run(play(replace(scenario, honest=True), Quiet(scenario.rounds)))
    telling = Telling(outcome, reckon(outcome, honest), screen.told)
    write(telling, out)
    if json:
        print(jsons.dumps(telling.to_json(), indent=2))
    else:
        show_end(telling, console, out)
    return 0 if telling.ok else 1


def files_of(attack: str) -> tuple[str, str, str]:
    """What is written into the folder: page, picture and numbers."""
    return f"attack-{attack}.html", f"attack-{attack}.png", f"attack-{attack}.json"


def write(telling: Telling, out: Path) -> None:
    """Writes the three files, each of them whole or not at all."""
    picture = attack_png(telling.reckoning, telling.attack, LIGHT)
    page = attack_html(telling, picture).encode()
    result = jsons.dumps(telling.to_json(), indent=2).encode()
    contents = (page, picture, result)
    for name, content in zip(files_of(telling.attack), contents, strict=True):
        write_atomic(out / name, content)


def show_end(telling: Telling, console: Console, out: Path) -> None:
    """The bill, what must hold of it, the audit and where to read on."""
    console.print()
    console.print(Text(headline(telling), style="bold"), soft_wrap=True)
    console.print(proof_line(telling.reckoning.proof), highlight=False, soft_wrap=True)
    console.print()
    console.print(_costs(telling.reckoning))
    console.print()
    for holds, words in said(telling.reckoning):
        line = Text("  ✓ ", style="green") if holds else Text("  ✗ ", style="bold red")
        console.print(line.append(words, style="default" if holds else "red"), soft_wrap=True)
    console.print()
    show_audit(telling.outcome.audit, console)
    console.print()
    page, picture, _ = files_of(telling.attack)
    there = f"Read on in {out / page}; the money's way is {out / picture}."
    console.print(there, highlight=False, soft_wrap=True)


def _costs(reckoning: Reckoning) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), title="What it cost, what it brought")
    table.title_justify = "left"
    table.add_column("in tokens", no_wrap=True)
    for column in ("stake", "after", "change", "if honest", "rewards", "if honest"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row in cost_rows(reckoning):
        table.add_row(*row, style={CHEAT: "red", FINDER: "green"}.get(row[-1]))
    return table


def _screen(scenario: Scenario, console: Console, *, json: bool) -> Quiet:
    board = AttackBoard({}, scenario.rounds, scenario=scenario)
    if json:
        return Quiet(scenario.rounds, board)
    shown = Shown if console.is_terminal else Plain
    return shown(scenario.rounds, console, board)
