"""The reference's part for stake, slashes and rewards."""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.model import Entry, Federation, Now, Person, Round, Step, Submission, need
from tests.property.reference_people import Shared, rounded_down, rounded_up


class MoneyRules(Shared):
    """Stake, slashes and rewards."""

    def stake_deposit(self, step: Step, now: Now) -> Iterator[None]:
        """Adds ``amount`` to the actor's stake, out of ``tokens``."""
        person = self.person(step.fed, step.actor)
        fed, vault = self.feds[step.fed], f"{step.fed}.stake"
        source = self.check_target(step, "stake", "stake")
        need(not fed.paused, "FederationPaused")
        self.check_payment(step, source, vault)
        yield
        self.books.move(source, vault, step.amount)
        person.stake += step.amount
        person.deposited += step.amount
        self.take_seat(fed, step.actor, now)

    def stake_unbond(self, step: Step, now: Now) -> Iterator[None]:
        """Sends ``amount`` into the queue; ``last`` is the account passed as last aggregator."""
        person, fed = self.person(step.fed, step.actor), self.feds[step.fed]
        self.check_last_account(step, step.actor)
        self.check_last_home(step)
        need(step.amount > 0, "AmountZero")
        need(person.stake >= step.amount, "StakeInsufficient")
        free = [entry for entry in person.queue if entry.amount == 0]
        need(bool(free), "UnbondingQueueFull")
        self.check_last(step, step.actor, person.stake - step.amount)
        yield
        person.stake -= step.amount
        free[0].amount = step.amount
        free[0].release, free[0].round = now.after(fed.rules.unbonding), fed.round
        self.leave_seat(fed, step.actor, now)

    def stake_withdraw(self, step: Step, now: Now) -> Iterator[None]:
        """Pays all that has matured to ``tokens``."""
        person, fed = self.person(step.fed, step.actor), self.feds[step.fed]
        target = self.check_target(step, "stake", "stake")
        due = [entry for entry in person.queue if self._matured(fed, entry, now)]
        amount = sum(entry.amount for entry in due)
        need(amount > 0, "NothingToWithdraw")
        need(person.slashable - amount >= person.locked, "StakeLocked")
        yield
        for entry in due:
            entry.amount, entry.release, entry.round = 0, (0, 0), 0
        person.withdrawn += amount
        self.books.give(f"{step.fed}.stake", target, amount)

    @staticmethod
    def _matured(fed: Federation, entry: Entry, now: Now) -> bool:
        round_over = fed.round > entry.round or not fed.active
        return entry.amount > 0 and now.passed(entry.release) and round_over

    def submission(self, step: Step, owner: str) -> tuple[Person, Round, Submission]:
        """A participant, a round and its submission there, which must exist."""
        person, fed = self.person(step.fed, owner), self.feds[step.fed]
        need(step.number in fed.rounds and (step.number, owner) in fed.submissions)
        return person, fed.rounds[step.number], fed.submissions[step.number, owner]

    def fault_no_reveal(self, step: Step, now: Now) -> Iterator[None]:
        """Slashes ``who``; the finder's part goes to ``tokens``."""
        person, round_, submission = self.submission(step, step.who)
        fed = self.feds[step.fed]
        self.check_last_account(step, step.who)
        target = self.check_target(step, "stake", "stake", "treasury")
        self.check_last_home(step)
        need(submission.status == "Committed", "WrongSubmissionStatus")
        need(round_.phase not in ("Commit", "Reveal"), "WrongPhase")
        need(not round_.full, "CommitmentExcused")
        rated = rounded_up(person.slashable + person.bonded, round_.rules.rate)
        total = min(rated, person.slashable)
        self.check_last(step, step.who, person.stake - min(total, person.stake))
        yield
        finder = rounded_down(total, round_.rules.finder)
        treasury = rounded_down(total, round_.rules.treasury)
        self._slash(person, total)
        person.locked -= submission.liability
        submission.status, submission.liability = "Faulted", 0
        person.overdrawn = person.locked > person.slashable
        fed.treasury += treasury
        self.leave_seat(fed, step.who, now)
        vault = f"{step.fed}.stake"
        self.books.give(vault, target, finder)
        self.books.move(vault, f"{step.fed}.treasury", treasury)
        self.books.tokens[vault] -= total - finder - treasury
        self.books.supply[fed.stake_mint] -= total - finder - treasury

    @staticmethod
    def _slash(person: Person, total: int) -> None:
        person.slashed += total
        part = min(total, person.stake)
        person.stake -= part
        for entry in person.queue:
            total, part = total - part, min(total - part, entry.amount)
            entry.amount -= part

    def reward_claim(self, step: Step, now: Now) -> Iterator[None]:
        """Pays the actor's share of a settled round to ``tokens``."""
        person, round_, submission = self.submission(step, step.actor)
        target = self.check_target(step, "reward", "reward")
        need(round_.phase == "Settled", "WrongPhase")
        need(not submission.claimed, "AlreadyClaimed")
        need(submission.status == "Revealed", "WrongSubmissionStatus")
        yield
        submission.claimed = True
        round_.claimed += 1
        self.feds[step.fed].owed -= round_.share
        person.rewarded += round_.share
        self.books.give(f"{step.fed}.reward", target, round_.share)

    def submission_close(self, step: Step, now: Now) -> Iterator[None]:
        """Closes the submission of ``who``; a round that is gone asks nothing.

        A share that nobody claims is forfeited: in a paused federation, once its round may close.
        """
        person, fed = self.person(step.fed, step.who), self.feds[step.fed]
        key = (step.number, step.who)
        need(key in fed.submissions)
        submission, round_ = fed.submissions[key], fed.rounds.get(step.number)
        unclaimed = False
        if round_ is not None:
            need(round_.ended, "RoundNotEnded")
            unclaimed = submission.status == "Revealed" and round_.phase == "Settled"
            unclaimed = unclaimed and not submission.claimed
            abandoned = fed.paused and now.passed(round_.deadline)
            done = {
                "Committed": round_.full,
                "Revealed": not unclaimed or abandoned,
                "Faulted": True,
            }
            need(done[submission.status], "SubmissionInUse")
        yield
        if round_ is not None and submission.status == "Revealed":
            round_.closed += 1
            if unclaimed:
                round_.claimed += 1
                fed.owed -= round_.share
                fed.available += round_.share
        person.locked -= submission.liability
        person.duties -= 1
        del fed.submissions[key]
        self.books.close_account(f"{step.fed}#{step.number}/{step.who}", step.who)
