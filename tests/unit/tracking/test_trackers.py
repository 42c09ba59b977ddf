"""Every tracker is read back by its own tool's format; several say the same."""

import json
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from fedsol.errors import ConfigError
from fedsol.tracking import (
    JsonLines,
    Mlflow,
    Several,
    TensorBoard,
    Tracker,
    Wandb,
    read_lines,
    tracker,
)

METRICS = {1: {"loss": 0.5, "accuracy": 0.25}, 2: {"loss": 0.125}}


def log_all(to: Tracker) -> None:
    with to:
        for step, metrics in METRICS.items():
            to.log(step, metrics)


def events(folder: Path) -> list:
    """TensorBoard's records: length (uint64), its CRC, an event, its CRC."""
    from tensorboardX.proto.event_pb2 import Event

    found = []
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            found.append(Event.FromString(content[12 : 12 + length]))
            content = content[16 + length :]
    return found


def scalars(folder: Path) -> dict[int, dict[str, float]]:
    found: dict[int, dict[str, float]] = {}
    for event in events(folder):
        for value in event.summary.value:
            found.setdefault(event.step, {})[value.tag] = value.simple_value
    return found


def test_tensorboard(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    log_all(tracker(f"tensorboard:{tmp_path}/board"))
    assert scalars(tmp_path / "board") == METRICS


def test_tensorboard_hides_what_a_resumed_run_says_again(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    log_all(TensorBoard(tmp_path, after=1))
    session = [event for event in events(tmp_path) if event.HasField("session_log")]
    assert [(event.step, event.session_log.status) for event in session] == [(2, 1)]


# SQLAlchemy warns of what MLflow does.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_mlflow(tmp_path: Path) -> None:
    mlflow = pytest.importorskip("mlflow")
    pytest.importorskip("sqlalchemy")
    first = Mlflow(tmp_path / "runs" / "all.db", run="first")
    log_all(first)
    second = tracker(f"mlflow:sqlite:///{tmp_path}/runs/all.db")
    again = Mlflow(tmp_path / "runs" / "all.db", run_id=first.run_id)
    again.log(3, {"loss": 0.0})
    again.close()
    second.close()
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{tmp_path}/runs/all.db")
    history = client.get_metric_history(first.run_id, "loss")
    assert [(one.step, one.value) for one in history] == [(1, 0.5), (2, 0.125), (3, 0.0)]
    run = client.get_run(first.run_id).info
    assert (run.run_name, run.status) == ("first", "FINISHED")
    experiment = client.get_experiment_by_name("fedsol")
    assert len(client.search_runs([experiment.experiment_id])) == 2
    with pytest.raises(ConfigError, match="cannot be used"):
        Mlflow(tmp_path / "runs" / "all.db", run_id="nothing")


def records(file: Path) -> list:
    """W&B's records, in LevelDB's log format: CRC, length (uint16), 1 for a whole one, the record."""
    from wandb.proto.wandb_internal_pb2 import Record

    content, found = file.read_bytes()[7:], []
    while content:
        _, length, kind = struct.unpack("<IHB", content[:7])
        assert kind == 1
        found.append(Record.FromString(content[7 : 7 + length]))
        content = content[7 + length :]
    return found


def test_wandb_keeps_all_on_this_machine(tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("wandb")
    for name in ("WANDB_API_KEY", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    run = Wandb("tests", folder=tmp_path)
    log_all(run)
    (file,) = run.folder.glob("*.wandb")
    assert file.is_relative_to(tmp_path)
    found = {}
    for record in records(file):
        items = {(one.key or one.nested_key[0]): one.value_json for one in record.history.item}
        if items:
            line = {name: json.loads(value) for name, value in items.items()}
            found[line["_step"]] = {k: v for k, v in line.items() if not k.startswith("_")}
    assert found == METRICS


def test_several_say_the_same(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    log_all(tracker(f"jsonl:{tmp_path}/one.jsonl", f"tensorboard:{tmp_path}/board"))
    lines = read_lines(tmp_path / "one.jsonl")
    assert {line.pop("step"): line for line in lines} == METRICS
    assert scalars(tmp_path / "board") == METRICS


def test_one_that_cannot_be_closed_keeps_no_other_open(tmp_path: Path) -> None:
    class Broken(Tracker):
        def log(self, step: int, metrics: Mapping[str, float]) -> None: ...

        def close(self) -> None:
            raise OSError("the disk is full")

    lines = JsonLines(tmp_path / "one.jsonl")
    for order in ([Broken(), lines], [lines, Broken()]):
        with pytest.raises(OSError, match="the disk is full"):
            Several(order).close()
    assert lines._file.closed


@pytest.mark.parametrize("text", ["", "csv:one.csv", "jsonl", "jsonl:", "one.jsonl"])
def test_what_is_no_tracker(tmp_path: Path, text: str, monkeypatch) -> None:
    """Nothing is opened when one of several is wrong."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="is no tracker") as error:
        tracker("jsonl:good.jsonl", text)
    assert "jsonl, tensorboard, mlflow, wandb" in error.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_simulation_takes_it(tmp_path: Path) -> None:
    """Without being told of the interface: the numbers of every round, by its number."""
    from fedsol.simulation.history import RoundMetrics, tell

    one = RoundMetrics(3, 10, 1, 0, None, 0.75, 2.0, 1.0, 0.0)
    with tracker(f"jsonl:{tmp_path}/one.jsonl") as lines:
        tell((lines,), one)
    (line,) = read_lines(tmp_path / "one.jsonl")
    assert (line["step"], line["accuracy"], line["clients_per_second"]) == (3, 0.75, 5.0)
    assert "loss" not in line
