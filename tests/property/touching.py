"""Which accounts a step may change: everything else belongs to third parties."""

from __future__ import annotations

from tests.property.model import CREATOR, Step, dispute_of
from tests.property.reference import Reference


def touches(reference: Reference, step: Step) -> set[str]:
    """Names of the accounts that the step may change, its actor's wallet among them."""
    table = _people(reference, step) | _rounds(reference, step) | _disputes(reference, step)
    return table[step.name] | {step.actor}


def _people(reference: Reference, step: Step) -> dict[str, set[str]]:
    fed, me, creator = step.fed, f"{step.fed}/{step.actor}", CREATOR[step.fed]
    vaults = {f"{fed}.stake", f"{fed}.reward", f"{fed}.treasury"}
    mine = {fed, me, f"{fed}.stake", reference.target(step, "stake")}
    return {
        "federation_create": {fed, *vaults},
        "federation_fund": {fed, f"{fed}.reward", reference.target(step, "reward")},
        "federation_pause": {fed},
        "federation_close": {fed, *vaults, f"{creator}:X", f"{creator}:Y"},
        "participant_register": {fed, me},
        "participant_close": {fed, f"{fed}/{step.who}", step.who},
        "stake_deposit": mine,
        "stake_unbond": {fed, me, step.last},
        "stake_withdraw": mine,
        "audit_arm": {me},
    }


def _rounds(reference: Reference, step: Step) -> dict[str, set[str]]:
    fed, me = step.fed, f"{step.fed}/{step.actor}"
    round_ = f"{fed}#{step.number}"
    person, submission, evaluation = (
        f"{fed}/{step.who}",
        f"{round_}/{step.who}",
        f"{round_}~{step.who}",
    )
    fined = {
        *(fed, round_, person, reference.mints_of[fed][0], step.last),
        *(f"{fed}.stake", f"{fed}.treasury", reference.target(step, "stake")),
    }
    paid = {fed, round_, me, f"{fed}.reward", reference.target(step, "reward")}
    return {
        "round_open": {fed, round_},
        "round_commit": {me, f"{round_}/{step.actor}"},
        "round_join": {round_, me, f"{round_}/{step.actor}"},
        "round_share": {me, f"{round_}/{step.actor}"},
        "round_object": {round_, fed, step.aggregator},
        "round_reveal": {round_, me, f"{round_}/{step.actor}"},
        "round_advance": {round_},
        "score_commit": {round_, me, f"{round_}~{step.actor}", evaluation if step.who else ""},
        "score_reveal": {round_, me, f"{round_}~{step.actor}"},
        "audit_reveal": {round_, me, f"{round_}/{step.actor}"},
        "submission_score": {round_, submission, *(f"{round_}~{e}" for e in step.evaluators)},
        "round_aggregate": {fed, round_, me},
        "round_settle": {fed, round_, person},
        "round_abort": {fed, round_},
        "fault_no_reveal": {submission, *fined} - {round_},
        "fault_evaluator": {evaluation, *fined},
        "reward_claim": {f"{round_}/{step.actor}", *paid},
        "evaluation_claim": {f"{round_}~{step.actor}", *paid},
        "submission_close": {fed, round_, person, submission, step.who},
        "evaluation_close": {fed, round_, person, evaluation, step.who},
        "round_close": {fed, round_, step.who},
    }


def _disputes(reference: Reference, step: Step) -> dict[str, set[str]]:
    fed, number = step.fed, step.number
    round_ = f"{fed}#{number}"
    target = f"{round_}/{step.target}" if step.target else ""
    mine = dispute_of(fed, number, step.target, step.actor)
    theirs = dispute_of(fed, number, step.target, step.who)
    opened = {fed, round_, target, mine, f"{fed}.stake", reference.target(step, "stake")}
    decided = {fed, round_, target, theirs, step.accused}
    vaults = {f"{fed}.stake", f"{fed}.treasury", reference.mints_of[fed][0]}
    return {
        "challenge_open": opened,
        "demand_open": opened,
        "challenge_append": {mine},
        "challenge_measure": {mine},
        "demand_answer": {round_, theirs},
        "challenge_resolve": {*decided, step.aggregator, step.last},
        "challenge_expire": decided,
        "challenge_close": {fed, theirs, step.who, reference.payee(step), *vaults},
    }
