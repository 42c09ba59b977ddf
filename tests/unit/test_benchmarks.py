"""The benchmarks run, and what they print has the shape that the documentation shows; never times."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks import compute_units, rent
from benchmarks.__main__ import NAMES, page
from benchmarks.report import Result, Table
from fedsol.program import instructions as ix

ROOT = Path(__file__).parents[2]


def test_every_instruction_has_compute_units_above_its_floor() -> None:
    result = compute_units.run(quick=True)
    (table,) = result.tables
    measured = {str(row[0]).split()[0] for row in table.rows}
    builders = {name for name in vars(ix) if "_" in name and not name.startswith("_")}
    assert measured == builders
    for name, units, floor, ratio, token, accounts in table.rows:
        assert isinstance(units, int)
        assert isinstance(floor, int)
        assert 0 < floor < units < 200_000, name
        assert ratio == units / floor
        assert isinstance(token, int)
        assert isinstance(accounts, int)
        assert accounts > 1


def test_a_participant_costs_the_same_however_many_there_are() -> None:
    transactions, accounts, by_size = rent.run(quick=True).tables
    assert [row[0] for row in transactions.rows][-1] == "a round"
    assert all(int(row[1]) <= 1_232 for row in transactions.rows[:-1])
    assert len(accounts.rows) == 5
    medians: dict[str, set[int]] = {}
    for name, _size, least, median, most in by_size.rows:
        assert int(most) - int(least) <= 0.005 * int(least)
        medians.setdefault(str(name), set()).add(int(median))
    assert all(len(found) == 1 for found in medians.values())


def test_the_page_holds_the_machine_every_table_and_every_note() -> None:
    table = Table("Things", ("thing", "units"), [("one", 12_345), ("two", 0.125)])
    text = page({"processor": "a computer"}, [Result("things", "All things", [table], ["A note."])])
    for line in ("- processor: a computer", "## All things", "**Things**", "A note."):
        assert line in text.splitlines()
    assert "| one | 12,345 |" in text
    assert "| two | 0.125 |" in text


def test_the_command_prints_json_and_refuses_a_partial_page() -> None:
    command = [sys.executable, "-m", "benchmarks", "compute_units", "--quick"]
    done = subprocess.run(
        [*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert [one["name"] for one in found["results"]] == ["compute_units"]
    assert "processor" in found["machine"]
    refused = subprocess.run(
        [*command, "--write", "page.md"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert "full run" in refused.stderr
    assert NAMES[0] == "compute_units"
