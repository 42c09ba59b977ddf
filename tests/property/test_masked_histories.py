"""Rounds under masks: what falls by objections costs nobody anything, and everybody can leave."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from fedsol.program import Round as Account
from tests.property.altering import alter, view
from tests.property.counts import round_counts
from tests.property.driver import TALLY
from tests.property.machine import FEDS, ROLES, SEEDS, STAKES, Histories
from tests.property.model import Now, Rules, Step
from tests.property.moves import likely
from tests.property.names import address
from tests.property.phases import part_in
from tests.property.profiles import runs
from tests.property.reference import Reference
from tests.property.scenes import SCORED, Scene
from tests.property.state import Round
from tests.property.tour_masked import WIDE, tour_masked, tour_narrow
from tests.property.wild import MASKED

TOURS = (tour_masked, tour_narrow)
# How often each must happen in one run of the profile.
OFTEN = {
    **{"round_join": 50, "round_share": 50, "round_reveal": 50},
    **{"round_aggregate": 10, "round_object": 3},
}
# What must be tried in vain, for this reason.
REFUSED = {
    "round_join": "RoundFull",
    "round_commit": "ModeMismatch",
    "challenge_open": "TargetMismatch",
}


class MaskedHistories(Histories):
    """The same histories under masks."""

    @initialize(
        rules=st.fixed_dictionaries(dict.fromkeys(FEDS, MASKED)), roles=ROLES, stakes=STAKES
    )
    def people_gather(self, rules: dict[str, Rules], roles: list[int], stakes: list[int]) -> None:
        """Two federations whose members see no update but their own."""
        self.gather(rules, roles, stakes)

    @rule(seed=SEEDS, fed=st.sampled_from("AB"))
    def members_meet(self, seed: int, fed: str) -> None:
        """Everybody takes part in a round until something is posted, and some turn it down."""
        chance = self._chance(seed)
        for _ in range(9):
            here = self.driver.reference.feds.get(fed)
            if here is None or not here.active:
                self._sensible(chance, ("federation_create", "round_open"), fed)
                continue
            round_ = here.rounds[here.round]
            part = "round_aggregate" if round_.phase == "Aggregate" else part_in(round_)
            for _ in range(5 if part and round_.phase != "Score" else 0):
                self._sensible(chance, (part,), fed)
            if round_.phase == "Challenge":
                self._some_object(chance, fed)
            for name, reason in REFUSED.items():
                self._in_vain(chance, fed, name, reason)
            self._time_is_up(chance, fed, round_)
            self.driver.pass_time(1, 2)

    def _in_vain(self, chance: Random, fed: str, name: str, reason: str) -> None:
        """Somebody tries what must be refused for this reason."""
        reference, now = self.driver.reference, self.driver.world.now()
        steps = [step for step in likely(reference, name) if step.fed == fed]
        steps = [step for step in steps if reference.allows(step, now) == reason]
        if steps:
            self.driver.take(chance.choice(steps))

    def _some_object(self, chance: Random, fed: str) -> None:
        if chance.random() < 0.5:
            self._people_dispute(chance, fed)
        for _ in range(chance.choice([0, 1, 2, 4])):
            self._sensible(chance, ("round_object",), fed)


@pytest.mark.slow
def test_random_histories_under_masks_keep_every_invariant_and_end_at_zero() -> None:
    before = Counter(TALLY)
    run_state_machine_as_test(MaskedHistories, settings=runs(ci=40, deep=2_000, steps=25))
    done = {name: TALLY[name, ""] - before[name, ""] for name in OFTEN}
    assert all(done[name] >= least for name, least in OFTEN.items()), done
    refused = {pair: TALLY[pair] - before[pair] for pair in REFUSED.items()}
    assert all(refused.values()), refused


@pytest.mark.parametrize("tour", TOURS)
def test_the_tour_agrees_with_the_reference_and_ends_at_zero(tour: Any) -> None:
    tour().driver.drain()


MISCOUNTED = {"one too many": (WIDE, 1), "one too few": (WIDE, -1), "in an open round": (SCORED, 1)}


@pytest.mark.parametrize("case", MISCOUNTED)
def test_i1_fires_when_a_round_miscounts_its_members(case: str) -> None:
    rules, delta = MISCOUNTED[case]
    scene = Scene(rules)
    scene.gather("alice", "bob")
    scene.open()
    for owner in ("alice", "bob") if rules.masked else ():
        scene.do(owner, "round_join")
    round_counts(view(scene.driver), address("A#1"))
    alter(scene.driver, Account, "A#1", lambda one: replace(one, members=one.members + delta))
    with pytest.raises(AssertionError, match="I1 broken: members"):
        round_counts(view(scene.driver), address("A#1"))


class HalfIsEnough(Reference):
    """A reference in which half of the accepted fell an aggregate."""

    def round_object(self, step: Step, now: Now) -> Any:
        """As the rule, with one accepted submission less."""
        round_ = self.round(step)
        round_.accepted -= 1
        try:
            yield from super().round_object(step, now)
        finally:
            round_.accepted += 1


class BarsNobody(Reference):
    """A reference in which whoever was turned down may post again."""

    def round_object(self, step: Step, now: Now) -> Any:
        """As the rule, and then nobody is barred."""
        yield from super().round_object(step, now)
        for person in self.feds[step.fed].people.values():
            person.barred = 0


class KeepsObjections(Reference):
    """A reference in which objections to what fell count against what comes next."""

    def _reopen(self, round_: Round, now: Now) -> None:
        objectors = round_.objectors
        super()._reopen(round_, now)
        round_.objectors = objectors


class TakesTheBond(Reference):
    """A reference in which a majority takes the aggregator's bond."""

    @staticmethod
    def return_bond(fed: Any, round_: Round) -> None:
        Reference.return_bond(fed, round_)
        if round_.objectors:
            fed.people[round_.aggregator].stake -= 1


class HearsOfCopies(Reference):
    """A reference in which somebody can be said to have copied masked words."""

    def _check_claim(self, round_: Round, target: Any, step: Step, kind: str) -> None:
        if kind != "CopiedUpdate":
            super()._check_claim(round_, target, step, kind)


class HasRoomForAll(Reference):
    """A reference in which more may join than may show their words."""

    def round_join(self, step: Step, now: Now) -> Any:
        """As the rule, whoever has come before."""
        round_ = self.round(step)
        members, round_.members = round_.members, 0
        try:
            yield from super().round_join(step, now)
        finally:
            round_.members += members


class CountsNobody(Reference):
    """A reference in which a round does not know how many have joined."""

    def round_join(self, step: Step, now: Now) -> Any:
        """As the rule, and then nobody is counted."""
        yield from super().round_join(step, now)
        self.round(step).members = 0


WRONG = [
    *(HalfIsEnough, BarsNobody, KeepsObjections, TakesTheBond),
    *(HearsOfCopies, HasRoomForAll, CountsNobody),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_the_tour_tells_a_wrong_reference_from_the_program(wrong: type[Reference]) -> None:
    with pytest.raises(AssertionError):
        tour_masked(wrong).driver.drain()
