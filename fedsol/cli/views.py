"""Chain values as people read them."""

from typing import Any

from rich.text import Text
from solders.pubkey import Pubkey

from fedsol.chain import SLOT_SECONDS, Clock
from fedsol.program import Federation, Participant, Round, Submission
from fedsol.program.generated.types.deadline import Deadline
from fedsol.program.generated.types.window import Window
from fedsol.program.instructions.participant import AGGREGATOR, EVALUATOR, TRAINER

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


def roles_text(bits: int) -> str:
    """Role bits as names."""
    return ", ".join(name for name, bit in ROLES.items() if bits & bit) or "none"


def rule_text(rule: Any) -> str:
    """An aggregation rule."""
    return (
        f"trimmed_mean({rule.value['trim']})" if rule.kind == "TrimmedMean" else rule.kind.lower()
    )


def params_json(params: Any) -> dict[str, Any]:
    """The rules as plain values."""
    plain = params.to_json()
    split = plain.pop("slash_split")
    return {**plain, "rule": rule_text(params.rule), **split}


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
    """A round as plain values."""
    ended = one.phase.kind in ("Settled", "Aborted")
    return {
        "round": one.number,
        "phase": one.phase.kind,
        "ends_in_seconds": None if ended else seconds_left(one.deadline, clock),
        "deadline": one.deadline.to_json(),
        "takeover": one.takeover.to_json(),
        "revealed": one.revealed,
        "claimed": one.claimed,
        "closed": one.closed,
        "pool": one.pool,
        "share": one.share,
        "bond": one.bond,
        "aggregator": str(one.aggregator) if one.aggregator != Pubkey.default() else None,
        "opened_by": str(one.payer),
    }


def submission_json(one: Submission) -> dict[str, Any]:
    """A submission as plain values."""
    revealed = one.status.kind == "Revealed"
    return {
        "participant": str(one.participant),
        "status": one.status.kind,
        "index": one.index if revealed else None,
        "weight": one.weight if revealed else None,
        "claimed": one.claimed,
        "artifact": bytes(one.artifact).hex() if revealed else None,
    }


def participant_json(address: Pubkey, one: Participant, clock: Clock) -> dict[str, Any]:
    """A participant as plain values."""
    return {
        "participant": str(address),
        "owner": str(one.owner),
        "roles": roles_text(one.roles),
        "stake": one.stake,
        "locked": one.locked,
        "duties": one.duties,
        "revealed": one.revealed,
        "aggregated": one.aggregated,
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
    return {**result, "unbonding": "; ".join(queue) or "nothing"}
