"""Slashes round up, payments round down, and nothing is made or lost between them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.property.driver import Driver
from tests.property.model import ACTORS, BPS, CREATOR, Rules, Step
from tests.property.profiles import runs

PEOPLE = ACTORS[:4]
MOST = 2**62


def federation(rules: Rules, stakes: dict[str, int]) -> Driver:
    """Federation A with some people and their stakes; dave is rich."""
    driver = Driver(dict.fromkeys(CREATOR, rules))
    driver.must(Step("federation_create", "A", "alice"))
    for actor, stake in stakes.items():
        driver.must(Step("participant_register", "A", actor, roles=5))
        driver.must(Step("stake_deposit", "A", actor, amount=stake))
    return driver


def cranked(driver: Driver, name: str = "round_advance", **fields: str) -> None:
    """Waits for the round's deadline and calls a crank."""
    round_ = driver.reference.feds["A"].rounds[1]
    driver.reach(*round_.deadline)
    driver.pass_time(0, 2)
    driver.must(Step(name, "A", "eve", 1, **fields))  # type: ignore[arg-type]


def revealed(driver: Driver, committers: tuple[str, ...], revealers: tuple[str, ...]) -> None:
    """Round 1, up to the end of its reveals."""
    driver.must(Step("round_open", "A", "alice", 1))
    for actor in committers:
        driver.must(Step("round_commit", "A", actor, 1))
    cranked(driver)
    for actor in revealers:
        driver.must(Step("round_reveal", "A", actor, 1))
    cranked(driver)


def settled(driver: Driver) -> None:
    """Round 1, from the end of its reveals to its settling."""
    cranked(driver)
    fed = driver.reference.feds["A"]
    chosen = fed.seats[fed.rounds[1].chosen]
    driver.must(Step("round_aggregate", "A", chosen, 1))
    cranked(driver, "round_settle", who=chosen)


@runs(ci=40, deep=2_000)
@given(
    stake=st.integers(1_500, MOST),
    unbonded=st.fractions(0, 1),
    rate=st.integers(100, BPS),
    finder=st.integers(0, 5_000),
    treasury=st.integers(0, 4_000),
)
def test_a_slash_rounds_up_its_parts_round_down_and_the_rest_is_burned(
    stake: int, unbonded: Fraction, rate: int, finder: int, treasury: int
) -> None:
    rules = Rules(rate=rate, finder=finder, treasury=treasury)
    driver = federation(rules, {"alice": 5_000, "dave": stake})
    books, fed = driver.reference.books, driver.reference.feds["A"]
    before = dict(books.tokens), books.supply["X"]
    revealed(driver, ("alice", "dave"), ("alice",))
    queued = int((stake - 1) * unbonded)
    if queued:
        last = "" if fed.seats[-1] == "dave" else f"A/{fed.seats[-1]}"
        driver.must(Step("stake_unbond", "A", "dave", amount=queued, last=last))
    last = "" if fed.seats[-1] == "dave" else f"A/{fed.seats[-1]}"
    driver.must(Step("fault_no_reveal", "A", "eve", 1, who="dave", last=last))
    slash = stake - fed.people["dave"].slashable
    gained = {name: books.tokens[name] - before[0][name] for name in before[0]}
    burned = before[1] - books.supply["X"]
    assert 0 <= slash - Fraction(stake * rate, BPS) < 1
    assert 0 <= Fraction(slash * finder, BPS) - gained["eve:X"] < 1
    assert 0 <= Fraction(slash * treasury, BPS) - gained["A.treasury"] < 1
    assert slash == gained["eve:X"] + gained["A.treasury"] + burned
    assert gained["A.stake"] == -slash
    assert burned > 0, "some of every slash is burned"


@runs(ci=30, deep=1_000)
@given(
    pool=st.one_of(st.integers(0, 10), st.integers(0, 2**60)),
    people=st.integers(1, 4),
    order=st.permutations(PEOPLE),
)
def test_shares_round_down_and_the_dust_stays_for_the_next_round(
    pool: int, people: int, order: list[str]
) -> None:
    """N small claims against one pool: whatever the order, they take at most the pool."""
    rules = Rules(reward=pool, max_submissions=4)
    driver = federation(rules, dict.fromkeys(PEOPLE, 5_000))
    if pool:
        driver.must(Step("federation_fund", "A", "dave", amount=pool))
    takers = PEOPLE[:people]
    revealed(driver, takers, takers)
    settled(driver)
    books, fed = driver.reference.books, driver.reference.feds["A"]
    before = {actor: books.tokens[f"{actor}:X"] for actor in takers}
    for actor in (actor for actor in order if actor in takers):
        driver.must(Step("reward_claim", "A", actor, 1))
    paid = [books.tokens[f"{actor}:X"] - before[actor] for actor in takers]
    assert paid == [pool // people] * people
    assert fed.available == pool - sum(paid) < people or pool == 0
    assert fed.owed == 0


@runs(ci=15, deep=500)
@given(pool=st.integers(0, 10**9), stake=st.integers(1_500, 10**5), others=st.integers(1, 2))
def test_more_stake_does_not_earn_more_and_another_identity_needs_another_stake(
    pool: int, stake: int, others: int
) -> None:
    """Splitting a stake over identities pays, and what bounds it is the minimum stake alone.

    Rewards are equal shares of the revealed submissions, whatever was staked behind them. So an
    owner of ``s`` who commits under ``k`` identities earns ``k`` shares, not one; ``k`` is at most
    ``s // min_stake``, because every commitment locks its own minimum stake (the program refuses
    the next). Per minimum stake locked nobody earns more than anybody else; a federation that wants
    fewer identities asks for more stake, or for rewards that follow scores.
    """
    rules = Rules(reward=pool, max_submissions=4, min_submissions=2)
    small = dict.fromkeys(PEOPLE[:others], rules.seat)
    driver = federation(rules, {**small, "dave": stake})
    if pool:
        driver.must(Step("federation_fund", "A", "eve", amount=min(pool, 10**6)))
    takers = (*small, "dave")
    revealed(driver, takers, takers)
    settled(driver)
    for actor in takers:
        driver.must(Step("reward_claim", "A", actor, 1))
    people = driver.reference.feds["A"].people
    assert {people[actor].rewarded for actor in takers} == {min(pool, 10**6) // len(takers)}


@runs(ci=15, deep=500)
@given(stake=st.integers(1, 4_999), min_stake=st.integers(1, 2_500))
def test_a_commitment_needs_a_minimum_stake_of_its_own(stake: int, min_stake: int) -> None:
    """With ``s`` at stake an identity carries at most ``s // min_stake`` silences at once."""
    rules = replace(Rules(), min_stake=min_stake)
    driver = federation(rules, {"alice": stake})
    held = 0
    for number in range(1, 4):
        driver.must(Step("round_open", "A", "alice", number))
        held += driver.take(Step("round_commit", "A", "alice", number))
        driver.reach(*driver.reference.feds["A"].rounds[number].deadline)
        driver.must(Step("round_advance", "A", "eve", number))
        driver.reach(*driver.reference.feds["A"].rounds[number].deadline)
        driver.must(Step("round_abort", "A", "eve", number))
    assert held == min(3, stake // min_stake)
