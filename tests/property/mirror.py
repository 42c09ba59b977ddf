"""Compares the program's accounts with the reference, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.property.invariants import hold
from tests.property.model import Federation, Person, Round
from tests.property.names import address
from tests.property.reference import Reference
from tests.property.view import View, phase_of


def same_state(view: View, reference: Reference) -> None:
    """Fails under the name of the first field that differs; no account may be missing or extra."""
    found = {*view.federations, *view.participants, *view.rounds, *view.submissions}
    expected = {address(name) for name in account_names(reference)}
    hold("accounts", found == expected, [str(key) for key in found ^ expected])
    for name, fed in reference.feds.items():
        _equal(name, _federation(view.federations[address(name)]), _expected_federation(fed))
        for owner, person in fed.people.items():
            account = view.participants[address(f"{name}/{owner}")]
            _equal(owner, _participant(account), _expected_person(fed, owner, person))
        for number, round_ in fed.rounds.items():
            account = view.rounds[address(f"{name}#{number}")]
            _equal(f"{name}#{number}", _round(account), _expected_round(name, number, round_))
        for (number, owner), submission in fed.submissions.items():
            account = view.submissions[address(f"{name}#{number}/{owner}")]
            actual = (account.status.kind, account.liability, account.claimed)
            wanted = (submission.status, submission.liability, submission.claimed)
            _equal(f"{name}#{number}/{owner}", actual, wanted)


def account_names(reference: Reference) -> Iterator[str]:
    """Names of all accounts of the program that the reference knows."""
    for name, fed in reference.feds.items():
        yield name
        yield from (f"{name}/{owner}" for owner in fed.people)
        yield from (f"{name}#{number}" for number in fed.rounds)
        yield from (f"{name}#{number}/{owner}" for number, owner in fed.submissions)


def _equal(name: str, actual: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    if actual != expected:
        differs = [pair for pair in zip(actual, expected, strict=True) if pair[0] != pair[1]]
        hold(f"mirror of {name}", False, differs)


def _federation(account: Any) -> tuple[Any, ...]:
    flags = (account.paused, account.round_active, account.round, account.aggregators)
    money = (account.reward_available, account.reward_reserved, account.reward_owed)
    return (*flags, *money, account.treasury_total, bytes(account.model_root))


def _expected_federation(fed: Federation) -> tuple[Any, ...]:
    flags = (fed.paused, fed.active, fed.round, len(fed.seats))
    return (*flags, fed.available, fed.reserved, fed.owed, fed.treasury, fed.root)


def _participant(account: Any) -> tuple[Any, ...]:
    queue = [(e.amount, (e.release.time, e.release.slot), e.round) for e in account.unbonding]
    counts = (account.stake, account.bonded, account.locked, account.duties)
    record = (account.slashed, account.rewarded)
    seat = (account.aggregator_index, account.seated_slot) if account.listed else None
    return (account.roles, *counts, *record, queue, seat)


def _expected_person(fed: Federation, owner: str, person: Person) -> tuple[Any, ...]:
    queue = [(e.amount, e.release, e.round) for e in person.queue]
    counts = (person.stake, person.bonded, person.locked, person.duties)
    record = (person.slashed, person.rewarded)
    seat = (fed.seats.index(owner), person.seated_slot) if owner in fed.seats else None
    return (person.roles, *counts, *record, queue, seat)


def _round(account: Any) -> tuple[Any, ...]:
    counts = (account.number, account.revealed, account.claimed, account.closed, account.chosen)
    ends = ((account.deadline.time, account.deadline.slot), account.takeover.time)
    money = (account.pool, account.share, account.bond)
    beacon = (account.aggregators, account.beacon_slot, bytes(account.beacon))
    keys = (account.payer, bytes(account.new_model_root))
    return (phase_of(account), *counts, *ends, *money, *beacon, *keys)


def _expected_round(name: str, number: int, round_: Round) -> tuple[Any, ...]:
    counts = (number, round_.revealed, round_.claimed, round_.closed, round_.chosen)
    ends = (round_.deadline, round_.takeover[0])
    money = (round_.pool, round_.share, round_.bond)
    beacon = (round_.aggregators, round_.beacon_slot, round_.beacon)
    keys = (address(round_.payer), round_.new_root)
    return (round_.phase, *counts, *ends, *money, *beacon, *keys)
