"""The demo: five hospitals train one model under rules that nobody has to trust anybody to keep.

In the order of a telling: ``cast`` (who, data, script), ``story`` (ten rounds on an embedded
chain), ``record`` (what the ledger says), ``board`` and ``live`` (the terminal), ``baselines``
(alone, pooled), ``summary``, ``plots``, ``report``, and ``performance``, which joins them.

With an attack the story is another: one of them cheats in its second round, and is caught.
``cheats`` (how a rule is broken), ``attack_roles`` (who breaks it, and when), ``attack_plans`` and
``attack_words`` (in words), ``attack_board``, ``attack_record`` and ``attack_money`` (the bill),
``attack_flows``, ``attack_plots``, ``attack_report``, ``attack_result``, and ``attack_performance``.
"""

import sys
from pathlib import Path

__all__ = ["run"]

_STOPPED = 130  # as a shell reports a program that Ctrl-C ended


def run(
    model: str = "logreg",
    attack: str | None = None,
    out: Path = Path("demo"),
    seed: int = 0,
    json: bool = False,
    *,
    rounds: int | None = None,
) -> int:
    """Tells the story and writes report, pictures and numbers into ``out``; the exit code.

    ``json`` prints one JSON document on stdout and nothing else. ``rounds`` are ten, or three where
    an ``attack`` is what the story is about. The code is 1 if the audit fails or an attack succeeds.

    Raises ConfigError if there is no such model or attack.
    """
    if not json:
        told = "" if attack is None else " One of them cheats."
        print(f"Five hospitals, one model, no shared data.{told} Setting up …", flush=True)
    try:
        # Late: JAX takes seconds to load, and Ctrl-C must be as clean then as later.
        from fedsol.demo.cast import Scenario, default_rounds

        many = default_rounds(attack) if rounds is None else rounds
        scenario = Scenario(model=model, seed=seed, rounds=many, attack=attack)
        if attack is not None:
            from fedsol.demo.attack_performance import perform_attack

            return perform_attack(scenario, out, json=json)
        from fedsol.demo.performance import perform

        return perform(scenario, out, json=json)
    except KeyboardInterrupt:
        print("Stopped; nothing is left behind.", file=sys.stderr)
        return _STOPPED
