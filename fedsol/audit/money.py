"""Replays the money from the events alone, and compares it with accounts and vaults."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from solders.pubkey import Pubkey

from fedsol.audit.report import Check, Person, check
from fedsol.program import Federation, Participant
from fedsol.program.events import Event


@dataclass
class Ledger:
    """The federation's money by its events, in token units."""

    people: dict[Pubkey, Person] = field(default_factory=dict)
    former: list[Person] = field(default_factory=list)
    bonds: dict[Pubkey, tuple[Pubkey, int]] = field(default_factory=dict)
    funded: int = 0
    paid: int = 0
    treasury: int = 0
    burned: int = 0
    to_finders: int = 0


def replay_money(events: Sequence[Event]) -> Ledger:
    """Adds up every deposit, slash, bond, reward and withdrawal."""
    ledger = Ledger()
    for event in events:
        _book(ledger, event)
    return ledger


def _book(ledger: Ledger, event: Event) -> None:
    data = event.data
    person = ledger.people.get(getattr(data, "participant", Pubkey.default()))
    match event.name:
        case "ParticipantRegistered":
            if person is not None:
                ledger.former.append(person)
            ledger.people[data.participant] = Person(data.participant, data.owner)
        case "FederationFunded":
            ledger.funded += data.amount
        case "RoundSettled":
            if data.round in ledger.bonds:
                aggregator, bond = ledger.bonds.pop(data.round)
                ledger.people[aggregator].stake += bond
        case "NoRevealFaulted" if person is not None:
            ledger.treasury += data.to_treasury
            ledger.burned += data.burned
            ledger.to_finders += data.to_finder
            from_stake = min(data.slashed, person.stake)
            person.slashed += data.slashed
            person.stake -= from_stake
            person.unbonding -= data.slashed - from_stake
        case _ if person is not None:
            _book_person(ledger, person, event)


def _book_person(ledger: Ledger, person: Person, event: Event) -> None:
    data = event.data
    match event.name:
        case "StakeDeposited":
            person.deposited += data.amount
            person.stake += data.amount
        case "StakeUnbonded":
            person.stake -= data.amount
            person.unbonding += data.amount
        case "StakeWithdrawn":
            person.unbonding -= data.amount
            person.withdrawn += data.amount
        case "RoundAggregated":
            person.stake -= data.bond
            ledger.bonds[data.round] = (data.participant, data.bond)
        case "RoundRevealed":
            person.revealed += 1
        case "RewardClaimed":
            person.rewarded += data.amount
            ledger.paid += data.amount
        case "ParticipantClosed":
            person.closed = True


def check_money(
    ledger: Ledger,
    federation: Federation,
    participants: dict[Pubkey, Participant],
    vaults: tuple[int, int, int],
) -> list[Check]:
    """Compares the replayed money with accounts and with the stake, reward and treasury vaults."""
    people = [
        f"{address}: stake {account.stake} on chain, {ledger.people[address].stake} by the events"
        for address, account in participants.items()
        if address not in ledger.people or not _agrees(ledger.people[address], account)
    ]
    bonds = sum(bond for _, bond in ledger.bonds.values())
    totals = (federation.stake_total, federation.unbonding_total, federation.bond_total)
    open_people = [one for one in ledger.people.values() if not one.closed]
    replayed = (
        sum(one.stake for one in open_people),
        sum(one.unbonding for one in open_people),
        bonds,
    )
    rewards = federation.reward_available + federation.reward_reserved + federation.reward_owed
    problems = [] if totals == replayed else [f"totals {totals} on chain, {replayed} by the events"]
    if rewards != ledger.funded - ledger.paid:
        problems.append(f"rewards {rewards} on chain, {ledger.funded - ledger.paid} by the events")
    stake, reward, treasury = vaults
    short = [
        f"the {name} vault holds {held}, the ledger owes {owed}"
        for name, held, owed in (
            ("stake", stake, sum(totals)),
            ("reward", reward, rewards),
            ("treasury", treasury, ledger.treasury),
        )
        if held < owed
    ]
    return [
        check("every stake equals its events", people, f"{len(participants)} participants"),
        check(
            "totals equal the sum of the events",
            problems,
            f"{sum(totals)} staked, {rewards} rewards",
        ),
        check("vaults hold what is owed", short, f"{stake} + {reward} + {treasury} token units"),
    ]


def _agrees(person: Person, account: Participant) -> bool:
    unbonding = sum(entry.amount for entry in account.unbonding)
    mine = (person.stake, person.unbonding, person.rewarded, person.slashed)
    return mine == (account.stake, unbonding, account.rewarded, account.slashed)
