"""What ``fedsol simulate`` does: progress, the result and its picture."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fedsol.cli.options import Options
from fedsol.cli.output import note, show, stderr
from fedsol.cli.simulation_settings import Plan, data_of, settings_of
from fedsol.errors import ConfigError
from fedsol.learning.models import spec as model_spec
from fedsol.simulation import (
    EmbeddedGovernor,
    Result,
    RoundMetrics,
    Settings,
)
from fedsol.simulation import simulate as run_simulation
from fedsol.simulation.checkpoint import Checkpoint
from fedsol.tracking import Tracker, tracker

_LINE_SECONDS = 2.0


def run(plan: Plan, options: Options) -> int:
    """Runs the simulation and shows what came out."""
    if plan.rounds < 1:
        raise ConfigError(f"--rounds must be 1 or more, not {plan.rounds}")
    train, test = data_of(plan)
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
        done = bool(result.history)  # the budget may end it before the first round
        checks = governor.audit() if governor is not None and plan.audit and done else []
    finally:
        if governor is not None:
            governor.close()
    show(options, _summary(plan, settings, result, len(checks)))
    if plan.out is not None:
        _draw(plan.out / "accuracy.png", result)
    return 0


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
    masks = f", masks {one.masking:.2f} s" if one.masking else ""
    lost = ", lost: too few are left" if one.lost else ""
    return f"{accuracy}{one.clients_per_second:,.0f} clients/s{masks}{lost}"


def _summary(plan: Plan, settings: Settings, result: Result, checks: int) -> dict[str, Any]:
    history = result.history
    seconds, updates = sum(one.seconds for one in history), sum(one.clients for one in history)
    summary: dict[str, Any] = {
        "model": model_spec(settings.model),
        "strategy": plan.lesson.strategy,
        "clients": len(settings.population),
        "rounds": len(history),
        "accuracy": result.accuracy,
        "updates": updates,
        "dropped_or_late": sum(one.dropped + one.late for one in history),
        "side_by_side": result.width,
        "seconds": round(seconds, 3),
        "clients_per_second": round(updates / seconds, 1) if seconds else 0.0,
    }
    if settings.masking is not None:
        summary |= _masks(settings, result)
    privacy = settings.privacy
    if privacy is not None and privacy.budget is not None:
        summary["epsilon"] = None if result.epsilon is None else round(result.epsilon, 4)
        summary["delta"] = privacy.budget.delta
        summary["hidden"] = f"one of the {plan.secrecy.privacy}: {privacy.budget.adjacency}"
        summary["ended_by_budget"] = result.exhausted
    if plan.governed:
        summary["transactions"] = sum(one.transactions for one in history)
    if checks:
        summary["audit"] = f"{checks} checks, no contradiction"
    if plan.out is not None:
        summary["kept_in"] = str(plan.out)
    return summary


def _masks(settings: Settings, result: Result) -> dict[str, Any]:
    plan = settings.masked_plan
    return {
        "masks": f"with {plan.degree} neighbours; {plan.threshold} of {plan.degree + 1} shares"
        " recover a secret",
        "masking_seconds": round(sum(one.masking for one in result.history), 3),
        "rounds_lost": sum(one.lost for one in result.history),
    }


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
