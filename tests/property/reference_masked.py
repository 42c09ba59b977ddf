"""The reference's part for rounds under masks: members, shares, and objections to what was unmasked."""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.model import TRAINER, Now, Step, digest, need
from tests.property.reference_verdicts import VerdictRules
from tests.property.state import Submission
from tests.property.updates import update_of


def shares_of(step: Step) -> bytes:
    """The hash of the shares that the actor stores; ``word`` says which."""
    return digest("shares", step.fed, step.number, step.actor, step.word)


class MaskedRules(VerdictRules):
    """Members, shares and objections."""

    def round_join(self, step: Step, now: Now) -> Iterator[None]:
        """Counts the actor in as a member, as long as all of them could show their words.

        Which words these will be is not bound; until they are shown they count as good ones.
        """
        round_, person = self.round(step), self.person(step.fed, step.actor)
        fed, key = self.feds[step.fed], (step.number, step.actor)
        rules, account = round_.rules, f"{step.fed}#{step.number}/{step.actor}"
        need(key not in fed.submissions)
        need(self.books.can_open(account))
        need(not fed.paused, "FederationPaused")
        need(bool(person.roles & TRAINER), "RoleMissing")
        need(rules.masked, "ModeMismatch")
        need(round_.phase == "Commit", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        need(round_.members < rules.max_submissions, "RoundFull")
        need(person.stake >= person.locked + rules.min_stake, "StakeInsufficient")
        yield
        round_.members += 1
        person.locked += rules.min_stake
        person.duties += 1
        update = update_of(step.fed, step.number, step.actor, "good", rules)
        fed.submissions[key] = Submission("good", "", update, rules.min_stake, now.slot)
        self.books.open_account(step.actor, account, "submission")

    def round_share(self, step: Step, now: Now) -> Iterator[None]:
        """Binds the actor to its shares."""
        round_, (_, _, submission) = self.round(step), self.submission(step, step.actor)
        need(round_.phase == "Share", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        need(submission.status == "Committed", "WrongSubmissionStatus")
        yield
        submission.status, submission.shares = "Shared", shares_of(step)

    def round_object(self, step: Step, now: Now) -> Iterator[None]:
        """Turns down what ``aggregator`` has posted; more than half of the accepted fell it.

        The bond goes home, and whoever posted it is barred from the round.
        """
        round_, (_, _, submission) = self.round(step), self.submission(step, step.actor)
        fed = self.feds[step.fed]
        need(step.aggregator != "")
        self.person(*step.aggregator.split("/"))
        need(step.aggregator == f"{step.fed}/{round_.aggregator}", "WrongAggregator")
        need(round_.rules.masked, "ModeMismatch")
        need(round_.phase == "Challenge", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        need(submission.status == "Revealed", "WrongSubmissionStatus")
        need(submission.index not in round_.objectors, "AlreadyObjected")
        yield
        round_.objectors.add(submission.index)
        if 2 * len(round_.objectors) > round_.accepted:
            poster = round_.aggregator
            self.return_bond(fed, round_)
            fed.people[poster].barred = step.number
            self.take_seat(fed, poster, now)
            self._reopen(round_, now)
