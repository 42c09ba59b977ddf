"""``fedsol simulate``: options become a simulation, and its result is shown, drawn and kept."""

import json
from pathlib import Path

import pytest

from fedsol.simulation.checkpoint import Checkpoint
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
    # Commitments go five in a transaction, reveals three, claims four.
    assert done.json["transactions"] > 2 * (1 + 2 + 2)
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
    "chosen",
    [
        "NearestNeighborMixing(inner=FedTrimmedAvg(beta=0.3))",
        "Bucketing(size=2,inner=NearestNeighborMixing(inner=Krum))",
    ],
)
def test_strategies_are_written_one_around_another(chosen: str) -> None:
    done = simulated("--rounds", "3", "--json", "--strategy", chosen)
    assert done.status == 0, done.err
    assert done.json["strategy"] == chosen
    assert done.json["accuracy"] > 0.5


@pytest.mark.parametrize("exact", [(), ("--exact",)], ids=["floats", "exact"])
def test_a_strategy_with_held_out_data_keeps_samples_for_itself(exact: tuple[str, ...]) -> None:
    lying = ("--attack", "SignFlip(scale=5)", "--byzantine", "0.6", "--rounds", "4", "--json")
    fooled = simulated(*lying, *exact, "--strategy", "FedMedian")
    done = simulated(*lying, *exact, "--strategy", "HeldOutFit(samples=30,own_steps=0)")
    assert (fooled.status, done.status) == (0, 0), done.err
    assert fooled.json["accuracy"] < 0.5 < 0.7 < done.json["accuracy"]


def test_samples_are_hidden_until_the_budget_is_spent(tmp_path: Path) -> None:
    private = ("--privacy", "examples", "--epsilon", "14", "--delta", "1e-3", "--governed")
    options = (*private, "--out", str(tmp_path), "--json")
    done = simulated("--rounds", "50", "--audit", *options)
    assert done.status == 0, done.err
    assert "WARNING" not in done.err
    found = done.json
    assert 1 < found["rounds"] < 50
    assert found["ended_by_budget"]
    assert 10 < found["epsilon"] <= 14
    assert (found["delta"], found["hidden"]) == (1e-3, "one of the examples: add or remove one")
    assert "no contradiction" in found["audit"]
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert round(json.loads(lines[-1])["epsilon"], 4) == found["epsilon"]


def test_a_budget_for_no_round_ends_it_before_the_first() -> None:
    private = ("--privacy", "examples", "--epsilon", "0.1", "--governed", "--audit")
    done = simulated("--rounds", "3", "--json", *private)
    assert done.status == 0, done.err
    assert (done.json["rounds"], done.json["epsilon"]) == (0, None)
    assert done.json["ended_by_budget"]


@pytest.mark.parametrize(
    ("more", "hidden"), [((), "add or remove one"), (("--per-round", "3"), "replace one")]
)
def test_clients_are_hidden_and_what_it_costs_is_told(more: tuple[str, ...], hidden: str) -> None:
    done = simulated("--rounds", "2", "--json", "--privacy", "clients", *more)
    assert done.status == 0, done.err
    assert done.json["hidden"] == f"one of the clients: {hidden}"
    assert done.json["epsilon"] > 1
    assert not done.json["ended_by_budget"]


def test_a_masked_one_has_the_same_model_and_says_what_masks_took(tmp_path: Path) -> None:
    # Of equal shares, numbers of samples say nothing.
    slow = ("--rounds", "6", "--stragglers", "0.4", "--json", "--out")
    shown = simulated("--exact", *slow, str(tmp_path / "shown"))
    done = simulated("--masked", *slow, str(tmp_path))
    assert done.status == 0, done.err
    found = done.json
    assert found["dropped_or_late"] == shown.json["dropped_or_late"] > 0
    kept = [Checkpoint.load(folder) for folder in (tmp_path, tmp_path / "shown")]
    assert (kept[0].model == kept[1].model).all()
    assert found["masks"] == "with 4 neighbours; 3 of 5 shares recover a secret"
    assert (found["masking_seconds"] > 0, found["rounds_lost"]) == (True, 0)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert all(line["masking"] > 0 and not line["lost"] for line in lines)


def test_rounds_with_too_few_left_are_counted() -> None:
    done = simulated("--masked", "--dropout", "0.6", "--rounds", "6", "--json")
    assert done.status == 0, done.err
    assert 0 < done.json["rounds_lost"] < 6


def test_clients_under_masks_are_hidden_in_noise_of_their_own() -> None:
    noisy = ("--masked", "--privacy", "clients", "--per-round", "4", "--rounds", "2", "--json")
    done = simulated(*noisy)
    assert done.status == 0, done.err
    assert done.json["hidden"] == "one of the clients: add or remove one"
    assert done.json["epsilon"] > 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--strategy", "FedBest"), "no strategy 'FedBest'"),
        (("--strategy", "FedAvg("), "cannot be read at character 7"),
        (("--strategy", "HeldOutFit(samples=900)"), "cannot hold out 900 of"),
        (("--strategy", "Bucketing(inner=FedBest(a=1))"), "no strategy 'FedBest'"),
        (("--strategy", "Bucketing(inner=Krum(f=1))"), "strategy Krum: "),
        (("--strategy", "Bucketing(inner=5)"), "goes around a strategy, not 5"),
        (("--strategy", "Bucketing(size=Krum(num_malicious_nodes=1))"), "size of Bucketing is no"),
        (("--strategy", "Bucketing(inner=" * 9 + "Krum()" + ")" * 9), "too many, one inside"),
        (("--attack", "SignFlip(scale=Krum(a=1))"), "too many, one inside"),
        (("--epsilon", "3"), "there is none"),
        (("--privacy", "examples", "--noise-multiplier", "0", "--epsilon", "3"), "without noise"),
        (("--privacy", "clients", "--governed"), "an exact run has none"),
        (("--masked", "--governed"), "masked rounds are not on a chain"),
        (("--masked", "--strategy", "FedMedian"), "FedMedian compares single updates"),
        (("--masked", "--codec", "int8"), "Codec int8"),
        (("--masked", "--per-round", "2"), "tells each client the other's"),
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
