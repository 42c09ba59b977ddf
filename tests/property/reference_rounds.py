"""The reference's part for rounds, in the order of their phases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from tests.property.model import (
    AGGREGATOR,
    CREATOR,
    NOBODY,
    TRAINER,
    Now,
    Round,
    Step,
    Submission,
    digest,
    need,
)
from tests.property.reference_people import Shared


def mixed(beacon: bytes, more: bytes) -> bytes:
    """The beacon with something mixed in."""
    return hashlib.sha256(beacon + more).digest()


def salt_of(step: Step, owner: str) -> bytes:
    """The salt of an owner's commitment."""
    return digest("salt", step.fed, step.number, owner, step.word)


def new_root_of(step: Step) -> bytes:
    """The model root that an actor posts."""
    return digest("model", step.fed, step.number, step.actor)


class RoundRules(Shared):
    """Rounds."""

    def round(self, step: Step) -> Round:
        """A round that must exist."""
        fed = self.fed(step.fed)
        need(step.number in fed.rounds)
        return fed.rounds[step.number]

    def round_open(self, step: Step, now: Now) -> Iterator[None]:
        """``who``: the participant that the opener shows, if any."""
        fed = self.fed(step.fed)
        shown = self.person(step.fed, step.who) if step.who else None
        need(step.number == fed.round + 1)
        need(self.books.can_open(f"{step.fed}#{step.number}"))
        need(not step.who or step.who == step.actor, "NotOwner")
        need(not fed.paused, "FederationPaused")
        need(not fed.active, "RoundActive")
        staked = shown is not None and shown.stake >= fed.rules.min_stake
        need(step.actor == CREATOR[step.fed] or staked, "OpenerNotAllowed")
        yield
        pool = min(fed.rules.reward, fed.available)
        fed.available -= pool
        fed.reserved += pool
        fed.round, fed.active = step.number, True
        fed.rounds[step.number] = Round(fed.rules, step.actor, now.after(fed.rules.commit), pool)
        self.books.open_account(step.actor, f"{step.fed}#{step.number}", "round")

    def round_commit(self, step: Step, now: Now) -> Iterator[None]:
        """Commits to the update that ``word`` describes."""
        round_, person = self.round(step), self.person(step.fed, step.actor)
        fed, key = self.feds[step.fed], (step.number, step.actor)
        need(key not in fed.submissions)
        need(self.books.can_open(f"{step.fed}#{step.number}/{step.actor}"))
        need(not fed.paused, "FederationPaused")
        need(bool(person.roles & TRAINER), "RoleMissing")
        need(round_.phase == "Commit", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        need(person.stake >= person.locked + round_.rules.min_stake, "StakeInsufficient")
        yield
        person.locked += round_.rules.min_stake
        person.duties += 1
        fed.submissions[key] = Submission(step.word, round_.rules.min_stake)
        self.books.open_account(step.actor, f"{step.fed}#{step.number}/{step.actor}", "submission")

    def round_reveal(self, step: Step, now: Now) -> Iterator[None]:
        """Reveals the update that ``word`` describes; ``long`` is longer than the bound."""
        round_, person = self.round(step), self.person(step.fed, step.actor)
        fed, key = self.feds[step.fed], (step.number, step.actor)
        need(key in fed.submissions)
        submission = fed.submissions[key]
        need(round_.phase == "Reveal", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        need(submission.status == "Committed", "WrongSubmissionStatus")
        need(submission.word == step.word, "CommitmentMismatch")
        need(step.word != "long", "NormTooLarge")
        need(not round_.full, "RoundFull")
        yield
        round_.revealed += 1
        round_.beacon = mixed(round_.beacon, salt_of(step, step.actor))
        person.locked -= submission.liability
        submission.status, submission.liability = "Revealed", 0

    def round_advance(self, step: Step, now: Now) -> Iterator[None]:
        """Moves a round on from commit, reveal or score."""
        round_ = self.round(step)
        need(round_.phase in ("Commit", "Reveal", "Score"), "WrongPhase")
        early = round_.phase == "Reveal" and round_.full
        need(early or now.passed(round_.deadline), "DeadlineNotPassed")
        quorum = round_.revealed >= round_.rules.min_submissions
        need(round_.phase != "Reveal" or quorum, "QuorumFailed")
        found = now.first_hash(round_.beacon_slot)
        forgotten = round_.phase == "Score" and now.has_forgotten(round_.beacon_slot)
        need(round_.phase != "Score" or found is not None, "BeaconNotReady")
        yield
        rules = round_.rules
        if round_.phase == "Commit":
            round_.phase, round_.deadline = "Reveal", now.after(rules.reveal)
        elif round_.phase == "Reveal":
            round_.phase, round_.deadline = "Score", now.after(rules.score)
            round_.beacon_slot = now.slot + 1
            round_.aggregators = len(self.feds[step.fed].seats)
        elif forgotten:
            round_.beacon_slot = now.slot + 1
        else:
            round_.phase, round_.deadline = "Aggregate", now.after(rules.aggregate)
            round_.takeover = tuple(map(sum, zip(round_.deadline, rules.aggregate, strict=True)))
            round_.beacon = mixed(round_.beacon, found or b"")
            seats = round_.aggregators
            pick = int.from_bytes(round_.beacon[:16], "little")
            round_.chosen = pick % seats if seats else NOBODY

    def round_aggregate(self, step: Step, now: Now) -> Iterator[None]:
        """Posts a model with a bond."""
        round_, person = self.round(step), self.person(step.fed, step.actor)
        fed, rules = self.feds[step.fed], round_.rules
        need(bool(person.roles & AGGREGATOR), "RoleMissing")
        need(person.stake >= rules.seat, "StakeInsufficient")
        need(round_.phase == "Aggregate", "WrongPhase")
        need(not now.passed(round_.takeover), "DeadlinePassed")
        chosen = step.actor in fed.seats and fed.seats.index(step.actor) == round_.chosen
        chosen = chosen and person.seated_slot < round_.beacon_slot
        need(chosen or now.passed(round_.deadline), "AggregatorNotChosen")
        need(person.stake - rules.bond >= person.locked, "StakeLocked")
        yield
        person.stake -= rules.bond
        person.bonded += rules.bond
        person.duties += 1
        round_.bond, round_.aggregator = rules.bond, step.actor
        round_.new_root = new_root_of(step)
        round_.phase, round_.deadline = "Challenge", now.after(rules.challenge)

    def round_settle(self, step: Step, now: Now) -> Iterator[None]:
        """``who``: the participant passed as the aggregator."""
        round_, person = self.round(step), self.person(step.fed, step.who)
        fed = self.feds[step.fed]
        need(step.who == round_.aggregator, "WrongAggregator")
        need(round_.phase == "Challenge", "WrongPhase")
        need(now.passed(round_.deadline), "DeadlineNotPassed")
        yield
        round_.share = round_.pool // round_.revealed
        fed.reserved -= round_.pool
        fed.owed += round_.share * round_.revealed
        fed.available += round_.pool - round_.share * round_.revealed
        person.stake += round_.bond
        person.bonded -= round_.bond
        person.duties -= 1
        self.take_seat(fed, step.who, now)
        round_.bond = 0
        fed.root, fed.active = round_.new_root, False
        round_.phase, round_.deadline = "Settled", now.after(round_.rules.unbonding)

    def round_abort(self, step: Step, now: Now) -> Iterator[None]:
        """Ends a round that has too few reveals or no aggregate."""
        round_, fed = self.round(step), self.feds[step.fed]
        need(round_.phase in ("Reveal", "Aggregate"), "WrongPhase")
        if round_.phase == "Reveal":
            need(round_.revealed < round_.rules.min_submissions, "QuorumReached")
            need(now.passed(round_.deadline), "DeadlineNotPassed")
        else:
            need(now.passed(round_.takeover), "DeadlineNotPassed")
        yield
        fed.reserved -= round_.pool
        fed.available += round_.pool
        fed.active = False
        round_.phase, round_.deadline = "Aborted", now.after(round_.rules.unbonding)

    def round_close(self, step: Step, now: Now) -> Iterator[None]:
        """``who``: whom the rent is to go to."""
        round_, fed = self.round(step), self.feds[step.fed]
        need(step.who == round_.payer, "WrongRound")
        need(round_.ended, "RoundNotEnded")
        need(round_.closed == round_.revealed and now.passed(round_.deadline), "RoundInUse")
        yield
        del fed.rounds[step.number]
        self.books.close_account(f"{step.fed}#{step.number}", round_.payer)
