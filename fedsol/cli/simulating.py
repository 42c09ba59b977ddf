"""What ``fedsol simulate`` does: settings of options, progress, the result and its picture."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fedsol.cli.data import partitioner_of, read_data
from fedsol.cli.options import Options
from fedsol.cli.output import note, show, stderr
from fedsol.cli.simulate import Crowd, Lesson
from fedsol.errors import ConfigError
from fedsol.learning import load, model
from fedsol.learning.codecs import parse_codec
from fedsol.learning.datasets import DATASETS, Dataset
from fedsol.learning.models import Model, parse_spec
from fedsol.learning.models import spec as model_spec
from fedsol.learning.strategies import Strategy, strategy
from fedsol.loading import has_held_out
from fedsol.simulation import (
    Attackers,
    EmbeddedGovernor,
    LocalTraining,
    Participation,
    Population,
    Result,
    RoundMetrics,
    Settings,
)
from fedsol.simulation import simulate as run_simulation
from fedsol.simulation.checkpoint import Checkpoint
from fedsol.tracking import Tracker, tracker

_LINE_SECONDS = 2.0


@dataclass(frozen=True)
class Plan:
    """The options of the command."""

    rounds: int
    crowd: Crowd
    lesson: Lesson
    governed: bool
    audit: bool
    engine: str
    ray_address: str | None
    width: int | None
    seed: int
    out: Path | None
    resume: bool
    track: tuple[str, ...]


def run(plan: Plan, options: Options) -> int:
    """Runs the simulation and shows what came out."""
    if plan.rounds < 1:
        raise ConfigError(f"--rounds must be 1 or more, not {plan.rounds}")
    train, test = _data(plan.lesson.data, plan.seed)
    settings = settings_of(plan, train)
    governor = EmbeddedGovernor(seed=plan.seed, folder=plan.out) if plan.governed else None
    if plan.out is None:
        note("nothing is kept: give --out FOLDER to be able to --resume")
    try:
        with _tracking(plan) as trackers, _progress(plan) as watch:
            result = run_simulation(
                settings,
                rounds=plan.rounds,
                test=test,
                governor=governor,
                engine=_engine(plan, settings),
                folder=plan.out,
                resume=plan.resume,
                trackers=trackers,
                watch=watch,
            )
        checks = governor.audit() if governor is not None and plan.audit else []
    finally:
        if governor is not None:
            governor.close()
    show(options, _summary(plan, settings, result, len(checks)))
    if plan.out is not None:
        _draw(plan.out / "accuracy.png", result)
    return 0


def settings_of(plan: Plan, train: Dataset) -> Settings:
    """The simulation that the options describe.

    Raises:
        ConfigError: options that do not fit together.
    """
    crowd, lesson = plan.crowd, plan.lesson
    divided = partitioner_of(crowd.partitioner, crowd.clients, crowd.alpha, plan.seed)
    return Settings(
        model=_model(lesson.model, train),
        population=Population(train, tuple(divided.split(train.y))),
        strategy=_strategy(lesson.strategy),
        local=LocalTraining(
            lesson.optimiser, lesson.lr, epochs=lesson.epochs, batch_size=lesson.batch_size
        ),
        participation=Participation(
            crowd.per_round, crowd.dropout, crowd.stragglers, crowd.deadline
        ),
        attackers=_attackers(crowd, plan.seed),
        codec=parse_codec(lesson.codec) if lesson.codec is not None else None,
        exact=lesson.exact or plan.governed or lesson.codec is not None,
        weighted=not plan.governed,
        seed=plan.seed,
        width=plan.width,
    )


def parse_call(text: str) -> tuple[str, dict[str, Any]]:
    """A name and its settings: ``FedTrimmedAvg(beta=0.2)``.

    Raises:
        ConfigError: the text is not of that form.
    """
    found = re.fullmatch(r"\s*(\w+)\s*(?:\(([^()]*)\))?\s*", text)
    parts = (
        [one.partition("=") for one in (found[2] or "").split(",") if one.strip()] if found else []
    )
    if found is None or not all(name.strip() and value.strip() for name, _, value in parts):
        raise ConfigError(
            f"{text!r} cannot be read", hint="Write it like FedAvg or FedTrimmedAvg(beta=0.2)."
        )
    return found[1], {name.strip(): _value(value.strip()) for name, _, value in parts}


def _value(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text.lower(), text)


def _data(text: str, seed: int) -> tuple[Dataset, Dataset | None]:
    if text in DATASETS:
        return load(text, seed=seed)
    return read_data(text), read_data(text, held_out=True) if has_held_out(text) else None


def _model(text: str | None, data: Dataset) -> Model:
    if text is not None:
        return parse_spec(text)
    return model("logreg", features=data.features, classes=data.classes)


def _strategy(text: str) -> Strategy:
    name, settings = parse_call(text)
    return strategy(name, **settings)


def _attackers(crowd: Crowd, seed: int) -> Attackers | None:
    if crowd.attack is None:
        return None
    from fedsol.learning.attacks import attack

    name, settings = parse_call(crowd.attack)
    chosen = attack(name, **settings)
    return Attackers.drawn(chosen, crowd.byzantine, clients=crowd.clients, seed=seed)


def _engine(plan: Plan, settings: Settings) -> Any:
    if plan.engine == "local":
        return None
    from fedsol.simulation.ray_engine import RayEngine

    return RayEngine.of(settings, address=plan.ray_address)


@contextmanager
def _tracking(plan: Plan) -> Iterator[list[Tracker]]:
    """What is to be told besides; a run that is resumed goes on after its last round."""
    if not plan.track:
        yield []
        return
    kept = Checkpoint.load(plan.out) if plan.resume and plan.out is not None else None
    with tracker(*plan.track, after=len(kept.history) if kept is not None else None) as chosen:
        yield [chosen]


@contextmanager
def _progress(plan: Plan) -> Iterator[Callable[[RoundMetrics], None]]:
    """A bar with what is left and the newest figures; lines where there is no terminal."""
    console = stderr()
    if not console.is_terminal:
        yield _lines(plan.rounds)
        return
    columns = (
        TextColumn("round"),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=plan.rounds)

        def tell(one: RoundMetrics) -> None:
            bar.update(task, completed=one.number, description=_figures(one))

        yield tell


def _lines(rounds: int) -> Callable[[RoundMetrics], None]:
    said, began = time.monotonic(), time.monotonic()

    def tell(one: RoundMetrics) -> None:
        nonlocal said
        if time.monotonic() - said >= _LINE_SECONDS and one.number < rounds:
            said = time.monotonic()
            left = (said - began) / one.number * (rounds - one.number)
            note(f"round {one.number} of {rounds}, {left:.0f} s left: {_figures(one)}")

    return tell


def _figures(one: RoundMetrics) -> str:
    accuracy = "" if one.accuracy is None else f"accuracy {one.accuracy:.3f}, "
    return f"{accuracy}{one.clients_per_second:,.0f} clients/s"


def _summary(plan: Plan, settings: Settings, result: Result, checks: int) -> dict[str, Any]:
    history = result.history
    seconds = sum(one.seconds for one in history)
    summary: dict[str, Any] = {
        "model": model_spec(settings.model),
        "strategy": plan.lesson.strategy,
        "clients": len(settings.population),
        "rounds": len(history),
        "accuracy": result.accuracy,
        "updates": sum(one.clients for one in history),
        "dropped_or_late": sum(one.dropped + one.late for one in history),
        "side_by_side": result.width,
        "seconds": round(seconds, 3),
        "clients_per_second": round(sum(one.clients for one in history) / seconds, 1),
    }
    if plan.governed:
        summary["transactions"] = sum(one.transactions for one in history)
    if checks:
        summary["audit"] = f"{checks} checks, no contradiction"
    if plan.out is not None:
        summary["kept_in"] = str(plan.out)
    return summary


def _draw(file: Path, result: Result) -> None:
    """A picture of the accuracy by round, if it was measured."""
    measured = [(one.number, one.accuracy) for one in result.history if one.accuracy is not None]
    if not measured:
        return
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    axes.plot(*zip(*measured, strict=True), marker=".")
    axes.set(xlabel="round", ylabel="accuracy on the test data", ylim=(0, 1))
    axes.grid(alpha=0.3)
    figure.savefig(file, dpi=150, bbox_inches="tight")
    pyplot.close(figure)
    print(f"drawn: {file}", file=sys.stderr)
