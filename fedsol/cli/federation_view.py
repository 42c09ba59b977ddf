"""How ``fedsol federation show`` looks."""

from typing import Any

from rich.console import RenderableType

from fedsol.chain import Clock
from fedsol.cli.output import facts
from fedsol.cli.views import deadline, ledger_json, rule_text, window
from fedsol.program import Federation, Round


def federation_tables(
    account: Federation, result: dict[str, Any], newest: Round | None, clock: Clock
) -> list[RenderableType]:
    """Identity, money, rules and the round, each as a table."""
    about = {
        "federation": result["federation"],
        "name": account.name,
        "state": "paused" if account.paused else "open",
        "creator": account.creator,
        "model": result["model"] or "its artifact is not in this store",
        "parameters": account.parameter_count,
        "model artifact": result["model_artifact"],
        "agreement": result["agreement"],
        "stake mint": account.stake_mint,
        "reward mint": account.reward_mint,
        "participants": f"{account.participants} ({account.aggregators} listed as aggregators)",
        "round": _round_line(newest, clock) if newest else "none yet",
    }
    return [facts(about), "\nmoney", facts(ledger_json(account)), "\nrules", facts(_rules(account))]


def _round_line(one: Round, clock: Clock) -> str:
    if one.phase.kind in ("Settled", "Aborted"):
        return f"{one.number}: {one.phase.kind.lower()}, {one.revealed} revealed"
    ends = deadline(one.deadline, clock)
    return f"{one.number}: {one.phase.kind}, deadline {ends}, {one.revealed} revealed"


def _rules(account: Federation) -> dict[str, Any]:
    rules = account.params
    phases = ("commit", "reveal", "score", "aggregate", "challenge", "unbonding")
    split = rules.slash_split
    return {
        **{name: window(getattr(rules, name)) for name in phases},
        "submissions": f"{rules.min_submissions:,} to {rules.max_submissions:,}",
        "least stake": rules.min_stake,
        "aggregator bond": rules.aggregator_bond,
        "reward of a round": rules.round_reward,
        "rule": rule_text(rules.rule),
        "server learning rate": f"{rules.lr_num}/{rules.lr_den}",
        "update": f"|q| ≤ {rules.qmax:,}, Σ q² ≤ {rules.max_norm_squared:,}, "
        f"{rules.update_bits} of {rules.frac_bits} bits",
        "silence costs": f"{rules.no_reveal_bps / 100:g} % of the stake: "
        f"{split.finder_bps / 100:g} % to the finder, {split.treasury_bps / 100:g} % to the treasury",
    }
