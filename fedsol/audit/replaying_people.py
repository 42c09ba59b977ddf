"""What events of the federation and its people change in the ledger."""

from collections.abc import Callable
from typing import Any

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Ledger
from fedsol.audit.report import Person
from fedsol.audit.rules import slash_record

AGGREGATOR = 4


def list_aggregator(ledger: Ledger, person: Person, slot: int) -> None:
    """Appends somebody to the list of aggregators once stake and role allow it."""
    eligible = bool(person.standing.roles & AGGREGATOR) and person.stake >= _needed(ledger)
    if eligible and person.participant not in ledger.aggregators:
        person.standing.seated_slot = slot
        ledger.aggregators.append(person.participant)


def unlist_aggregator(ledger: Ledger, person: Person, slot: int) -> None:
    """Takes somebody off the list once the stake is too small; the last one moves to that place."""
    if person.participant not in ledger.aggregators or person.stake >= _needed(ledger):
        return
    place, last = ledger.aggregators.index(person.participant), ledger.aggregators.pop()
    if last != person.participant:
        ledger.aggregators[place] = last
        ledger.people[last].standing.seated_slot = slot


def take(ledger: Ledger, person: Person, number: int, amount: int, *, bond: int = 0) -> None:
    """Takes a slash of a round: a bond that is lost, then stake, then the queue."""
    standing = person.standing
    standing.bonded -= bond
    base, taken = slash_record(person, number)
    standing.slash_round, standing.slash_base = number, base
    standing.slash_taken = taken + amount
    from_stake = min(amount, person.stake)
    person.stake -= from_stake
    person.unbonding -= amount - from_stake
    person.slashed += amount + bond
    standing.offences += 1


def reward_finder(ledger: Ledger, wallet: Pubkey, amount: int) -> None:
    """Notes what somebody got for proving a fault."""
    ledger.to_finders += amount
    finder = ledger.owner(wallet)
    if finder is not None:
        finder.found += amount


def punish(ledger: Ledger, data: Any, kind: str) -> None:
    """A fault that was punished at once: slash, finder's part, treasury, fire."""
    person, round_ = ledger.people.get(data.participant), ledger.rounds.get(data.round)
    if person is None or round_ is None:
        return
    take(ledger, person, round_.number, data.slashed)
    person.standing.liabilities.pop((kind, data.round), None)
    ledger.treasury += data.to_treasury
    ledger.burned += data.burned
    reward_finder(ledger, data.finder, data.to_finder)
    unlist_aggregator(ledger, person, data.slot)


def lock(ledger: Ledger, kind: str, data: Any) -> None:
    """Ties stake to a commitment (``update`` or ``scores``) until it is shown."""
    person = ledger.people.get(data.participant)
    if person is not None:
        person.standing.liabilities[kind, data.round] = data.liability


def unlock(ledger: Ledger, kind: str, data: Any) -> None:
    """Gives what was tied to a commitment free."""
    person = ledger.people.get(data.participant)
    if person is not None:
        person.standing.liabilities.pop((kind, data.round), None)


def _needed(ledger: Ledger) -> int:
    return int(ledger.params.min_stake + ledger.params.aggregator_bond)


def _funded(ledger: Ledger, data: Any) -> None:
    ledger.funded += data.amount
    ledger.available += data.amount


def _federation_closed(ledger: Ledger, data: Any) -> None:
    ledger.closed = True


def _registered(ledger: Ledger, data: Any) -> None:
    before = ledger.people.get(data.participant)
    if before is not None:
        ledger.former.append(before)
    person = Person(data.participant, data.owner)
    person.standing.roles = data.roles
    ledger.people[data.participant] = person


def _with_person(change: Callable[[Ledger, Person, Any], None]) -> Callable[[Ledger, Any], None]:
    def changed(ledger: Ledger, data: Any) -> None:
        person = ledger.people.get(data.participant)
        if person is not None:
            change(ledger, person, data)

    return changed


def _closed(ledger: Ledger, person: Person, data: Any) -> None:
    person.closed = True


def _deposited(ledger: Ledger, person: Person, data: Any) -> None:
    person.deposited += data.amount
    person.stake += data.amount
    person.standing.stake_slot = data.slot
    list_aggregator(ledger, person, data.slot)


def _unbonded(ledger: Ledger, person: Person, data: Any) -> None:
    person.stake -= data.amount
    person.unbonding += data.amount
    unlist_aggregator(ledger, person, data.slot)


def _withdrawn(ledger: Ledger, person: Person, data: Any) -> None:
    person.unbonding -= data.amount
    person.withdrawn += data.amount


def _armed(ledger: Ledger, person: Person, data: Any) -> None:
    person.standing.armed = bytes(data.commitment)
    person.standing.audit_slot = data.slot


PEOPLE: dict[str, Callable[[Ledger, Any], None]] = {
    "FederationFunded": _funded,
    "FederationClosed": _federation_closed,
    "ParticipantRegistered": _registered,
    "ParticipantClosed": _with_person(_closed),
    "StakeDeposited": _with_person(_deposited),
    "StakeUnbonded": _with_person(_unbonded),
    "StakeWithdrawn": _with_person(_withdrawn),
    "AuditArmed": _with_person(_armed),
}
