"""fedsol: federated learning under rules that nobody has to trust anybody to keep.

    async with fedsol.embedded() as sandbox:
        federation = await fedsol.Federation.on(sandbox, name="hospitals", model=model)

Names are loaded when they are first used, so that ``fedsol.chain`` alone never loads JAX.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fedsol.artifacts import ArtifactStore as ArtifactStore
    from fedsol.chain import Chain as Chain
    from fedsol.errors import FedsolError as FedsolError
    from fedsol.federation import Federation as Federation
    from fedsol.learning import Dataset as Dataset
    from fedsol.learning import load as load
    from fedsol.learning import model as model
    from fedsol.learning import partition as partition
    from fedsol.learning.partitioners import DirichletPartitioner as DirichletPartitioner
    from fedsol.learning.partitioners import IidPartitioner as IidPartitioner
    from fedsol.membership import Membership as Membership
    from fedsol.program.params import Params as Params
    from fedsol.round_result import RoundResult as RoundResult
    from fedsol.sandbox import Sandbox as Sandbox
    from fedsol.sandbox import embedded as embedded

__version__ = "0.1.0"

_HOMES = {
    "ArtifactStore": "fedsol.artifacts",
    "Chain": "fedsol.chain",
    "Dataset": "fedsol.learning",
    "DirichletPartitioner": "fedsol.learning.partitioners",
    "Federation": "fedsol.federation",
    "FedsolError": "fedsol.errors",
    "IidPartitioner": "fedsol.learning.partitioners",
    "Membership": "fedsol.membership",
    "Params": "fedsol.program.params",
    "RoundResult": "fedsol.round_result",
    "Sandbox": "fedsol.sandbox",
    "embedded": "fedsol.sandbox",
    "load": "fedsol.learning",
    "model": "fedsol.learning",
    "partition": "fedsol.learning",
}

__all__ = [*sorted(_HOMES), "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fedsol' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
