"""I1, its counts: what accounts count of each other is what there is."""

from __future__ import annotations

from typing import Any

from solders.pubkey import Pubkey

from tests.property.view import View, has_ended, is_open, phase_of


def hold(name: str, condition: bool, detail: object = "") -> None:
    """Fails under the invariant's name."""
    if not condition:
        raise AssertionError(f"{name} broken: {detail}")


def people_counts(view: View, key: Pubkey, fed: Any) -> None:
    """A federation counts its people and rounds; a participant its liabilities, duties and bonds."""
    people, rounds = view.people_of(key), view.rounds_of(key)
    hold("I1", fed.participants == len(people), "participants")
    hold("I1", fed.rounds_open == len(rounds), "rounds open")
    running = [r for r in rounds.values() if not has_ended(r)]
    hold("I1", len(running) == int(fed.round_active), "running rounds")
    seats = sorted(p.aggregator_index for p in people.values() if p.listed)
    hold("I1", seats == list(range(fed.aggregators)), ("list of aggregators", seats))
    for address, person in people.items():
        work = view.work_of(address)
        bonds = [r.bond for r in rounds.values() if r.aggregator == address and r.bond > 0]
        hold("I1", person.bonded == sum(bonds), "bonded")
        hold("I1", person.locked == sum(one.liability for one in work), "locked")
        hold("I1", person.duties == len(work) + len(bonds), "duties")


def round_counts(view: View, key: Pubkey) -> None:
    """A round counts its submissions, evaluations, disputes and claims."""
    round_, submissions = view.rounds[key], view.submissions_in(key)
    evaluations, challenges = view.evaluations_in(key), view.challenges_in(key)
    shown = [one for one in submissions if one.revealed]
    hold("I1", round_.revealed - round_.closed == len(shown), "revealed")
    hold("I1", round_.evaluations == len(evaluations), "evaluations")
    _members(round_, submissions)
    running = [one for one in challenges.values() if is_open(one)]
    hold("I1", round_.disputes == len(running), "disputes")
    for address, submission in view.submissions.items():
        if submission.round == key:
            mine = [one for one in running if one.target == address]
            hold("I1", submission.disputes == len(mine), "disputes of a submission")
    if has_ended(round_):
        _claims(round_, submissions, evaluations)
    elif phase_of(round_) not in ("Commit", "Reveal"):
        _marks(round_, submissions, evaluations)


def _members(round_: Any, submissions: list[Any]) -> None:
    """Whoever joined a masked round is counted, also when it has gone; all of them have room."""
    most = round_.params.max_submissions if round_.params.rule.kind == "Masked" else 0
    here = len(submissions) if most else 0
    hold("I1", here <= round_.members <= most, "members")
    hold("I1", round_.members == here or has_ended(round_), "members that are here")


def _marks(round_: Any, submissions: list[Any], evaluations: list[Any]) -> None:
    states = [one.status.kind for one in submissions]
    hold("I1", round_.accepted == states.count("Revealed"), "accepted")
    hold("I1", round_.planted == states.count("Planted"), "planted")
    hold("I1", round_.scored == sum(one.scored for one in submissions), "scored")
    points = sum(one.score for one in submissions if one.status.kind == "Revealed")
    hold("I1", round_.score_total == points, "score total")
    seated = [one for one in evaluations if one.status.kind != "Displaced"]
    shown = [one for one in seated if one.status.kind == "Revealed"]
    # Once scores are closed, whoever was silent may have been punished, and closed.
    gone = round_.seats - len(seated)
    hold("I1", gone == 0 or (gone > 0 and round_.scores_closed), "seats")
    hold("I1", round_.score_reveals == len(shown), "score reveals")
    hold("I1", round_.credit_total == sum(one.credits for one in evaluations), "credits")


def _claims(round_: Any, submissions: list[Any], evaluations: list[Any]) -> None:
    if phase_of(round_) != "Settled":
        return
    waiting = [one for one in submissions if one.status.kind in ("Revealed", "Planted")]
    waiting = [one for one in waiting if not one.claimed]
    judges = [one for one in evaluations if one.status.kind == "Revealed"]
    hold("I1", round_.claims_left == len(waiting) + len(judges), "claims left")
    pays = [_pay(round_, one) for one in waiting]
    pays += [round_.evaluator_pool * one.credits // max(1, round_.credit_total) for one in judges]
    hold("I1", sum(pays) <= round_.unpaid, ("unpaid", pays, round_.unpaid))
    hold("I1", round_.claims_left > 0 or round_.unpaid == 0, "dust")


def _pay(round_: Any, submission: Any) -> int:
    if submission.status.kind == "Planted":
        return int(round_.plant_share)
    scored = (round_.params.score.seconds, round_.params.score.slots) != (0, 0)
    part, whole = (submission.score, round_.score_total) if scored else (1, round_.accepted)
    return int(round_.score_pool * part // max(1, whole))
