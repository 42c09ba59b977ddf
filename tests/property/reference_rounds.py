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
    Rules,
    Step,
    digest,
    need,
)
from tests.property.reference_rewards import RewardRules
from tests.property.state import Federation, Round, Submission
from tests.property.trees import Model
from tests.property.updates import update_of


def mixed(beacon: bytes, more: bytes) -> bytes:
    """The beacon with something mixed in."""
    return hashlib.sha256(beacon + more).digest()


def salt_of(step: Step, rules: Rules) -> bytes:
    """The salt of the actor's commitment; under masks its channel key, whatever it will show."""
    if rules.masked:
        return digest("channel key", step.fed, step.number, step.actor)
    return digest("salt", step.fed, step.number, step.actor, step.word, step.who)


def posted_by(step: Step) -> Model:
    """The model that a step posts; without one, a root of which nobody has the model."""
    return step.model or Model(digest("model", step.fed, step.number, step.actor))


class RoundRules(RewardRules):
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
        rules, pool = fed.rules, min(fed.rules.reward, fed.available)
        fed.available -= pool
        fed.reserved += pool
        fed.round, fed.active = step.number, True
        end = now.after(rules.commit)
        fed.rounds[step.number] = Round(rules, step.actor, end, pool, fed.model, fed.beacon)
        self.books.open_account(step.actor, f"{step.fed}#{step.number}", "round")

    def round_commit(self, step: Step, now: Now) -> Iterator[None]:
        """Commits to the update that ``word`` describes, of ``who`` if it is a copy."""
        round_, person = self.round(step), self.person(step.fed, step.actor)
        fed, key = self.feds[step.fed], (step.number, step.actor)
        need(key not in fed.submissions)
        need(self.books.can_open(f"{step.fed}#{step.number}/{step.actor}"))
        need(not fed.paused, "FederationPaused")
        need(bool(person.roles & TRAINER), "RoleMissing")
        need(not round_.rules.masked, "ModeMismatch")
        need(round_.phase == "Commit", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        need(person.stake >= person.locked + round_.rules.min_stake, "StakeInsufficient")
        yield
        person.locked += round_.rules.min_stake
        person.duties += 1
        author = step.who or step.actor
        update = update_of(step.fed, step.number, author, step.word, round_.rules)
        liability = round_.rules.min_stake
        fed.submissions[key] = Submission(step.word, step.who, update, liability, now.slot)
        self.books.open_account(step.actor, f"{step.fed}#{step.number}/{step.actor}", "submission")

    def round_reveal(self, step: Step, now: Now) -> Iterator[None]:
        """Reveals the update that ``word`` and ``who`` describe; its norm has a bound.

        Under masks it may be any update, by whoever has shared, and no norm bounds it.
        """
        round_, person = self.round(step), self.person(step.fed, step.actor)
        fed, key = self.feds[step.fed], (step.number, step.actor)
        need(key in fed.submissions)
        submission = fed.submissions[key]
        need(round_.phase == "Reveal", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        rules = round_.rules
        due = "Shared" if rules.masked else "Committed"
        need(submission.status == due, "WrongSubmissionStatus")
        committed = rules.masked or (submission.word, submission.author) == (step.word, step.who)
        need(committed, "CommitmentMismatch")
        need(rules.masked or submission.update.norm <= rules.norm, "NormTooLarge")
        need(not round_.full, "RoundFull")
        yield
        submission.word, submission.author = step.word, step.who
        author = step.who or step.actor
        submission.update = update_of(step.fed, step.number, author, step.word, rules)
        submission.index, submission.revealed = round_.revealed, True
        round_.revealed += 1
        round_.beacon = mixed(round_.beacon, salt_of(step, rules))
        person.locked -= submission.liability
        submission.status, submission.liability = "Revealed", 0

    def round_advance(self, step: Step, now: Now) -> Iterator[None]:
        """Moves a round on: from a phase that is over and has what it needs, or by its beacon."""
        round_ = self.round(step)
        if round_.phase == "Score" and not round_.drawn:
            yield from self._draw(round_, now)
            return
        counts = {
            "Commit": True,
            "Share": True,
            "Reveal": round_.revealed >= round_.rules.min_submissions,
            "Score": len(round_.panel) >= round_.rules.min_evaluators,
            "ScoreReveal": len(round_.shown) >= round_.rules.min_evaluators,
            "Tally": round_.scored == round_.revealed,
        }
        need(round_.phase in counts, "WrongPhase")
        everybody = round_.phase == "ScoreReveal" and len(round_.shown) == len(round_.panel)
        early = everybody or (round_.phase == "Reveal" and round_.full)
        need(early or now.passed(round_.deadline), "DeadlineNotPassed")
        missing = "ScoresMissing" if round_.phase == "Tally" else "QuorumFailed"
        need(counts[round_.phase], missing)
        yield
        rules = round_.rules
        if round_.phase == "Commit" and rules.masked:
            round_.phase, round_.deadline = "Share", now.after(rules.commit)
        elif round_.phase in ("Commit", "Share"):
            round_.phase, round_.deadline = "Reveal", now.after(rules.reveal)
        elif round_.phase == "Reveal":
            round_.phase, round_.deadline = "Score", now.after(rules.score)
            round_.beacon_slot = now.slot + 1
            round_.accepted = round_.revealed
            round_.aggregators = len(self.feds[step.fed].seats)
        elif round_.phase == "Tally":
            self.start_aggregation(round_, now)
        else:
            round_.scores_closed = round_.phase == "ScoreReveal"
            round_.phase = {"Score": "ScoreReveal", "ScoreReveal": "Tally"}[round_.phase]
            round_.deadline = now.after(rules.score)

    def _draw(self, round_: Round, now: Now) -> Iterator[None]:
        """Completes the beacon; if its slot is forgotten, another slot is waited for."""
        found = now.first_hash(round_.beacon_slot)
        need(found is not None, "BeaconNotReady")
        yield
        if now.has_forgotten(round_.beacon_slot):
            round_.beacon_slot = now.slot + 1
            return
        round_.beacon, round_.drawn = mixed(round_.beacon, found or b""), True
        if round_.rules.scored:
            round_.deadline = now.after(round_.rules.score)
        else:
            self.start_aggregation(round_, now)

    @staticmethod
    def start_aggregation(round_: Round, now: Now) -> None:
        """Chooses an aggregator: by the beacon, and by another lot after each that has fallen."""
        window = round_.rules.aggregate
        round_.phase, round_.deadline = "Aggregate", now.after(window)
        round_.takeover = round_.deadline[0] + window[0], round_.deadline[1] + window[1]
        lot = round_.beacon
        if round_.attempt:
            lot = mixed(lot, round_.attempt.to_bytes(4, "little"))
        seats = round_.aggregators
        round_.chosen = int.from_bytes(lot[:16], "little") % seats if seats else NOBODY

    def round_aggregate(self, step: Step, now: Now) -> Iterator[None]:
        """Posts ``model`` with a bond; it combines ``amount`` updates (zero: whatever is accepted).

        ``choice``: what it selects, or what has taken the masks off.
        """
        round_, person = self.round(step), self.person(step.fed, step.actor)
        fed, rules = self.feds[step.fed], round_.rules
        need(bool(person.roles & AGGREGATOR), "RoleMissing")
        need(person.stake >= rules.seat, "StakeInsufficient")
        need(person.barred != step.number, "AggregatorBarred")
        need(step.amount in (0, round_.accepted), "AcceptedChanged")
        need(round_.phase == "Aggregate", "WrongPhase")
        need(not now.passed(round_.takeover), "DeadlinePassed")
        chosen = step.actor in fed.seats and fed.seats.index(step.actor) == round_.chosen
        chosen = chosen and person.seated_slot < round_.beacon_slot
        need(chosen or now.passed(round_.deadline), "AggregatorNotChosen")
        need(round_.quorum, "QuorumFailed")
        posts = rules.selects or rules.masked
        need((step.choice is not None) == posts, "SelectionMismatch")
        need(person.stake - rules.bond >= person.locked, "StakeLocked")
        yield
        person.stake -= rules.bond
        person.bonded += rules.bond
        person.duties += 1
        round_.bond, round_.aggregator = rules.bond, step.actor
        round_.posted, round_.choice = posted_by(step), step.choice
        round_.phase, round_.deadline = "Challenge", now.after(rules.challenge)
        round_.takeover = round_.deadline

    def round_settle(self, step: Step, now: Now) -> Iterator[None]:
        """``who``: the participant passed as the aggregator."""
        round_, fed = self.round(step), self.feds[step.fed]
        self.person(step.fed, step.who)
        need(step.who == round_.aggregator, "WrongAggregator")
        need(round_.phase == "Challenge", "WrongPhase")
        need(now.passed(round_.deadline), "DeadlineNotPassed")
        need(round_.disputes == 0, "DisputesOpen")
        yield
        fed.reserved -= round_.pool
        self.divide_pool(fed, round_)
        self.return_bond(fed, round_)
        self.take_seat(fed, step.who, now)
        assert round_.posted is not None
        fed.model = round_.posted
        self._end(fed, round_, "Settled", now)

    @staticmethod
    def return_bond(fed: Federation, round_: Round) -> None:
        """The aggregator's bond goes home."""
        person = fed.people[round_.aggregator]
        person.stake += round_.bond
        person.bonded -= round_.bond
        person.duties -= 1
        round_.bond = 0

    @staticmethod
    def _end(fed: Federation, round_: Round, phase: str, now: Now) -> None:
        fed.active = False
        if round_.drawn:
            fed.beacon = round_.beacon, round_.beacon_slot
        round_.phase, round_.deadline = phase, now.after(round_.rules.unbonding)

    def round_abort(self, step: Step, now: Now) -> Iterator[None]:
        """Ends a round that has too few reveals, evaluators or accepted updates, or no aggregate."""
        round_, fed = self.round(step), self.feds[step.fed]
        scoring = round_.drawn and round_.rules.scored
        failed = {
            "Reveal": round_.revealed < round_.rules.min_submissions,
            "Score": scoring and len(round_.panel) < round_.rules.min_evaluators,
            "ScoreReveal": len(round_.shown) < round_.rules.min_evaluators,
            "Aggregate": True,
        }
        need(round_.phase in failed, "WrongPhase")
        need(failed[round_.phase], "QuorumReached")
        over = now.passed(round_.deadline)
        if round_.phase == "Aggregate":
            over = now.passed(round_.takeover) or not round_.quorum
        need(over, "DeadlineNotPassed")
        need(round_.disputes == 0, "DisputesOpen")
        yield
        fed.reserved -= round_.pool
        fed.available += round_.pool
        round_.scores_closed |= round_.phase == "ScoreReveal"
        self._end(fed, round_, "Aborted", now)

    def round_close(self, step: Step, now: Now) -> Iterator[None]:
        """``who``: whom the rent is to go to."""
        round_, fed = self.round(step), self.feds[step.fed]
        need(step.who == round_.payer, "WrongRound")
        need(round_.ended, "RoundNotEnded")
        empty = round_.closed == round_.revealed and round_.evaluations == 0
        need(empty and now.passed(round_.deadline), "RoundInUse")
        yield
        del fed.rounds[step.number]
        self.books.close_account(f"{step.fed}#{step.number}", round_.payer)
