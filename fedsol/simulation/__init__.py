"""Thousands of participants on one machine, by the rules of a real federation if you like.

    from fedsol.simulation import Population, Settings, simulate

    result = simulate(Settings(model, Population(train, shares)), rounds=20, test=test)

In the order of a round: ``participation`` (who takes part), ``population`` (whose data, in blocks),
``local`` (many clients in one compiled step; ``calibration`` measures how many side by side),
``engine`` (where blocks train; ``ray_engine``), ``attacking``, ``gathering`` (the next model, in
floats or in the program's integers; of updates that nobody sees: ``masking``, ``masked_server``),
``governing`` (commit, reveal, aggregate, settle and claim on an embedded chain, in processes of their
own: ``chain_process``), ``history`` and ``checkpoint``. ``run`` goes through them, ``settings`` is
all that the result depends on.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fedsol.simulation.attacking import Attackers as Attackers
    from fedsol.simulation.governing import EmbeddedGovernor as EmbeddedGovernor
    from fedsol.simulation.history import RoundMetrics as RoundMetrics
    from fedsol.simulation.local import LocalTraining as LocalTraining
    from fedsol.simulation.masking import Masking as Masking
    from fedsol.simulation.participation import Participation as Participation
    from fedsol.simulation.population import Population as Population
    from fedsol.simulation.settings import Settings as Settings
    from fedsol.simulation.simulating import Result as Result
    from fedsol.simulation.simulating import simulate as simulate

_HOMES = {
    "Attackers": "attacking",
    "EmbeddedGovernor": "governing",
    "LocalTraining": "local",
    "Masking": "masking",
    "Participation": "participation",
    "Population": "population",
    "Result": "simulating",
    "RoundMetrics": "history",
    "Settings": "settings",
    "simulate": "simulating",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    # Late: the processes that keep the chain import this package, and need no JAX.
    if name not in _HOMES:
        raise AttributeError(f"module 'fedsol.simulation' has no attribute {name!r}")
    return getattr(import_module(f"fedsol.simulation.{_HOMES[name]}"), name)
