"""Whoever cranks, and in whatever order: the same state in the end."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.property.driver import Driver
from tests.property.model import ACTORS, CREATOR, Rules, Step
from tests.property.profiles import runs

RULES = Rules(reward=1_001, rate=3_333, max_submissions=4, min_submissions=2)
# Everything that is due and that nobody needs to sign for, and the claims. Eve finds all faults.
DUE = (
    Step("round_settle", "A", "eve", 1, who="alice"),
    Step("fault_no_reveal", "A", "eve", 1, who="carol", tokens="eve:X"),
    Step("fault_no_reveal", "A", "eve", 1, who="dave", tokens="eve:X"),
    Step("round_abort", "B", "eve", 1),
    Step("fault_no_reveal", "B", "eve", 1, who="dave", tokens="eve:X"),
    Step("fault_no_reveal", "B", "eve", 1, who="carol", tokens="eve:X"),
    Step("reward_claim", "A", "alice", 1),
    Step("reward_claim", "A", "bob", 1),
    *(Step("submission_close", "A", "eve", 1, who=who) for who in ACTORS[:4]),
    *(Step("submission_close", "B", "eve", 1, who=who) for who in ("carol", "dave")),
    Step("round_close", "B", "eve", 1, who="bob"),
    Step("round_close", "A", "eve", 1, who="alice"),
)


def prepared() -> Driver:
    """Federation A before settling, with two silent trainers; B before aborting, with two more."""
    driver = Driver(dict.fromkeys(CREATOR, RULES))
    for fed in "AB":
        driver.must(Step("federation_create", fed, CREATOR[fed]))
        driver.must(Step("federation_fund", fed, "eve", amount=5_000))
        for actor in ACTORS[:4]:
            roles = 5 if actor == "alice" else 1
            driver.must(Step("participant_register", fed, actor, roles=roles))
            driver.must(Step("stake_deposit", fed, actor, amount=7_777))
        driver.must(Step("round_open", fed, CREATOR[fed], 1))
        for actor in ACTORS[:4] if fed == "A" else ("carol", "dave"):
            driver.must(Step("round_commit", fed, actor, 1))
    rounds = {fed: driver.reference.feds[fed].rounds[1] for fed in "AB"}
    driver.reach(*rounds["B"].deadline)
    for fed in "AB":
        driver.must(Step("round_advance", fed, "eve", 1))
    for actor in ("alice", "bob"):
        driver.must(Step("round_reveal", "A", actor, 1))
    driver.reach(*rounds["B"].deadline)
    for _ in range(2):
        driver.must(Step("round_advance", "A", "eve", 1))
        driver.pass_time(1, 2)
    driver.must(Step("round_aggregate", "A", "alice", 1))
    driver.reach(*rounds["A"].deadline)
    return driver


def crank_all(driver: Driver, order: list[Step], callers: list[str]) -> None:
    """Tries what is due, again and again, until nothing more succeeds; then waits, once."""
    left = list(order)
    for _ in range(2 * len(DUE)):
        turn = [(step, callers[n % len(callers)]) for n, step in enumerate(left)]
        done = [step for step, caller in turn if driver.take(by(step, caller))]
        left = [step for step in left if step not in done]
        if not done:
            driver.pass_time(1_000, 1_000)
        if not left:
            break
    assert not left, left


def by(step: Step, caller: str) -> Step:
    """The same crank by another caller; a claim stays its owner's."""
    if step.name == "reward_claim":
        return step
    return Step(**{**vars(step), "actor": caller})


def end_state(driver: Driver) -> dict[str, Any]:
    """All that must not depend on who cranked when: money, roots, what is left; not fees, not time."""
    feds = driver.reference.feds
    view = driver.watch.before
    return {
        "tokens": dict(view.tokens),
        "supply": dict(view.supply),
        "roots": {name: (fed.root, fed.available, fed.treasury) for name, fed in feds.items()},
        "people": {
            key: (p.stake, p.locked, p.duties, p.slashed, p.offences, p.rewarded)
            for key, p in view.participants.items()
        },
        "rounds": sorted(map(str, [*view.rounds, *view.submissions])),
    }


@cache
def usual_end() -> dict[str, Any]:
    """The end state when one person cranks everything in the usual order."""
    driver = prepared()
    crank_all(driver, list(DUE), ["eve"])
    return end_state(driver)


@runs(ci=12, deep=500)
@given(order=st.permutations(DUE), callers=st.lists(st.sampled_from(ACTORS), min_size=1))
def test_cranks_in_any_order_by_anybody_end_in_the_same_state(
    order: list[Step], callers: list[str]
) -> None:
    driver = prepared()
    crank_all(driver, order, callers)
    assert end_state(driver) == usual_end()
    driver.drain()


def test_a_paused_federation_is_wound_up_by_strangers_and_unclaimed_shares_go_back() -> None:
    driver = prepared()
    fed = driver.reference.feds["A"]
    driver.must(Step("round_settle", "A", "eve", 1, who="alice"))
    driver.must(Step("federation_pause", "A", "alice", flag=True))
    early = Step("submission_close", "A", "eve", 1, who="bob")
    assert not driver.take(early), "there is still time to claim"
    driver.must(Step("reward_claim", "A", "alice", 1))
    left = fed.available
    driver.reach(*fed.rounds[1].deadline)
    driver.must(early)
    assert fed.available - left == RULES.reward // 2
    assert fed.owed == 0
    driver.drain()
