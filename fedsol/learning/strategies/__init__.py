"""Strategies by Flower's names: how a server makes the next model of a round's updates.

``averaging`` and ``server_optimisers`` trust everybody; ``coordinatewise``, ``selecting``,
``weighing``, ``held_out`` and ``mixing`` do not.
"""

from typing import Any

from fedsol.errors import ConfigError
from fedsol.learning.strategies.averaging import FedAvg, FedProx
from fedsol.learning.strategies.base import Strategy
from fedsol.learning.strategies.coordinatewise import FedMedian, FedTrimmedAvg
from fedsol.learning.strategies.held_out import HeldOutFit, held_out_losses
from fedsol.learning.strategies.mixing import Bucketing, NearestNeighborMixing
from fedsol.learning.strategies.selecting import Bulyan, DnC, Krum, MultiKrum
from fedsol.learning.strategies.server_optimisers import FedAdagrad, FedAdam, FedAvgM, FedYogi
from fedsol.learning.strategies.weighing import (
    CenteredClipping,
    FLTrust,
    GeometricMedian,
    NormClipping,
)

STRATEGIES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        FedAvg,
        FedAvgM,
        FedProx,
        FedAdam,
        FedYogi,
        FedAdagrad,
        FedMedian,
        FedTrimmedAvg,
        Krum,
        MultiKrum,
        Bulyan,
        GeometricMedian,
        CenteredClipping,
        NormClipping,
        FLTrust,
        HeldOutFit,
        DnC,
        NearestNeighborMixing,
        Bucketing,
    )
}
"""Strategies by name."""

__all__ = [
    "STRATEGIES",
    "Bucketing",
    "Bulyan",
    "CenteredClipping",
    "DnC",
    "FLTrust",
    "FedAdagrad",
    "FedAdam",
    "FedAvg",
    "FedAvgM",
    "FedMedian",
    "FedProx",
    "FedTrimmedAvg",
    "FedYogi",
    "GeometricMedian",
    "HeldOutFit",
    "Krum",
    "MultiKrum",
    "NearestNeighborMixing",
    "NormClipping",
    "Strategy",
    "held_out_losses",
    "strategy",
]


def strategy(name: str, **settings: Any) -> Strategy:
    """The strategy of that name: ``strategy("FedTrimmedAvg", beta=0.2)``.

    ``inner``, of a strategy around another one, may be a name.

    Raises:
        ConfigError: no such strategy or setting.
    """
    if name not in STRATEGIES:
        raise ConfigError(f"no strategy {name!r}", hint=f"There are {', '.join(STRATEGIES)}.")
    for setting, value in settings.items():
        if setting == "inner":
            settings[setting] = strategy(value) if isinstance(value, str) else _whole(name, value)
        elif hasattr(value, "aggregate"):
            raise ConfigError(f"{setting} of {name} is no strategy", hint="One goes around inner=…")
    try:
        chosen: Strategy = STRATEGIES[name](**settings)
    except TypeError as error:
        raise ConfigError(f"strategy {name}: {error}") from error
    return chosen


def _whole(name: str, inner: Any) -> Strategy:
    if not hasattr(inner, "aggregate"):
        raise ConfigError(
            f"{name} goes around a strategy, not {inner!r}",
            hint="Write it like inner=FedTrimmedAvg(beta=0.1).",
        )
    chosen: Strategy = inner
    return chosen
