"""Chain values as people read them."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text
from solders.pubkey import Pubkey

from fedsol.chain import SLOT_SECONDS, Clock
from fedsol.program import Challenge, Evaluation, Federation, Participant, Round, Submission
from fedsol.program.generated.types.deadline import Deadline
from fedsol.program.generated.types.window import Window
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER
from fedsol.reading import is_ended, is_faulty, is_masked, objectors_of

ROLES = {"trainer": TRAINER, "evaluator": EVALUATOR, "aggregator": AGGREGATOR}


def mark(ok: bool) -> Text:
    """A tick or a cross."""
    return Text("✓", style="green") if ok else Text("✗", style="red")


def duration(seconds: float) -> str:
    """A length of time: ``2 d 3 h``, ``45 s``."""
    left = max(0, round(seconds))
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "0 s"


def seconds_left(end: Deadline, clock: Clock) -> float:
    """Seconds until a deadline in time and slots, as far as one can know; 0 when it has passed."""
    by_slots = (end.slot - clock.slot) * SLOT_SECONDS
    return max(0.0, float(end.time - clock.unix_timestamp), by_slots)


def deadline(end: Deadline, clock: Clock) -> str:
    """A deadline relative to now."""
    left = seconds_left(end, clock)
    return (
        f"in {duration(left)}"
        if left
        else f"passed {duration(clock.unix_timestamp - end.time)} ago"
    )


def window(one: Window) -> str:
    """A phase's length."""
    return f"{duration(one.seconds)}, at least {one.slots:,} slots" if one.seconds else "none"


def percent(bps: int) -> str:
    """A rate in basis points."""
    return f"{bps / 100:g} %"


def roles_text(bits: int) -> str:
    """Role bits as names."""
    return ", ".join(name for name, bit in ROLES.items() if bits & bit) or "none"


def rule_text(rule: Any) -> str:
    """An aggregation rule, as ``fedsol federation create`` takes it."""
    match rule.kind:
        case "TrimmedMean":
            return f"trimmed_mean({rule.value['trim']})"
        case "MultiKrum" if rule.value["keep"] == 1:
            return f"krum({rule.value['byzantine']})"
        case "MultiKrum":
            return f"multi_krum({rule.value['byzantine']}, {rule.value['keep']})"
        case "Masked":
            return f"masked({rule.value['threshold_bps']})"
        case other:
            return str(other).lower()


def params_json(params: Any) -> dict[str, Any]:
    """The rules as plain values, under the names that ``fedsol federation create`` takes."""
    plain = params.to_json()
    split, rates, scoring = (plain.pop(name) for name in ("slash_split", "slash_rates", "scoring"))
    rates["evaluator_slash_bps"] = rates.pop("evaluator_bps")
    scoring |= {"score_floor": scoring.pop("floor"), "score_band": scoring.pop("band")}
    return {**plain, "rule": rule_text(params.rule), **scoring, **rates, **split}


def federation_json(address: Pubkey, account: Federation) -> dict[str, Any]:
    """A federation as plain values, hashes in hexadecimal."""
    return {
        "federation": str(address),
        "name": account.name,
        "creator": str(account.creator),
        "paused": account.paused,
        "stake_mint": str(account.stake_mint),
        "reward_mint": str(account.reward_mint),
        "agreement": bytes(account.agreement_hash).hex(),
        "architecture": bytes(account.architecture_hash).hex(),
        "model_root": bytes(account.model_root).hex(),
        "model_artifact": bytes(account.model_artifact).hex(),
        "parameter_count": account.parameter_count,
        "participants": account.participants,
        "aggregators": account.aggregators,
        "round": account.round,
        "round_active": account.round_active,
        "ledger": ledger_json(account),
        "params": params_json(account.params),
    }


def ledger_json(account: Federation) -> dict[str, int]:
    """The federation's money, in token units."""
    return {
        "staked": account.stake_total,
        "unbonding": account.unbonding_total,
        "bonds": account.bond_total,
        "treasury": account.treasury_total,
        "available": account.reward_available,
        "reserved": account.reward_reserved,
        "owed": account.reward_owed,
    }


def round_json(one: Round, clock: Clock) -> dict[str, Any]:
    """A round as plain values; ``opening`` and ``objections`` are a masked round's."""
    posted = None if one.selection is None else bytes(one.selection.artifact).hex()
    masked = is_masked(one.params)
    return {
        "round": one.number,
        "phase": one.phase.kind,
        "ends_in_seconds": None if is_ended(one) else seconds_left(one.deadline, clock),
        "deadline": one.deadline.to_json(),
        "takeover": one.takeover.to_json(),
        "revealed": one.revealed,
        "accepted": one.accepted,
        "planted": one.planted,
        "scored": one.scored,
        "seats": one.seats,
        "scores_shown": one.score_reveals,
        "evaluations": one.evaluations,
        "disputes": one.disputes,
        "attempt": one.attempt,
        "claims_left": one.claims_left,
        "closed": one.closed,
        "pool": one.pool,
        "evaluator_pool": one.evaluator_pool,
        "share": one.share,
        "plant_share": one.plant_share,
        "bond": one.bond,
        "aggregator": str(one.aggregator) if one.aggregator != Pubkey.default() else None,
        "opened_by": str(one.payer),
        "rule": rule_text(one.params.rule),
        "selection": None if masked else posted,
        "opening": posted if masked else None,
        "objections": len(objectors_of(one)) if masked else None,
    }


def submission_json(one: Submission) -> dict[str, Any]:
    """A submission as plain values."""
    planted = one.status.kind == "Planted"
    return {
        "participant": str(one.participant),
        "status": one.status.kind,
        "index": one.index if one.revealed else None,
        "weight": one.weight if one.revealed else None,
        "score": one.score if one.scored else None,
        "claimed": one.claimed,
        "disputes": one.disputes,
        "norm_squared": one.norm_squared if one.revealed else None,
        "plant_seed": bytes(one.plant_seed).hex() if planted else None,
        "plant_amplitude": one.plant_amplitude if planted else None,
        "artifact": bytes(one.artifact).hex() if one.revealed else None,
        "shares": bytes(one.shares).hex() if any(one.shares) else None,
    }


def evaluation_json(one: Evaluation, scores: Sequence[int], round_: Round) -> dict[str, Any]:
    """An evaluation as plain values; its scores by submission index, once they are shown."""
    shown = one.status.kind not in ("Committed", "Displaced")
    return {
        "participant": str(one.participant),
        "status": one.status.kind,
        "seat": one.seat,
        "weight": one.weight,
        "credits": one.credits,
        "strikes": one.strikes,
        "missed_plants": one.missed,
        "at_fault": is_faulty(one, round_),
        "scores": list(scores) if shown else None,
    }


def challenge_json(one: Challenge, clock: Clock) -> dict[str, Any]:
    """A challenge or demand as plain values; ``target`` is a submission, or None for the aggregate."""
    place = getattr(one.kind, "value", None) or {}
    return {
        "kind": one.kind.kind,
        **place,
        "target": None if one.target == one.round else str(one.target),
        "challenger": str(one.challenger),
        "accused": str(one.accused),
        "bond": one.bond,
        "verdict": one.verdict.kind,
        "ends_in_seconds": seconds_left(one.deadline, clock),
    }


def participant_json(address: Pubkey, one: Participant, clock: Clock) -> dict[str, Any]:
    """A participant as plain values."""
    return {
        "participant": str(address),
        "owner": str(one.owner),
        "roles": roles_text(one.roles),
        "stake": one.stake,
        "bonded": one.bonded,
        "locked": one.locked,
        "duties": one.duties,
        "revealed": one.revealed,
        "evaluated": one.evaluated,
        "aggregated": one.aggregated,
        "armed": any(one.audit_commitment),
        "barred_in_round": one.barred_round or None,
        "offences": one.offences,
        "rewarded": one.rewarded,
        "slashed": one.slashed,
        "unbonding": [
            {"amount": entry.amount, "matures_in_seconds": seconds_left(entry.release, clock)}
            for entry in one.unbonding
            if entry.amount
        ],
    }


def participant_facts(result: dict[str, Any]) -> dict[str, Any]:
    """``participant_json`` with the unbonding queue in words."""
    queue = [
        f"{one['amount']:,} in {duration(one['matures_in_seconds'])}" for one in result["unbonding"]
    ]
    barred = result["barred_in_round"] or "none"
    return {**result, "barred_in_round": barred, "unbonding": "; ".join(queue) or "nothing"}
