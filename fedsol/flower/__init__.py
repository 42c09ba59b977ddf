"""Flower apps under a federation, by changing two lines.

On the server ``strategy = GovernedStrategy(FedAvg())``, on the client
``app = ClientApp(mods=[GovernedMod()])``; ``found_federation`` creates the federation for an app's
arrays. Clients stake, commit to what they learnt, reveal it and are paid; the server combines by the
program's rule, with a bond; whatever happened can be audited.

A round, by file: ``strategy`` is what Flower calls and ``governing`` what it does with messages,
through ``server`` on the chain; ``mod`` is what Flower calls on a client, through ``client`` and
``trainer``. ``notices`` is what the two tell each other, ``arrays`` how an app's arrays are a
model, ``rules`` which strategies can be governed, ``connection`` where everything is. ``legacy`` lets
clients of Flower's older API take part.
"""

from fedsol.errors import ConfigError

try:
    import flwr as flwr
except ImportError as error:
    raise ConfigError(
        f"Flower cannot be loaded: {error}", hint='Install it with pip install "fedsol[flower]".'
    ) from error

from fedsol.flower.arrays import Layout as Layout
from fedsol.flower.connection import Connection as Connection
from fedsol.flower.founding import found_federation as found_federation
from fedsol.flower.legacy import legacy_client as legacy_client
from fedsol.flower.mod import GovernedMod as GovernedMod
from fedsol.flower.mod import key_path as key_path
from fedsol.flower.strategy import GovernedStrategy as GovernedStrategy

__all__ = [
    "Connection",
    "GovernedMod",
    "GovernedStrategy",
    "Layout",
    "found_federation",
    "key_path",
    "legacy_client",
]
