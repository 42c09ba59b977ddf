"""The invariants of states and of their order; each fails under its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from solders.pubkey import Pubkey

from tests.property.counts import hold
from tests.property.view import View, has_ended, is_open, phase_of, slashable, vaults_of

FOLLOWING = {
    "Commit": ("Reveal", "Share"),
    "Share": ("Reveal",),
    "Reveal": ("Score", "Aborted"),
    "Score": ("ScoreReveal", "Aggregate", "Aborted"),
    "ScoreReveal": ("Tally", "Aborted"),
    "Tally": ("Aggregate",),
    "Aggregate": ("Challenge", "Aborted"),
    "Challenge": ("Settled", "Aggregate"),
}
_SUBMISSION = {
    "Committed": ("Revealed", "Shared", "Faulted"),
    "Shared": ("Revealed", "Faulted"),
    "Revealed": ("Rejected", "Planted", "Faulted"),
    "Rejected": ("Faulted",),
    "Planted": ("Faulted",),
}
_EVALUATION = {"Committed": ("Displaced", "Revealed", "Faulted"), "Revealed": ("Done", "Faulted")}
_VERDICT = {"Open": ("Convicted", "Acquitted", "Moot")}
_EVIDENCE = {"Incomplete": ("Proves", "Refutes")}


def i4_phases_are_monotone(before: View, after: View) -> None:
    """I4: rounds, and all that happens in them, go forward and end for good; numbers only grow.

    One step back there is: an aggregate that fell is replaced, and that is counted.
    """
    for key, round_ in after.rounds.items():
        if key in before.rounds:
            _one_phase_forward(before.rounds[key], round_)
    for key, fed in after.federations.items():
        if key in before.federations:
            hold("I4", fed.round - before.federations[key].round in (0, 1), "round number")
            hold("I4", fed.seq >= before.federations[key].seq, "sequence")
    _forward(before.submissions, after.submissions, "status", _SUBMISSION)
    _forward(before.evaluations, after.evaluations, "status", _EVALUATION)
    _forward(before.challenges, after.challenges, "verdict", _VERDICT)
    _forward(before.challenges, after.challenges, "evidence", _EVIDENCE)


def _one_phase_forward(before: Any, after: Any) -> None:
    old, new = phase_of(before), phase_of(after)
    reopened = (old, new) == ("Challenge", "Aggregate")
    hold("I4", after.attempt == before.attempt + reopened, ("attempt", old, new))
    hold("I4", after.drawn or not before.drawn, "beacon")
    if old != new:
        hold("I4", new in FOLLOWING.get(old, ()), (old, new))
        scored = (after.params.score.seconds, after.params.score.slots) != (0, 0)
        skips = (old, new) == ("Score", "Aggregate")
        hold("I4", not skips or not scored, "scores were skipped")
        hold("I4", new != "ScoreReveal" or scored, "nobody scores")
        masked = after.params.rule.kind == "Masked"
        skipped = (old, new) == ("Commit", "Reveal")
        hold("I4", new != "Share" or masked, "nobody shares")
        hold("I4", not skipped or not masked, "shares were skipped")


def _forward(
    before: dict[Pubkey, Any],
    after: dict[Pubkey, Any],
    field: str,
    following: dict[str, tuple[str, ...]],
) -> None:
    for key in before.keys() & after.keys():
        old, new = (getattr(book[key], field).kind for book in (before, after))
        hold("I4", old == new or new in following.get(old, ()), (field, old, new))


def i5_liabilities_are_covered(before: View, after: View, excused: set[Pubkey]) -> None:
    """I5: locked ≤ slashable; a new commitment needs free stake, and a vote weighs what is staked.

    ``excused``: participants whom a slash for one silence left with less than the next one may
    cost. Nobody else may be short, and even those may not get shorter in another way.
    """
    for key, person in after.participants.items():
        short = person.locked - slashable(person)
        hold("I5", short <= 0 or key in excused, (str(key), person.locked, slashable(person)))
        old = before.participants.get(key)
        if old is not None and person.locked > old.locked:
            hold("I5", person.stake >= person.locked, "commitment without free stake")
        if old is not None and short > 0 and person.slashed == old.slashed:
            hold("I5", short <= max(0, old.locked - slashable(old)), "shorter without a slash")
    for key, evaluation in after.evaluations.items():
        if key not in before.evaluations:
            person = before.participants[evaluation.participant]
            hold("I5", 0 < evaluation.weight <= person.stake, "weight without stake")
            early = person.stake_slot < after.rounds[evaluation.round].beacon_slot
            hold("I5", early, "weight that came after the beacon")
        else:
            hold("I5", evaluation.weight == before.evaluations[key].weight, "weight changed")


def i6_a_final_root_never_changes(
    before: View, after: View, final: dict[Pubkey, tuple[Pubkey, object]]
) -> None:
    """I6: one result per ended round, for good; a model root changes by settling and only then.

    ``final`` remembers federation and result of every round that ever ended. A posted root stays
    what it was until it falls.
    """
    for key, round_ in after.rounds.items():
        roots = bytes(round_.new_model_root), bytes(round_.new_model_artifact)
        if has_ended(round_):
            counts = (round_.revealed, round_.accepted, round_.planted, round_.attempt)
            pools = (round_.pool, round_.evaluator_pool, round_.score_pool, round_.plant_share)
            result = (phase_of(round_), roots, *counts, *pools, round_.share)
            known = final.setdefault(key, (round_.federation, result))
            hold("I6", known == (round_.federation, result), (str(key), result))
        old = before.rounds.get(key)
        if old is not None and phase_of(old) == phase_of(round_) == "Challenge":
            posted = bytes(old.new_model_root), bytes(old.new_model_artifact)
            hold("I6", posted == roots, (str(key), "a posted root"))
    for key, fed in after.federations.items():
        if key in before.federations:
            _root_follows(before, after, key, fed)


def _root_follows(before: View, after: View, key: Pubkey, fed: Any) -> None:
    settled = [
        round_
        for address, round_ in after.rounds_of(key).items()
        if phase_of(round_) == "Settled" and not has_ended(before.rounds.get(address, round_))
    ]
    root = settled[0].new_model_root if settled else before.federations[key].model_root
    hold("I6", len(settled) <= 1 and fed.model_root == root, "the federation's root")


def i7_nothing_is_stuck(view: View, moves_on: Callable[[Pubkey], bool]) -> None:
    """I7: once all deadlines have passed, anybody can move every round that has not ended.

    And anybody can decide every dispute that is open, and pay out every one that is decided.
    """
    for key, round_ in view.rounds.items():
        if not has_ended(round_):
            hold("I7", moves_on(key), (str(key), phase_of(round_)))
    for key, challenge in view.challenges.items():
        hold("I7", moves_on(key), (str(key), challenge.kind.kind, challenge.verdict.kind))


def i8_what_is_closed_owes_nothing(before: View, after: View) -> None:
    """I8: an account that went had no liabilities, and nothing is left that needs it."""
    for key in before.federations.keys() - after.federations.keys():
        fed = before.federations[key]
        totals = (fed.stake_total, fed.unbonding_total, fed.bond_total)
        hold("I8", totals == (0, 0, 0) and fed.reward_owed == fed.reward_reserved == 0, "money")
        hold("I8", not any(vault in after.raw for vault in vaults_of(key)), "vault left")
    for key in before.participants.keys() - after.participants.keys():
        person = before.participants[key]
        idle = slashable(person) == person.locked == person.duties == 0 and not person.listed
        hold("I8", idle, "participant")
    for key in before.rounds.keys() - after.rounds.keys():
        round_ = before.rounds[key]
        paid = round_.unpaid == round_.bond == round_.disputes == round_.evaluations == 0
        hold("I8", has_ended(round_) and paid and round_.claims_left == 0, "round")
    for key in before.submissions.keys() - after.submissions.keys():
        hold("I8", before.submissions[key].disputes == 0, "submission")
    for key in before.evaluations.keys() - after.evaluations.keys():
        _evaluation_was_done(before, before.evaluations[key])
    for key in before.challenges.keys() - after.challenges.keys():
        hold("I8", not is_open(before.challenges[key]), "dispute")
    _nothing_hangs(after)


def _evaluation_was_done(before: View, evaluation: Any) -> None:
    round_ = before.rounds[evaluation.round]
    over = evaluation.status.kind in ("Displaced", "Done", "Faulted")
    paused = before.federations[round_.federation].paused
    left = phase_of(round_) == "Aborted" or (paused and phase_of(round_) == "Settled")
    hold("I8", over or left, ("evaluation", evaluation.status.kind))


def _nothing_hangs(view: View) -> None:
    below: Iterable[Any] = (
        *view.participants.values(),
        *view.rounds.values(),
        *view.challenges.values(),
    )
    for account in below:
        hold("I8", account.federation in view.federations, "without federation")
    for work in (*view.submissions.values(), *view.evaluations.values()):
        hold("I8", work.participant in view.participants, "without participant")
        open_in = work.round in view.rounds
        needs = getattr(work, "revealed", True)
        hold("I8", open_in or not needs, "without round")
    for challenge in view.challenges.values():
        if is_open(challenge):
            hold("I8", challenge.round in view.rounds, "dispute without round")
            there = challenge.target in view.submissions or challenge.target == challenge.round
            hold("I8", there, "dispute without target")
