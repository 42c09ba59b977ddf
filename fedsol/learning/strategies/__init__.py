"""Strategies by Flower's names: how a server makes the next model of a round's updates.

``averaging`` and ``server_optimisers`` trust everybody; ``coordinatewise``, ``selecting``,
``weighing`` and ``mixing`` do not.
"""

from typing import Any

from fedsol.errors import ConfigError
from fedsol.learning.strategies.averaging import FedAvg, FedProx
from fedsol.learning.strategies.base import Strategy
from fedsol.learning.strategies.coordinatewise import FedMedian, FedTrimmedAvg
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
    "Krum",
    "MultiKrum",
    "NearestNeighborMixing",
    "NormClipping",
    "Strategy",
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
    if isinstance(settings.get("inner"), str):
        settings["inner"] = strategy(settings["inner"])
    try:
        chosen: Strategy = STRATEGIES[name](**settings)
    except TypeError as error:
        raise ConfigError(f"strategy {name}: {error}") from error
    return chosen
