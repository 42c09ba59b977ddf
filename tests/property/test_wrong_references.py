"""A reference that is wrong in one rule is told from the program: so the comparison means something."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test

from tests.property.machine import Histories
from tests.property.model import Now, Step
from tests.property.profiles import runs
from tests.property.reference import Reference
from tests.property.state import Dispute, Evaluation, Federation, Person, Round, Submission
from tests.property.tour import tour


class SlashesDown(Reference):
    """A reference that takes one unit less in a slash."""

    @staticmethod
    def slash(person: Person, total: int) -> None:
        Reference.slash(person, max(0, total - 1))


class MiscountsReturns(Reference):
    """A reference that forgets one unit of what was taken out."""

    def stake_withdraw(self, step: Step, now: Now) -> Any:
        """As the rule, but for the count."""
        yield from super().stake_withdraw(step, now)
        self.feds[step.fed].people[step.actor].withdrawn -= 1


class SettlesEarly(Reference):
    """A reference that lets a round settle without waiting."""

    def round_settle(self, step: Step, now: Now) -> Any:
        """As the rule, at any time."""
        return super().round_settle(step, dataclasses.replace(now, time=2**60, slot=2**60))


@pytest.mark.parametrize("wrong", [SlashesDown, MiscountsReturns, SettlesEarly])
def test_random_histories_tell_a_wrong_reference_from_the_program(wrong: type[Reference]) -> None:
    class Sabotaged(Histories):
        reference = wrong

    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(
            Sabotaged, settings=runs(ci=25, deep=25, phases=(Phase.generate,))
        )


class CountsOwnVotes(Reference):
    """A reference in which an evaluator scores its own update too."""

    @staticmethod
    def others(round_: Round, who: str) -> list[str]:
        return round_.shown


class ForgivesPlants(Reference):
    """A reference in which nobody is to blame for a plant that it took for an update."""

    @staticmethod
    def at_fault(round_: Round, evaluation: Evaluation) -> bool:
        return Reference.at_fault(dataclasses.replace(round_, false_plants=99), evaluation)


class PaysPlantsTwice(Reference):
    """A reference in which a plant earns twice what an update does."""

    @staticmethod
    def pay_of(round_: Round, submission: Submission) -> int:
        once = Reference.pay_of(round_, submission)
        return 2 * once if submission.status == "Planted" else once


class KeepsDust(Reference):
    """A reference in which rounding leaves nothing to later rounds."""

    @staticmethod
    def claim(fed: Federation, round_: Round, amount: int) -> None:
        left = fed.available
        Reference.claim(fed, round_, amount)
        fed.available = left


class RefundsClaims(Reference):
    """A reference in which a claim that was wrong costs one unit less."""

    @staticmethod
    def forfeit(fed: Federation, round_: Round, dispute: Dispute) -> None:
        Reference.forfeit(fed, round_, dispute)
        dispute.burned -= 1
        fed.people[dispute.accused].stake += 1


class KeepsBonds(Reference):
    """A reference in which a wrong aggregate costs its bond, but not for long."""

    @staticmethod
    def lose_bond(person: Person, round_: Round, number: int) -> None:
        Reference.lose_bond(person, round_, number)
        person.stake += round_.bond


class ForgetsToBar(Reference):
    """A reference in which whoever was wrong may try again in the same round."""

    @staticmethod
    def lose_bond(person: Person, round_: Round, number: int) -> None:
        Reference.lose_bond(person, round_, number)
        person.barred = 0


class IgnoresCaps(Reference):
    """A reference in which every fault of a round costs its whole rate."""

    @staticmethod
    def fine_of(person: Person, number: int, rate: int, cap: int) -> int:
        return Reference.fine_of(person, number, rate, 10**9)


class NeverExtends(Reference):
    """A reference in which a chunk may be shown too late for anybody to look at it."""

    @staticmethod
    def extend(round_: Round, now: Now) -> None:
        pass


TOUR = [
    CountsOwnVotes,
    ForgivesPlants,
    PaysPlantsTwice,
    KeepsDust,
    RefundsClaims,
    KeepsBonds,
    ForgetsToBar,
    IgnoresCaps,
    NeverExtends,
]


@pytest.mark.parametrize("wrong", TOUR)
def test_the_tour_tells_a_wrong_reference_from_the_program(wrong: type[Reference]) -> None:
    with pytest.raises(AssertionError):
        tour(wrong).driver.drain()


def test_the_tour_agrees_with_the_reference_and_ends_at_zero() -> None:
    tour().driver.drain()
