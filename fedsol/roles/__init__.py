"""The people of a federation as programs: learning, chain and artifacts joined.

In the order of a round: ``trainer`` trains, commits and reveals, ``masker`` does so under masks with
what is in ``masked_round`` and ``notes``, ``private`` adds noise, and ``planter`` audits;
``evaluator`` scores; ``aggregator`` combines; ``crank`` moves the round on and punishes what the
accounts prove. ``answerer`` shows what is demanded of an author; ``watcher`` checks what everybody
posted, and proves what is wrong. ``runner`` lets them act, together in one process or each in its
own. ``journal`` is what they remember on disk, ``member`` what they share.

Names are loaded when they are first used: the journal alone needs no JAX.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fedsol.roles.aggregator import Aggregator as Aggregator
    from fedsol.roles.answerer import Answerer as Answerer
    from fedsol.roles.crank import Crank as Crank
    from fedsol.roles.evaluator import Evaluator as Evaluator
    from fedsol.roles.evaluator import HeldOut as HeldOut
    from fedsol.roles.journal import Journal as Journal
    from fedsol.roles.member import Member as Member
    from fedsol.roles.runner import Role as Role
    from fedsol.roles.runner import run as run
    from fedsol.roles.runner import run_together as run_together
    from fedsol.roles.trainer import Trainer as Trainer
    from fedsol.roles.trainer import Training as Training
    from fedsol.roles.watch_metrics import WatchMetrics as WatchMetrics
    from fedsol.roles.watcher import Watcher as Watcher

_HOMES = {
    "Aggregator": "aggregator",
    "Answerer": "answerer",
    "Crank": "crank",
    "Evaluator": "evaluator",
    "HeldOut": "evaluator",
    "Journal": "journal",
    "Member": "member",
    "Role": "runner",
    "Trainer": "trainer",
    "Training": "trainer",
    "WatchMetrics": "watch_metrics",
    "Watcher": "watcher",
    "run": "runner",
    "run_together": "runner",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'fedsol.roles' has no attribute {name!r}")
    return getattr(import_module(f"fedsol.roles.{_HOMES[name]}"), name)
