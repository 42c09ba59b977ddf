"""Attacks, for tests, demonstrations and red teams: what dishonest clients train on, or send.

``on_data`` (labels, backdoors), ``on_updates`` (with knowledge of the honest updates),
``free_riding`` and ``adaptive`` (tried out against a rule).
"""

from typing import Any

from fedsol.errors import ConfigError
from fedsol.learning.attacks.adaptive import Optimised
from fedsol.learning.attacks.free_riding import FreeRider
from fedsol.learning.attacks.on_data import Backdoor, DistributedBackdoor, LabelFlip
from fedsol.learning.attacks.on_updates import (
    ALIE,
    IPM,
    ROP,
    Gaussian,
    Mimic,
    MinMax,
    MinSum,
    SignFlip,
)

ATTACKS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        LabelFlip,
        SignFlip,
        Gaussian,
        ALIE,
        IPM,
        MinMax,
        MinSum,
        Mimic,
        Backdoor,
        DistributedBackdoor,
        ROP,
        FreeRider,
    )
}
"""Attacks by name; ``Optimised`` needs a rule, and has none."""

__all__ = [
    "ALIE",
    "ATTACKS",
    "IPM",
    "ROP",
    "Backdoor",
    "DistributedBackdoor",
    "FreeRider",
    "Gaussian",
    "LabelFlip",
    "Mimic",
    "MinMax",
    "MinSum",
    "Optimised",
    "SignFlip",
    "attack",
]


def attack(name: str, **settings: Any) -> Any:
    """The attack of that name: ``attack("ALIE", z=1.5)``.

    Raises:
        ConfigError: no such attack or setting.
    """
    if name not in ATTACKS:
        raise ConfigError(f"no attack {name!r}", hint=f"There are {', '.join(ATTACKS)}.")
    try:
        return ATTACKS[name](**settings)
    except TypeError as error:
        raise ConfigError(f"attack {name}: {error}") from error
