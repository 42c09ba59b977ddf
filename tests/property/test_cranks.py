"""Whoever cranks, and in whatever order: the same state in the end."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.driver import Driver
from tests.property.model import ACTORS, CREATOR, Rules, Step
from tests.property.moves import allowed
from tests.property.profiles import runs
from tests.property.scenes import PEOPLE, SCORED, STRANGER, Scene

# Everything that nobody needs a key for, and the claims.
CRANKS = (
    "round_advance",
    "submission_score",
    "challenge_resolve",
    "challenge_expire",
    "challenge_close",
    "round_settle",
    "round_abort",
    "fault_no_reveal",
    "fault_evaluator",
    "reward_claim",
    "evaluation_claim",
    "submission_close",
    "evaluation_close",
    "round_close",
)
CLAIMS = ("reward_claim", "evaluation_claim")
RULES = replace(SCORED, max_submissions=5)


def contested() -> Scene:
    """A round past all its windows, with four disputes, silent people, and one who scored at random.

    Nobody is in two things at once: who is fined first, or wins a bond first, would matter then.
    """
    scene = Scene(RULES)
    scene.gather(*PEOPLE, STRANGER)
    scene.open()
    scene.train(silent=(STRANGER,), alice="good", bob="good", carol="good")
    scene.evaluate(silent=("carol",), alice="fair", dave="wild")
    scene.tally()
    scene.aggregate()
    for owner in ("alice", "bob"):
        scene.answer(scene.demand("dave", owner))
    refuted = scene.claim("alice", "LyingNorm", "alice")
    scene.prove(refuted)
    scene.claim("alice", "CopiedUpdate", "bob")
    scene.claim(STRANGER, "WrongAggregate", place=3)
    return scene


def convicted() -> Scene:
    """A round whose aggregate was proved wrong, before anybody has asked for the verdict."""
    scene = Scene(RULES)
    scene.gather(*PEOPLE)
    scene.open()
    scene.train(alice="good", bob="good")
    scene.evaluate(alice="fair", bob="fair")
    scene.tally()
    scene.aggregate("wrong 0")
    scene.prove(scene.claim(STRANGER, "WrongAggregate", place=0))
    return scene


def unscored() -> Scene:
    """A round that has reached its tally, and waits for scores."""
    scene = Scene(RULES)
    scene.gather(*PEOPLE)
    scene.open()
    scene.train(silent=("dave",), alice="good", bob="lying", carol="copy alice")
    scene.evaluate(silent=("carol",), alice="fair", bob="fair")
    return scene


SCENES = {"contested": contested, "convicted": convicted, "unscored": unscored}


def crank_all(driver: Driver, order: list[str], callers: list[str], chance: Random) -> None:
    """Tries what is due, again and again, until nothing more succeeds; waits, and tries again."""
    for _ in range(12):
        for name in order:
            caller = callers[chance.randrange(len(callers))]
            while steps := _due(driver, name, caller):
                driver.must(chance.choice(steps))
        driver.pass_time(300, 300)
    left = [*driver.watch.before.rounds, *driver.watch.before.challenges]
    assert not left, left


def _due(driver: Driver, name: str, caller: str) -> list[Step]:
    """What a caller may do now; a claim stays its owner's, and eve finds all faults."""
    actors = ACTORS if name in CLAIMS else (caller,)
    steps = allowed(driver.reference, driver.world.now(), name, actors)
    finder = f"{STRANGER}:X" if name.startswith("fault_") else ""
    return [replace(step, tokens=finder) for step in steps]


def end_state(driver: Driver) -> dict[str, Any]:
    """All that must not depend on who cranked when: money, roots, what is left; not fees, not time."""
    feds = driver.reference.feds
    view = driver.watch.before
    return {
        "tokens": dict(view.tokens),
        "supply": dict(view.supply),
        "roots": {name: (f.model.root, f.available, f.treasury) for name, f in feds.items()},
        "people": {
            key: (p.stake, p.locked, p.duties, p.slashed, p.offences, p.rewarded)
            for key, p in view.participants.items()
        },
        "left": sorted(map(str, [*view.submissions, *view.evaluations])),
    }


@cache
def usual_end(scene: str) -> dict[str, Any]:
    """The end state when one person cranks everything in the usual order."""
    driver = SCENES[scene]().driver
    crank_all(driver, list(CRANKS), [STRANGER], Random(0))
    return end_state(driver)


@pytest.mark.parametrize("scene", SCENES)
@runs(ci=5, deep=300)
@given(
    order=st.permutations(CRANKS),
    callers=st.lists(st.sampled_from(ACTORS), min_size=1),
    seed=st.integers(0, 2**32),
)
def test_cranks_in_any_order_by_anybody_end_in_the_same_state(
    scene: str, order: list[str], callers: list[str], seed: int
) -> None:
    driver = SCENES[scene]().driver
    crank_all(driver, order, callers, Random(seed))
    assert end_state(driver) == usual_end(scene)
    driver.drain()


def test_the_scenes_have_every_crank_but_one() -> None:
    done: set[str] = set()
    for make in SCENES.values():
        driver = make().driver
        before = len(driver.history)
        crank_all(driver, list(CRANKS), [STRANGER], Random(0))
        done |= {step.name for step in driver.history[before:]}
    assert done == set(CRANKS)


def test_a_paused_federation_is_wound_up_by_strangers_and_unclaimed_shares_go_back() -> None:
    scene = Scene(Rules(reward=1_001))
    driver = scene.driver
    scene.gather("alice", "bob")
    scene.open()
    scene.train(alice="good", bob="good")
    scene.draw()
    scene.aggregate()
    scene.settle()
    scene.do("alice", "federation_pause", flag=True)
    early = Step("submission_close", "A", STRANGER, 1, who="bob")
    assert not driver.take(early), "there is still time to claim"
    scene.do("alice", "reward_claim")
    left = scene.here.available
    scene.over()
    driver.must(early)
    assert scene.here.people["alice"].rewarded == 500
    assert scene.here.available - left == 501
    assert scene.here.owed == 0
    driver.drain()


def test_an_evaluators_unclaimed_pay_goes_back_when_a_paused_federation_is_wound_up() -> None:
    scene = Scene(SCORED)
    driver = scene.driver
    scene.gather("alice", "bob")
    scene.open()
    scene.train(alice="good", bob="good")
    scene.evaluate(alice="fair", bob="fair")
    scene.tally()
    scene.aggregate()
    scene.settle()
    for owner in ("alice", "bob"):
        scene.do(owner, "reward_claim")
    scene.do("bob", "evaluation_claim")
    left, owed = scene.here.available, scene.here.owed
    early = Step("evaluation_close", "A", STRANGER, 1, who="alice")
    assert not driver.take(early)
    scene.do("alice", "federation_pause", flag=True)
    assert not driver.take(early), "there is still time to claim"
    scene.over()
    driver.must(early)
    assert owed > 0
    assert (scene.here.available - left, scene.here.owed) == (owed, 0)
    driver.drain()


def test_money_is_the_same_when_the_last_claim_is_anothers() -> None:
    ends = []
    for order in (("alice", "bob"), ("bob", "alice")):
        scene = Scene(Rules(reward=1_001))
        scene.gather("alice", "bob", fund=5_000)
        scene.open()
        scene.train(alice="good", bob="good")
        scene.draw()
        scene.aggregate()
        scene.settle()
        for owner in order:
            scene.do(owner, "reward_claim")
        ends.append((scene.here.available, scene.here.owed, CREATOR["A"]))
    assert ends[0] == ends[1] == (4_000, 0, "alice")
