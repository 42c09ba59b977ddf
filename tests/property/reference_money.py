"""The reference's part for stake, fines and the silence of trainers."""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.model import Now, Step, need
from tests.property.reference_people import Shared, rounded_down, rounded_up
from tests.property.state import Entry, Federation, Person, Round


class MoneyRules(Shared):
    """Stake, fines and the silence of trainers."""

    def stake_deposit(self, step: Step, now: Now) -> Iterator[None]:
        """Adds ``amount`` to the actor's stake, out of ``tokens``."""
        person = self.person(step.fed, step.actor)
        fed, vault = self.feds[step.fed], f"{step.fed}.stake"
        source = self.check_target(step, "stake", "stake")
        need(not fed.paused, "FederationPaused")
        need(step.amount > 0, "AmountZero")
        self.check_payment(step, source, vault, step.amount)
        yield
        self.books.move(source, vault, step.amount)
        person.stake += step.amount
        person.deposited += step.amount
        person.stake_slot = now.slot
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

    def fault_no_reveal(self, step: Step, now: Now) -> Iterator[None]:
        """Slashes ``who``; the finder's part goes to ``tokens``."""
        person, round_, submission = self.submission(step, step.who)
        self.check_last_account(step, step.who)
        target = self.check_target(step, "stake", "stake", "treasury")
        self.check_last_home(step)
        need(submission.hidden, "WrongSubmissionStatus")
        need(round_.phase not in ("Commit", "Share", "Reveal"), "WrongPhase")
        need(not round_.full, "CommitmentExcused")
        fine = self.fine_of(person, step.number, round_.rules.rate, round_.rules.cap)
        self.check_last(step, step.who, person.stake - min(fine, person.stake))
        yield
        person.locked -= submission.liability
        submission.status, submission.liability = "Faulted", 0
        self.fine(step, round_, fine, target, now)

    @staticmethod
    def fine_of(person: Person, number: int, rate: int, cap: int) -> int:
        """What a fault in a round costs: a rate of all that is staked, bonds too, rounded up.

        All fines of one round together take no more than the cap of what was staked when the first
        came; and a fine takes no more than is there outside of bonds. Only the round of the last fine
        is remembered: whoever is fined for an older round in between starts anew in both.
        """
        staked = person.slashable + person.bonded
        _, first, taken = MoneyRules._fines(person, number)
        left = max(0, rounded_up(first, cap) - taken)
        return min(rounded_up(staked, rate), left, person.slashable)

    def fine(self, step: Step, round_: Round, amount: int, target: str, now: Now) -> None:
        """Takes a fine from ``who`` and divides it at once."""
        fed, vault = self.feds[step.fed], f"{step.fed}.stake"
        person = fed.people[step.who]
        self.take_fine(person, step.number, amount)
        finder = rounded_down(amount, round_.rules.finder)
        treasury = rounded_down(amount, round_.rules.treasury)
        fed.treasury += treasury
        self.leave_seat(fed, step.who, now)
        self.books.give(vault, target, finder)
        self.books.move(vault, f"{step.fed}.treasury", treasury)
        self.books.burn(vault, amount - finder - treasury)

    def take_fine(self, person: Person, number: int, amount: int) -> None:
        """Takes a fine: stake first, then what is on its way out."""
        _, first, taken = self._fines(person, number)
        person.fines = number, first, taken + amount
        self.slash(person, amount)
        person.offences += 1
        person.overdrawn = person.locked > person.slashable

    @staticmethod
    def _fines(person: Person, number: int) -> tuple[int, int, int]:
        staked = person.slashable + person.bonded
        return person.fines if person.fines[0] == number else (number, staked, 0)

    @staticmethod
    def slash(person: Person, total: int) -> None:
        """Takes an amount that is there."""
        person.slashed += total
        part = min(total, person.stake)
        person.stake -= part
        for entry in person.queue:
            total, part = total - part, min(total - part, entry.amount)
            entry.amount -= part
