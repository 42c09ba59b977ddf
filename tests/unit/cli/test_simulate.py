"""``fedsol simulate``: options become a simulation, and its result is shown, drawn and kept."""

import json
from pathlib import Path

import pytest

from fedsol.cli.simulating import parse_call
from fedsol.errors import ConfigError
from tests.unit.cli.conftest import Done, run

SMALL = ("simulate", "--data", "iris", "--clients", "5", "--width", "5", "--seed", "3")


def simulated(*options: str) -> Done:
    return run(*SMALL, *options)


def test_the_result_says_what_came_out() -> None:
    done = simulated("--rounds", "4", "--json")
    assert done.status == 0
    found = done.json
    assert found["accuracy"] > 0.6
    assert (found["rounds"], found["clients"], found["updates"]) == (4, 5, 20)
    assert found["clients_per_second"] > 0


def test_what_is_kept_is_gone_on_with(tmp_path: Path) -> None:
    kept = ("--out", str(tmp_path), "--json")
    whole = simulated("--rounds", "4", "--out", str(tmp_path / "whole"), "--json")
    assert simulated("--rounds", "2", *kept).status == 0
    resumed = simulated("--rounds", "4", "--resume", *kept)
    assert resumed.json["accuracy"] == whole.json["accuracy"]
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3, 4]
    assert (tmp_path / "accuracy.png").read_bytes()[:4] == b"\x89PNG"
    again = simulated("--rounds", "4", *kept)
    assert again.status == 1
    assert "holds a simulation already" in again.error


def test_a_governed_one_is_audited(tmp_path: Path) -> None:
    done = simulated("--rounds", "2", "--governed", "--audit", "--out", str(tmp_path), "--json")
    assert done.status == 0, done.err
    assert done.json["transactions"] > 2 * 3 * 5
    assert "no contradiction" in done.json["audit"]


def test_attackers_and_absentees_are_counted() -> None:
    done = simulated(
        "--rounds", "3", "--json", "--attack", "SignFlip(scale=20)", "--byzantine", "0.4",
        "--strategy", "FedMedian", "--dropout", "0.3",
    )  # fmt: skip
    assert done.status == 0, done.err
    assert done.json["dropped_or_late"] > 0
    assert done.json["updates"] + done.json["dropped_or_late"] == 15


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--strategy", "FedBest"), "no strategy 'FedBest'"),
        (("--strategy", "FedAvg(", "--rounds", "1"), "cannot be read"),
        (("--attack", "Nice"), "no attack 'Nice'"),
        (("--strategy", "FedAdam", "--governed"), "cannot run exact"),
        (("--rounds", "0"), "--rounds must be 1 or more"),
        (("--per-round", "9"), "more than there are"),
        (("--resume",), "resuming takes the folder"),
    ],
)
def test_what_does_not_fit_is_named(options: tuple[str, ...], words: str) -> None:
    done = simulated(*options)
    assert done.status == 1
    assert words in done.error


def test_trackers_are_told_and_go_on_after_a_break(tmp_path: Path) -> None:
    lines = tmp_path / "told.jsonl"
    told = ("--out", str(tmp_path / "run"), "--track", f"jsonl:{lines}")
    assert simulated("--rounds", "2", *told).status == 0
    assert simulated("--rounds", "3", "--resume", *told).status == 0
    assert [json.loads(line)["step"] for line in lines.read_text().splitlines()] == [1, 2, 3]


def test_settings_are_read_as_numbers_words_and_truths() -> None:
    assert parse_call("FedAvg") == ("FedAvg", {})
    name, settings = parse_call(" Mixed( a = 1, b=0.5,c=word , d=true)")
    assert name == "Mixed"
    assert settings == {"a": 1, "b": 0.5, "c": "word", "d": True}


@pytest.mark.parametrize("text", ["", "A(b)", "A(b=)", "A(1=2", "A B"])
def test_what_is_no_name_with_settings_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        parse_call(text)
