"""How ``fedsol federation show`` looks."""

from typing import Any

from rich.console import RenderableType
from rich.table import Table

from fedsol.chain import Clock
from fedsol.cli.output import facts, grid
from fedsol.cli.views import deadline, ledger_json, percent, rule_text, window
from fedsol.program import Federation, Round
from fedsol.program.generated.types.scoring import Scoring
from fedsol.reading import is_ended, is_masked, is_scored

WHOLE = 10_000  # basis points


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
    tables = {
        "money": facts(ledger_json(account)),
        "rules": facts(_rules(account)),
        "what a fault costs": _slashes(account),
    }
    return [facts(about), *(part for name in tables for part in (f"\n{name}", tables[name]))]


def _round_line(one: Round, clock: Clock) -> str:
    if is_ended(one):
        return f"{one.number}: {one.phase.kind.lower()}, {one.revealed} revealed"
    ends = deadline(one.deadline, clock)
    return f"{one.number}: {one.phase.kind}, deadline {ends}, {one.revealed} revealed"


def _rules(account: Federation) -> dict[str, Any]:
    rules = account.params
    masked = is_masked(rules)
    phases = ("commit", "reveal", "score", "aggregate", "challenge", "dispute", "unbonding")
    return {
        **{name: window(getattr(rules, name)) for name in phases},
        **({"to share": f"as long as to commit: {window(rules.commit)}"} if masked else {}),
        "submissions": f"{rules.min_submissions:,} to {rules.max_submissions:,}",
        "least stake": rules.min_stake,
        "aggregator bond": rules.aggregator_bond,
        "challenge bond": rules.challenge_bond,
        "reward of a round": rules.round_reward,
        "rule": rule_text(rules.rule),
        "server learning rate": f"{rules.lr_num}/{rules.lr_den}",
        "update": f"|q| ≤ {rules.qmax:,}, Σ q² ≤ {rules.max_norm_squared:,}, "
        f"{rules.update_bits} of {rules.frac_bits} bits",
        **(_scoring(rules.scoring) if is_scored(rules) else {"evaluators": "none: nobody scores"}),
    }


def _scoring(scoring: Scoring) -> dict[str, Any]:
    one_in = scoring.audit_one_in
    return {
        "evaluators": f"{scoring.min_evaluators} to {scoring.max_evaluators}",
        "evaluators get": f"{percent(scoring.evaluator_bps)} of a round's reward",
        "accepted from": f"a score of {scoring.floor:,}",
        "evaluators' band": f"{scoring.band:,} around the median",
        "audits": f"one in {one_in:,} armed trainers plants" if one_in else "none",
    }


def _slashes(account: Federation) -> Table:
    """Each fault's rate, and how a slash is divided."""
    rates, split = account.params.slash_rates, account.params.slash_split
    faults = {
        "no reveal after a commitment": rates.no_reveal_bps,
        "evaluator silent, far off or fooled": rates.evaluator_bps,
        "proved fraud (and an aggregator's bond)": rates.fraud_bps,
    }
    kept = (split.finder_bps, split.treasury_bps)
    parts = [percent(part) for part in (*kept, WHOLE - sum(kept))]
    rows = [(fault, percent(rate), *parts) for fault, rate in faults.items()]
    rows.append(("all in one round, at most", percent(rates.round_cap_bps), "", "", ""))
    return grid(("fault", "of the stake", "to the finder", "to the treasury", "burned"), rows)
