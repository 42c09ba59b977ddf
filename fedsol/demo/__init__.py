"""The demo: five hospitals train one model under rules that nobody has to trust anybody to keep.

In the order of a telling: ``cast`` (who, data, script), ``story`` (ten rounds on an embedded
chain), ``record`` (what the ledger says), ``board`` and ``live`` (the terminal), ``baselines``
(alone, pooled), ``summary``, ``plots``, ``report``, and ``performance``, which joins them.
"""

import sys
from pathlib import Path

from fedsol.errors import ConfigError

__all__ = ["run"]

_STOPPED = 130  # as a shell reports a program that Ctrl-C ended


def run(
    model: str = "logreg",
    attack: str | None = None,
    out: Path = Path("demo"),
    seed: int = 0,
    json: bool = False,
    *,
    rounds: int = 10,
) -> int:
    """Tells the story and writes report, pictures and numbers into ``out``; the exit code.

    ``json`` prints one JSON document on stdout and nothing else. The code is 1 if the audit fails.

    Raises ConfigError if there is no such model or attack.
    """
    if not json:
        print("Five hospitals, one model, no shared data. Setting up …", flush=True)
    try:
        # Late: JAX takes seconds to load, and Ctrl-C must be as clean then as later.
        from fedsol.demo.cast import ATTACKS, Scenario
        from fedsol.demo.performance import perform

        if attack is not None and attack not in ATTACKS:
            raise ConfigError(
                f"the demo has no attack {attack!r}", hint=f"There is {', '.join(ATTACKS)}."
            )
        return perform(Scenario(model=model, seed=seed, rounds=rounds), out, json=json)
    except KeyboardInterrupt:
        print("Stopped; nothing is left behind.", file=sys.stderr)
        return _STOPPED
