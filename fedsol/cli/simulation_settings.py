"""From the options of ``fedsol simulate`` to the settings of a simulation."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fedsol.cli.calls import Call, parse_call
from fedsol.cli.data import partitioner_of, read_data
from fedsol.cli.noise import mechanism_of
from fedsol.cli.simulate import Crowd, Lesson, Secrecy
from fedsol.errors import ConfigError
from fedsol.learning import load, model
from fedsol.learning.codecs import parse_codec
from fedsol.learning.datasets import DATASETS, Dataset
from fedsol.learning.models import Model, parse_spec
from fedsol.learning.strategies import Strategy, held_out_losses, strategy
from fedsol.loading import has_held_out
from fedsol.simulation import (
    Attackers,
    LocalTraining,
    Masking,
    Participation,
    Population,
    Settings,
)
from fedsol.simulation.private import Privacy

_DEEPEST = 8  # strategies, one around another
_HELD_OUT = 200  # samples, unless HeldOutFit(samples=...) says so


@dataclass(frozen=True)
class Plan:
    """The options of the command."""

    rounds: int
    crowd: Crowd
    lesson: Lesson
    secrecy: Secrecy
    governed: bool
    audit: bool
    engine: str
    ray_address: str | None
    width: int | None
    seed: int
    out: Path | None
    resume: bool
    track: tuple[str, ...]


def data_of(plan: Plan) -> tuple[Dataset, Dataset | None]:
    """What is trained on, and what is tested on if there is such."""
    text = plan.lesson.data
    if text in DATASETS:
        return load(text, seed=plan.seed)
    return read_data(text), read_data(text, held_out=True) if has_held_out(text) else None


def settings_of(plan: Plan, train: Dataset) -> Settings:
    """The simulation that the options describe.

    Raises:
        ConfigError: options that do not fit together.
    """
    crowd, lesson = plan.crowd, plan.lesson
    net = _model(lesson.model, train)
    chosen, train = _strategy(lesson.strategy, net, train, plan.seed)
    divided = partitioner_of(crowd.partitioner, crowd.clients, crowd.alpha, plan.seed)
    return Settings(
        model=net,
        population=Population(train, tuple(divided.split(train.y))),
        strategy=chosen,
        local=LocalTraining(
            lesson.optimiser, lesson.lr, epochs=lesson.epochs, batch_size=lesson.batch_size
        ),
        participation=Participation(
            crowd.per_round, crowd.dropout, crowd.stragglers, crowd.deadline
        ),
        attackers=_attackers(crowd, plan.seed),
        codec=parse_codec(lesson.codec) if lesson.codec is not None else None,
        exact=lesson.exact or plan.governed or lesson.codec is not None,
        privacy=_privacy(plan),
        masking=Masking() if plan.secrecy.masked else None,
        weighted=not (plan.governed or plan.secrecy.masked or plan.secrecy.privacy == "clients"),
        seed=plan.seed,
        width=plan.width,
    )


def _model(text: str | None, data: Dataset) -> Model:
    if text is not None:
        return parse_spec(text)
    return model("logreg", features=data.features, classes=data.classes)


def _strategy(text: str, net: Model, train: Dataset, seed: int) -> tuple[Strategy, Dataset]:
    """The strategy, and the data without the samples that it keeps for itself."""
    call = parse_call(text, depth=_DEEPEST)
    if call.name != "HeldOutFit":
        return _built(call), train
    settings = dict(call.settings)
    count = settings.pop("samples", _HELD_OUT)
    if not isinstance(count, int) or not 0 < count < len(train):
        raise ConfigError(f"HeldOutFit cannot hold out {count} of {len(train)} samples")
    order = np.random.default_rng(seed).permutation(len(train))
    losses = held_out_losses(net, train.take(order[:count]))
    return strategy(call.name, losses=losses, **settings), train.take(order[count:])


def _built(call: Call) -> Strategy:
    settings = {
        name: _built(value) if isinstance(value, Call) else value
        for name, value in call.settings.items()
    }
    return strategy(call.name, **settings)


def _attackers(crowd: Crowd, seed: int) -> Attackers | None:
    if crowd.attack is None:
        return None
    from fedsol.learning.attacks import attack

    name, settings = parse_call(crowd.attack)
    chosen = attack(name, **settings)
    return Attackers.drawn(chosen, crowd.byzantine, clients=crowd.clients, seed=seed)


def _privacy(plan: Plan) -> Privacy | None:
    # Who is asked in a round is drawn as a set of fixed size; samples each by their own coin. Under
    # masks, members know who was.
    secrecy = plan.secrecy
    some = secrecy.privacy == "clients" and plan.crowd.per_round is not None and not secrecy.masked
    mechanism, budget = mechanism_of(secrecy, "fixed" if some else "poisson")
    return None if mechanism is None else Privacy(mechanism, budget)
