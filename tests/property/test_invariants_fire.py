"""Each invariant is broken on purpose, in the chain's bytes or in the reference: it must say so."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from fedsol.program import Federation, Participant, Round
from fedsol.program.generated.types import phase
from tests.property import invariants as inv
from tests.property import invariants_rounds as order
from tests.property.altering import alter, alter_lamports, alter_tokens, remove, view
from tests.property.driver import Driver
from tests.property.liveness import Liveness
from tests.property.model import CREATOR, Rules, Step
from tests.property.names import address

RULES = {fed: Rules() for fed in CREATOR}


@pytest.fixture
def driver() -> Driver:
    """A federation with a settled round, a silent trainer, an open round and a stranger beside it."""
    driver = Driver(RULES)
    driver.must(Step("federation_create", "A", "alice"))
    driver.must(Step("federation_create", "B", "bob"))
    driver.must(Step("federation_fund", "A", "eve", amount=1_000))
    for fed, actor in (("A", "alice"), ("A", "bob"), ("A", "carol"), ("B", "dave")):
        driver.must(Step("participant_register", fed, actor, roles=7))
        driver.must(Step("stake_deposit", fed, actor, amount=9_000))
    _round(driver, 1)
    driver.must(Step("round_open", "A", "alice", 2))
    driver.must(Step("round_commit", "A", "alice", 2))
    driver.must(Step("stake_unbond", "A", "bob", amount=2_000))
    return driver


def _round(driver: Driver, number: int) -> None:
    """A round in which alice reveals, bob is silent, and whoever is chosen aggregates."""
    driver.must(Step("round_open", "A", "alice", number))
    for actor in ("alice", "bob"):
        driver.must(Step("round_commit", "A", actor, number))
    round_ = driver.reference.feds["A"].rounds[number]
    _cranked(driver, number)
    driver.must(Step("round_reveal", "A", "alice", number))
    _cranked(driver, number)
    driver.pass_time(1, 2)
    _cranked(driver, number)
    chosen = driver.reference.feds["A"].seats[round_.chosen]
    driver.must(Step("round_aggregate", "A", chosen, number))
    driver.reach(*round_.deadline)
    driver.must(Step("round_settle", "A", "eve", number, who=chosen))


def _cranked(driver: Driver, number: int) -> None:
    driver.reach(*driver.reference.feds["A"].rounds[number].deadline)
    driver.must(Step("round_advance", "A", "eve", number))


def by_address(book: dict[str, int]) -> dict[Any, int]:
    """A book under addresses."""
    return {address(name): amount for name, amount in book.items()}


def test_before_anything_is_broken_everything_holds(driver: Driver) -> None:
    driver.watch.check(view(driver), set())


@pytest.mark.parametrize("vault", ["A.stake", "A.reward", "A.treasury"])
@pytest.mark.parametrize("delta", [-1, 1])
def test_i1_fires_when_a_vault_has_one_unit_more_or_less(
    driver: Driver, vault: str, delta: int
) -> None:
    driver.donate_tokens("eve", "X", vault, 5)
    alter_tokens(driver, vault, delta)
    with pytest.raises(AssertionError, match="I1 broken"):
        inv.i1_vaults_hold_what_is_owed(view(driver), by_address(driver.reference.books.donated))


@pytest.mark.parametrize(
    "field",
    [
        *("stake_total", "unbonding_total", "bond_total"),
        *("reward_available", "reward_reserved", "reward_owed"),
    ],
)
def test_i1_fires_when_a_total_is_not_its_sum(driver: Driver, field: str) -> None:
    alter(driver, Federation, "A", lambda f: _plus(f, field, 1))
    with pytest.raises(AssertionError, match="I1 broken"):
        inv.i1_vaults_hold_what_is_owed(view(driver), by_address(driver.reference.books.donated))


@pytest.mark.parametrize("field", ["participants", "rounds_open", "aggregators"])
def test_i1_fires_when_a_count_is_wrong(driver: Driver, field: str) -> None:
    alter(driver, Federation, "A", lambda f: _plus(f, field, 1))
    with pytest.raises(AssertionError, match="I1 broken"):
        inv.i1_vaults_hold_what_is_owed(view(driver), by_address(driver.reference.books.donated))


def test_i2_fires_when_a_wallet_gains_a_token_or_a_lamport(driver: Driver) -> None:
    books = driver.reference.books
    expected = by_address(books.tokens), by_address(books.lamports), by_address(books.supply)
    inv.i2_no_balance_moves_without_a_rule(view(driver), *expected)
    alter_lamports(driver, "carol", 1)
    with pytest.raises(AssertionError, match=r"I2 broken: .'lamports"):
        inv.i2_no_balance_moves_without_a_rule(view(driver), *expected)
    alter_tokens(driver, "carol:X", 1)
    with pytest.raises(AssertionError, match=r"I2 broken: .'tokens"):
        inv.i2_no_balance_moves_without_a_rule(view(driver), *expected)


def test_i3_fires_when_more_is_slashed_than_was_paid_in(driver: Driver) -> None:
    key = address("A/bob")
    paid = dict.fromkeys(view(driver).participants, (9_000, 0, 0, 0))
    inv.i3_nobody_loses_more_than_was_paid_in(view(driver), paid)
    alter(driver, Participant, "A/bob", lambda p: _plus(p, "slashed", 9_001))
    with pytest.raises(AssertionError, match="I3 broken"):
        inv.i3_nobody_loses_more_than_was_paid_in(view(driver), paid | {key: (9_000, 0, 0, 9_001)})


def test_i3_fires_when_stake_comes_from_nowhere(driver: Driver) -> None:
    paid = dict.fromkeys(view(driver).participants, (9_000, 0, 0, 0))
    alter(driver, Participant, "A/bob", lambda p: _plus(p, "stake", 1))
    with pytest.raises(AssertionError, match="I3 broken"):
        inv.i3_nobody_loses_more_than_was_paid_in(view(driver), paid)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (phase.Reveal(), phase.Commit()),
        (phase.Commit(), phase.Score()),
        (phase.Settled(), phase.Challenge()),
        (phase.Aborted(), phase.Settled()),
        (phase.Commit(), phase.Aborted()),
        (phase.Score(), phase.Tally()),
        (phase.ScoreReveal(), phase.Aggregate()),
        (phase.Tally(), phase.Aborted()),
        (phase.Challenge(), phase.Aggregate()),
        (phase.Score(), phase.ScoreReveal()),
    ],
)
def test_i4_fires_when_a_phase_goes_back_or_is_skipped(driver: Driver, old: Any, new: Any) -> None:
    alter(driver, Round, "A#2", lambda r: dataclasses.replace(r, phase=old))
    before = view(driver)
    alter(driver, Round, "A#2", lambda r: dataclasses.replace(r, phase=new))
    with pytest.raises(AssertionError, match="I4 broken"):
        order.i4_phases_are_monotone(before, view(driver))


def test_i5_fires_when_a_liability_is_not_covered(driver: Driver) -> None:
    before = view(driver)
    alter(driver, Participant, "A/alice", lambda p: dataclasses.replace(p, locked=p.stake + 1))
    with pytest.raises(AssertionError, match="I5 broken"):
        order.i5_liabilities_are_covered(before, view(driver), set())
    with pytest.raises(AssertionError, match="I5 broken"):
        order.i5_liabilities_are_covered(before, view(driver), {address("A/alice")})


@pytest.mark.parametrize("field", ["new_model_root", "new_model_artifact"])
def test_i6_fires_when_a_final_result_changes(driver: Driver, field: str) -> None:
    before, final = view(driver), dict(driver.watch.final)
    alter(driver, Round, "A#1", lambda r: dataclasses.replace(r, **{field: [7] * 32}))
    with pytest.raises(AssertionError, match="I6 broken"):
        order.i6_a_final_root_never_changes(before, view(driver), final)


def test_i6_fires_when_the_model_changes_without_settling(driver: Driver) -> None:
    before = view(driver)
    alter(driver, Federation, "A", lambda f: dataclasses.replace(f, model_root=[7] * 32))
    with pytest.raises(AssertionError, match="I6 broken"):
        order.i6_a_final_root_never_changes(before, view(driver), {})


def test_i7_fires_when_a_round_can_never_go_on(driver: Driver) -> None:
    lively = Liveness(driver.world, driver.reference)
    order.i7_nothing_is_stuck(view(driver), lambda key: lively.moves_on(view(driver), key))
    never = dataclasses.replace(
        Round.decode(driver.world.ledger.get_account(address("A#2")).data).deadline, slot=2**63
    )
    alter(driver, Round, "A#2", lambda r: dataclasses.replace(r, deadline=never))
    with pytest.raises(AssertionError, match="I7 broken"):
        order.i7_nothing_is_stuck(view(driver), lambda key: lively.moves_on(view(driver), key))


@pytest.mark.parametrize(
    ("name", "what"),
    [("A/bob", "participant"), ("A#2", "round"), ("A", "money"), ("B", "vault left")],
)
def test_i8_fires_when_something_with_liabilities_is_closed(
    driver: Driver, name: str, what: str
) -> None:
    if name == "B":
        alter(driver, Federation, "B", lambda f: dataclasses.replace(f, stake_total=0))
    before = view(driver)
    remove(driver, name)
    with pytest.raises(AssertionError, match=f"I8 broken: {what}"):
        order.i8_what_is_closed_owes_nothing(before, view(driver))


def test_i9_fires_when_an_account_falls_below_its_rent(driver: Driver) -> None:
    rent = driver.world.ledger.bank.rent
    inv.i9_accounts_are_rent_exempt(view(driver), rent)
    alter_lamports(driver, "A#1/bob", -1)
    with pytest.raises(AssertionError, match="I9 broken"):
        inv.i9_accounts_are_rent_exempt(view(driver), rent)


@pytest.mark.parametrize("name", ["B", "B/dave", "A/carol", "B.stake", "dave"])
def test_i10_fires_when_a_third_party_changes(driver: Driver, name: str) -> None:
    before = view(driver)
    alter_lamports(driver, name, 1)
    allowed = {address("A"), address("A/alice"), address("alice")}
    with pytest.raises(AssertionError, match="I10 broken"):
        inv.i10_third_parties_are_untouched(before, view(driver), allowed)


@pytest.mark.parametrize(
    ("kind", "name"), [(Federation, "A"), (Participant, "A/bob"), (Round, "A#1")]
)
def test_a_head_that_no_event_made_is_seen(driver: Driver, kind: type, name: str) -> None:
    alter(driver, kind, name, lambda account: dataclasses.replace(account, head=[1] * 32))
    with pytest.raises(AssertionError, match="heads broken"):
        inv.heads_are_the_replay(view(driver), driver.watch.heads.now)


def test_a_failed_step_that_changes_one_byte_is_seen(driver: Driver) -> None:
    alter(driver, Participant, "B/dave", lambda p: _plus(p, "offences", 1))
    with pytest.raises(AssertionError, match="failed step broken"):
        driver.take(Step("round_settle", "A", "eve", 2, who="bob"))


def _plus(account: Any, field: str, delta: int) -> Any:
    return dataclasses.replace(account, **{field: getattr(account, field) + delta})
