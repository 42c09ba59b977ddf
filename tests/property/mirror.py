"""Compares the program's accounts with the reference, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.property.invariants import hold
from tests.property.mirror_disputes import (
    challenge_fields,
    evaluation_fields,
    expected_dispute,
    expected_evaluation,
)
from tests.property.model import dispute_of
from tests.property.names import address
from tests.property.reference import Reference
from tests.property.state import Federation, Person, Round, Submission
from tests.property.view import View, phase_of


def same_state(view: View, reference: Reference) -> None:
    """Fails under the name of the first field that differs; no account may be missing or extra."""
    found = {key for book in view.kinds.values() for key in book}
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
        _same_work(view, name, fed)


def _same_work(view: View, name: str, fed: Federation) -> None:
    for (number, owner), submission in fed.submissions.items():
        title = f"{name}#{number}/{owner}"
        account = view.submissions[address(title)]
        _equal(title, _submission(account), _expected_submission(submission))
    for (number, owner), evaluation in fed.evaluations.items():
        title = f"{name}#{number}~{owner}"
        key = address(title)
        account = evaluation_fields(view.evaluations[key], view.raw[key])
        _equal(title, account, expected_evaluation(evaluation))
    for (number, target, challenger), dispute in fed.disputes.items():
        title = dispute_of(name, number, target, challenger)
        key = address(title)
        account = challenge_fields(view.challenges[key], view.raw[key])
        _equal(title, account, expected_dispute(name, number, dispute, fed.rules))


def account_names(reference: Reference) -> Iterator[str]:
    """Names of all accounts of the program that the reference knows."""
    for name, fed in reference.feds.items():
        yield name
        yield from (f"{name}/{owner}" for owner in fed.people)
        yield from (f"{name}#{number}" for number in fed.rounds)
        yield from (f"{name}#{number}/{owner}" for number, owner in fed.submissions)
        yield from (f"{name}#{number}~{owner}" for number, owner in fed.evaluations)
        yield from (dispute_of(name, *key) for key in fed.disputes)


def _equal(name: str, actual: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    if actual != expected:
        differs = [pair for pair in zip(actual, expected, strict=True) if pair[0] != pair[1]]
        hold(f"mirror of {name}", False, differs)


def _federation(account: Any) -> tuple[Any, ...]:
    flags = (account.paused, account.round_active, account.round, account.aggregators)
    money = (account.reward_available, account.reward_reserved, account.reward_owed)
    beacon = (bytes(account.beacon), account.beacon_slot)
    return (*flags, *money, account.treasury_total, bytes(account.model_root), beacon)


def _expected_federation(fed: Federation) -> tuple[Any, ...]:
    flags = (fed.paused, fed.active, fed.round, len(fed.seats))
    money = (fed.available, fed.reserved, fed.owed, fed.treasury)
    return (*flags, *money, fed.model.root, fed.beacon)


def _participant(account: Any) -> tuple[Any, ...]:
    queue = [(e.amount, (e.release.time, e.release.slot), e.round) for e in account.unbonding]
    counts = (account.stake, account.bonded, account.locked, account.duties)
    record = (account.slashed, account.rewarded, account.offences)
    seat = (account.aggregator_index, account.seated_slot) if account.listed else None
    slots = (account.stake_slot, account.barred_round, any(account.audit_commitment))
    return (account.roles, *counts, *record, queue, seat, *slots)


def _expected_person(fed: Federation, owner: str, person: Person) -> tuple[Any, ...]:
    queue = [(e.amount, e.release, e.round) for e in person.queue]
    counts = (person.stake, person.bonded, person.locked, person.duties)
    record = (person.slashed, person.rewarded, person.offences)
    seat = (fed.seats.index(owner), person.seated_slot) if owner in fed.seats else None
    slots = (person.stake_slot, person.barred, bool(person.secret))
    return (person.roles, *counts, *record, queue, seat, *slots)


def _submission(account: Any) -> tuple[Any, ...]:
    status = (account.status.kind, account.liability, account.claimed, account.revealed)
    place = (account.index, account.committed_slot, account.disputes, account.demands)
    root = (bytes(account.root), account.norm_squared)
    plant = (bytes(account.plant_seed), account.plant_amplitude, bytes(account.shares))
    return (*status, *place, *root, account.scored, account.score, *plant)


def _expected_submission(own: Submission) -> tuple[Any, ...]:
    status = (own.status, own.liability, own.claimed, own.revealed)
    place = (own.index, own.slot, own.disputes, own.demands)
    root = (own.update.root, own.update.norm) if own.revealed else (bytes(32), 0)
    plant = (own.seed, own.amplitude, own.shares)
    return (*status, *place, *root, own.scored, own.score, *plant)


def _round(account: Any) -> tuple[Any, ...]:
    counts = (account.number, account.revealed, account.closed, account.accepted)
    marks = (account.planted, account.scored, account.false_plants, account.evaluations)
    disputes = (account.disputes, account.demands, account.attempt, account.claims_left)
    ends = ((account.deadline.time, account.deadline.slot), account.takeover.time)
    pools = (account.evaluator_pool, account.score_pool, account.plant_share, account.unpaid)
    money = (account.pool, account.share, account.bond, account.score_total, account.credit_total)
    beacon = (account.aggregators, account.beacon_slot, bytes(account.beacon), account.drawn)
    panel = (account.chosen, account.seats, account.score_reveals, account.scores_closed)
    tickets = tuple(account.tickets[: account.seats])
    keys = (account.payer, bytes(account.new_model_root), bytes(account.base_model_root))
    accused = account.aggregator if account.bond else None
    chosen = bytes(account.selection.root) if account.selection else None
    masked = account.members, int.from_bytes(bytes(account.objectors), "little")
    return (
        *(phase_of(account), counts, marks, disputes, ends, pools),
        *(money, beacon, panel, tickets, keys, accused, chosen, masked),
    )


def _expected_round(name: str, number: int, own: Round) -> tuple[Any, ...]:
    counts = (number, own.revealed, own.closed, own.accepted)
    marks = (own.planted, own.scored, own.false_plants, own.evaluations)
    disputes = (own.disputes, own.demands, own.attempt, own.claims_left)
    ends = (own.deadline, own.takeover[0])
    pools = (own.evaluator_pool, own.score_pool, own.plant_share, own.unpaid)
    money = (own.pool, own.share, own.bond, own.score_total, own.credit_total)
    beacon = (own.aggregators, own.beacon_slot, own.beacon, own.drawn)
    panel = (own.chosen, len(own.panel), len(own.shown), own.scores_closed)
    posted = own.posted.root if own.posted else bytes(32)
    keys = (address(own.payer), posted, own.base.root)
    accused = address(f"{name}/{own.aggregator}") if own.bond else None
    chosen = own.choice.root if own.choice else None
    masked = own.members, sum(1 << index for index in own.objectors)
    return (
        *(own.phase, counts, marks, disputes, ends, pools),
        *(money, beacon, panel, tuple(own.tickets), keys, accused, chosen, masked),
    )
