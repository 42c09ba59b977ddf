"""Rules that select: a right selection is never convicted, a wrong one can be, and everybody can leave."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from tests.property import watch
from tests.property.driver import TALLY
from tests.property.invariants_selections import CONVICTED
from tests.property.machine import FEDS, ROLES, SEEDS, STAKES, Histories
from tests.property.model import Now, Rules, Step
from tests.property.moves import allowed
from tests.property.phases import PARTS
from tests.property.profiles import runs
from tests.property.proving import faults_of_selection
from tests.property.reference import Reference
from tests.property.scenes import Scene
from tests.property.selections import NO_DISTANCE
from tests.property.state import Dispute, Submission
from tests.property.tour_selecting import KRUM, begin, prove, tour_selecting, tour_weighted
from tests.property.wild import SELECTING

TOURS = (tour_selecting, tour_weighted)


class SelectingHistories(Histories):
    """The same histories under rules that select."""

    @initialize(
        rules=st.fixed_dictionaries(dict.fromkeys(FEDS, SELECTING)), roles=ROLES, stakes=STAKES
    )
    def people_gather(self, rules: dict[str, Rules], roles: list[int], stakes: list[int]) -> None:
        """Two federations whose aggregators select."""
        self.gather(rules, roles, stakes)

    @rule(seed=SEEDS, fed=st.sampled_from("AB"))
    def somebody_selects(self, seed: int, fed: str) -> None:
        """Everybody takes part in a round until something is selected, and then disputes it."""
        chance = self._chance(seed)
        for _ in range(8):
            here = self.driver.reference.feds.get(fed)
            if here is None or not here.active:
                self._sensible(chance, ("federation_create", "round_open"), fed)
                continue
            round_ = here.rounds[here.round]
            part = {**PARTS, "Aggregate": "round_aggregate"}.get(round_.phase)
            for _ in range(5 if part and round_.phase != "Score" else 0):
                self._do(chance, str(part), fed)
            if round_.phase == "Challenge":
                self._selection_is_disputed(chance, fed)
            self._time_is_up(chance, fed, round_)
            self.driver.pass_time(1, 2)

    def _selection_is_disputed(self, chance: Random, fed: str) -> None:
        for name in chance.choices(("challenge_open", "challenge_open", "demand_open"), k=2):
            self._do(chance, name, fed)
        for _ in range(8):
            names = ("challenge_append", "challenge_measure", "demand_answer")
            self._sensible(chance, names, fed)
        for _ in range(2):
            self._sensible(chance, ("challenge_resolve",), fed)

    def _do(self, chance: Random, name: str, fed: str) -> None:
        """A step that must succeed; of aggregates and claims rather a wrong selection, or its fault."""
        found = allowed(self.driver.reference, self.driver.world.now(), name, feds=(fed,))
        some = [step for step in found if self._is_about_a_wrong_one(step)]
        # Of every kind alike, however many there are of it.
        kind = chance.choice(sorted({step.word for step in some}) or [""])
        some = [step for step in some if step.word == kind]
        if found:
            self.driver.must(chance.choice(some if some and chance.random() < 0.8 else found))

    def _is_about_a_wrong_one(self, step: Step) -> bool:
        if step.name == "round_aggregate":
            return step.choice is not None and not step.choice.right
        here = self.driver.reference.feds[step.fed]
        claim = step.word, step.place, step.other
        return step.flag or claim in faults_of_selection(here, step.number)


@pytest.mark.slow
def test_random_histories_convict_wrong_selections_and_never_a_right_one() -> None:
    before, convicted = Counter(TALLY), Counter(CONVICTED)
    run_state_machine_as_test(SelectingHistories, settings=runs(ci=60, deep=2_000, steps=25))
    assert TALLY["challenge_measure", ""] - before["challenge_measure", ""] >= 5
    # Each kind is convicted in a tour; histories come to more of them than they need.
    assert (CONVICTED - convicted).total() >= 10, CONVICTED


@pytest.mark.parametrize("tour", TOURS)
def test_the_tour_agrees_with_the_reference_and_ends_at_zero(tour: Any) -> None:
    tour().driver.drain()


class KeepsTheLater(Reference):
    """A reference in which of equal scores the higher index comes first."""

    @staticmethod
    def judge_selection(dispute: Dispute, rules: Rules) -> bool:
        found = Reference.judge_selection(dispute, rules)
        return not found if dispute.kind == "WrongSelection" else found


class KnowsNoPadding(Reference):
    """A reference in which a distance behind the last column is as it was posted."""

    @staticmethod
    def compared(dispute: Dispute) -> Dispute:
        if dispute.other >= dispute.size:
            dispute = replace(dispute, measured=dispute.entry)
        return Reference.compared(dispute)


class MeasuresWhoFell(Reference):
    """A reference in which a submission that fell is as far from others as it ever was."""

    @staticmethod
    def _measured(dispute: Dispute, rules: Rules, first: Submission, second: Submission) -> int:
        found = Reference._measured(dispute, rules, first, second)
        return 0 if found == NO_DISTANCE else found


class ForgivesDoubles(Reference):
    """A reference in which somebody may count twice."""

    @staticmethod
    def judge_selection(dispute: Dispute, rules: Rules) -> bool:
        many = dispute.kind == "WrongWeights" and dispute.evidence == "Incomplete"
        return False if many else Reference.judge_selection(dispute, rules)


class ReadsFromAnywhere(Reference):
    """A reference in which bytes of two updates may be left out."""

    def challenge_measure(self, step: Step, now: Now) -> Any:
        """As the rule, from wherever somebody begins."""
        key = step.number, "", step.actor
        dispute = self.fed(step.fed).disputes.get(key)
        at = len(dispute.stream) if dispute is not None else 0
        return super().challenge_measure(replace(step, place=at), now)


@pytest.mark.parametrize("wrong", [KeepsTheLater, KnowsNoPadding, MeasuresWhoFell, ForgivesDoubles])
def test_the_tour_tells_a_wrong_reference_from_the_program(wrong: type[Reference]) -> None:
    with pytest.raises(AssertionError):
        tour_selecting(wrong).driver.drain()


def test_bytes_of_updates_are_read_in_their_order_alone() -> None:
    scene = Scene(KRUM, reference=ReadsFromAnywhere)
    scene.gather("alice", "bob", "carol", "dave", stake=20_000)
    begin(scene)
    scene.aggregate()
    scene.claim("eve", "WrongDistance", place=0, other=1)
    step = Step("challenge_measure", "A", "eve", 1, place=700, data=bytes(10))
    with pytest.raises(AssertionError, match="EvidenceOutOfOrder"):
        scene.driver.take(step)


def test_the_invariant_fires_when_a_right_selection_is_convicted() -> None:
    scene = Scene(KRUM)
    scene.gather("alice", "bob", "carol", "dave", stake=20_000)
    begin(scene)
    scene.aggregate(chosen="heavy")
    claim = scene.claim("eve", "WrongWeights")
    scene.prove(claim)
    assert claim.choice is not None
    claim.choice = replace(claim.choice, right=True)
    with pytest.raises(AssertionError, match="selection broken"):
        prove(scene, claim)


def test_the_invariant_is_looked_at_after_every_step() -> None:
    assert watch.a_right_selection_is_never_convicted.__module__.endswith("invariants_selections")
