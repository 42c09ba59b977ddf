"""The benchmarks run, and what they print has the shape that the documentation shows; never times."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks import compute_units, fraud_proofs, recomputing, rent
from benchmarks.__main__ import NAMES, page, replaced
from benchmarks.lone_path import model_path, update_path
from benchmarks.proving import WrongAggregate
from benchmarks.report import Result, Table
from fedsol.learning.merkle import EMPTY_HASH, chunk_count, update_tree, verify_model, verify_update
from fedsol.learning.merkle import Path as MerklePath
from fedsol.program.params import mean, median

ROOT = Path(__file__).parents[2]
EMPTY = EMPTY_HASH + bytes(8)


def test_every_instruction_has_compute_units_above_its_floor() -> None:
    result = compute_units.run(quick=True)
    (table,) = result.tables
    measured = {str(row[0]).split()[0] for row in table.rows}
    idl = json.loads((ROOT / "idl" / "fedsol.json").read_text())
    assert measured == {one["name"] for one in idl["instructions"]}
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
    sizes = {str(row[0]): int(row[1]) for row in accounts.rows}
    # Two bytes and a bit for each of three submissions more; two bytes for each of four.
    assert sizes["challenge of an aggregate of 6"] - sizes["challenge of an aggregate of 3"] == 6
    assert sizes["evaluation of 8 submissions"] - sizes["evaluation of 4 submissions"] == 8
    medians: dict[str, set[int]] = {}
    for name, _size, least, middle, most in by_size.rows:
        assert int(most) - int(least) <= 0.005 * int(least)
        medians.setdefault(str(name), set()).add(int(middle))
    assert all(len(found) == 1 for found in medians.values())


def test_proofs_fit_their_transactions_and_their_budget() -> None:
    by_size, by_rule, others, _computed = fraud_proofs.run(quick=True).tables
    for (
        submissions,
        parameters,
        transactions,
        largest,
        units,
        verdict,
        fees,
        locked,
        *_,
    ) in by_size.rows:
        case = (submissions, parameters)
        assert int(transactions) >= int(submissions) + 2, case
        assert int(largest) <= 1_232, case
        assert fees == 5_000 * int(transactions), case
        assert int(locked) > 1_000_000, case
        assert int(verdict) < int(units) <= 130_000 + 15_000 * int(transactions), case
    assert [row[0] for row in by_rule.rows] == ["mean", "trimmed mean", "median"]
    assert [row[0] for row in others.rows] == [
        "false plant",
        "copied update",
        "lying norm",
        "demand, answered",
    ]
    assert all(int(row[2]) <= 1_232 for row in others.rows)


def test_a_path_too_long_for_one_transaction_is_proved_in_two() -> None:
    one = WrongAggregate(1, fraud_proofs.LARGEST, mean()).prove()
    # The claim, two for the update's path, one for each model, the verdict with the payment.
    assert one.transactions == 6
    assert one.largest <= 1_232


def test_64_updates_of_a_million_parameters_take_a_million_units_and_a_small_verdict() -> None:
    one = WrongAggregate(64, 1_000_000, median()).prove()
    assert one.units <= 1_000_000
    assert one.verdict <= 100_000


def test_a_lone_path_leads_to_its_root_wherever_it_is() -> None:
    for parameters in (1, 64, 128, 1_000, 100_001):
        for coordinate in {0, parameters // 3, parameters - 1}:
            update = update_path(parameters, coordinate, 7, seed=b"update")
            path = MerklePath(coordinate // 128, update.siblings)
            assert verify_update(update.root, chunk_count(parameters, 128), update.chunk, path)
            model = model_path(parameters, coordinate, -7, seed=b"model")
            path = MerklePath(coordinate // 64, model.siblings)
            assert verify_model(model.root.hash, chunk_count(parameters, 64), model.chunk, path)
            shown = int.from_bytes(model.chunk[coordinate % 64 * 4 :][:4], "little", signed=True)
            assert shown == -7


def test_a_lone_path_has_the_empty_leaf_beside_it_where_a_whole_tree_has() -> None:
    for chunks in (1, 2, 3, 5, 8, 11):
        tree = update_tree(np.ones(128 * chunks, np.int16))
        for index in range(chunks):
            whole = tree.prove(index).siblings
            lone = update_path(128 * chunks, 128 * index, 7, seed=b"update").siblings
            assert [one == EMPTY for one in lone] == [one == EMPTY for one in whole]


def test_a_lying_path_leads_to_its_root_with_another_sum_than_its_chunk_has() -> None:
    honest, lying = (update_path(1_000, 5, 7, seed=b"update", lie=lie) for lie in (0, 3))
    assert lying.chunk == honest.chunk
    assert lying.root.sum == honest.root.sum + 3
    assert not verify_update(lying.root, 8, lying.chunk, MerklePath(0, lying.siblings))


def test_repeating_an_aggregation_on_chain_is_counted_from_the_limits() -> None:
    (row,) = recomputing.recomputed({(64, 1_000_000): 1_000_000}).rows
    carried = recomputing.payload()
    assert 1_000 <= carried <= 1_100
    transactions = -(-64 * 1_000_000 * 2 // carried)
    assert row[:4] == (64, 1_000_000, transactions, transactions * 5_000 / 10**9)
    assert row[4] == 8 * 1_000_000 * 5_080 / 10**9


def test_the_page_holds_the_machine_every_table_and_every_note() -> None:
    table = Table("Things", ("thing", "units"), [("one", 12_345), ("two", 0.125)])
    text = page({"processor": "a computer"}, [Result("things", "All things", [table], ["A note."])])
    for line in ("- processor: a computer", "## All things", "**Things**", "A note."):
        assert line in text.splitlines()
    assert "| one | 12,345 |" in text
    assert "| two | 0.125 |" in text


def test_a_section_is_measured_again_and_the_rest_of_the_page_stays() -> None:
    machine = {"processor": "a computer", "load average at the start": "0.5"}
    results = [
        Result(name, name.title(), [Table("T", ("thing", "units"), [("one", count)])])
        for count, name in enumerate(("first", "second", "third"))
    ]
    text = page(machine, results)
    again = Result("second", "Second", [Table("T", ("thing", "units"), [("one", 77)])])
    found = replaced(text, machine, [again]).splitlines()
    assert "| one | 77 |" in found
    assert "| one | 1 |" not in found
    moment = found[found.index("## Second") + 2]
    assert moment.startswith("*Measured on ")
    assert moment.endswith("load average 0.5.*")
    fresh = [line for line in found if line != moment and line != "| one | 77 |"]
    kept = [line for line in text.splitlines() if line != "| one | 1 |"]
    assert [line for line in fresh if line] == [line for line in kept if line]
    both = replaced(text, machine, [again, Result("new", "New", [])])
    assert "| one | 77 |" in both
    assert "## New" in both[both.index("## Third") :]


def test_the_command_prints_json_and_refuses_a_page_of_small_sizes() -> None:
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
    assert "full sizes" in refused.stderr
    assert NAMES[0] == "compute_units"
