"""Follows every stake, and compares the money that the events make with accounts and vaults."""

from collections.abc import Sequence

from fedsol.audit.ledger import Ledger as Ledger
from fedsol.audit.replaying import replay
from fedsol.audit.report import Check, Finding, Person, check
from fedsol.program import Federation, Participant
from fedsol.program.events import Event

_MOVES = {"StakeDeposited": 1, "StakeUnbonded": -1, "StakeWithdrawn": 0}
_LOCKS = ("RoundCommitted", "ScoreCommitted")


def replay_money(events: Sequence[Event]) -> Ledger:
    """Adds up every deposit, slash, bond, reward and withdrawal; events begin with the creation."""
    return replay(events)


class Stakes:
    """Every stake after a deposit, an unbonding or a withdrawal; nobody takes out more than is there."""

    def __init__(self) -> None:
        self.moves = Finding("stakes move by what is told", "{} moves followed")
        self.findings = (self.moves,)

    def see(self, ledger: Ledger, event: Event) -> None:
        """Looks at an event; the ledger is as it was before."""
        if event.name not in (*_MOVES, *_LOCKS, "ParticipantClosed"):
            return
        data, person = event.data, ledger.people.get(event.data.participant)
        if person is None:
            return
        if event.name == "ParticipantClosed":
            empty = person.slashable + person.standing.bonded == 0
            self.moves.expect(empty, f"{data.participant} left a stake behind")
        elif event.name in _LOCKS:
            locked = sum(person.standing.liabilities.values()) + data.liability
            covered = data.liability == ledger.params.min_stake and locked <= person.stake
            self.moves.expect(covered, f"{data.participant} committed without a stake for it")
        else:
            stake = person.stake + _MOVES[event.name] * data.amount
            queued = event.name != "StakeWithdrawn" or data.amount <= person.unbonding
            self.moves.expect(
                queued and 0 <= stake == data.stake,
                f"{data.participant} has {data.stake} after {event.name} {event.seq}, not {stake}",
            )


def check_money(
    ledger: Ledger,
    federation: Federation,
    participants: Sequence[Participant],
    vaults: tuple[int, int, int],
) -> list[Check]:
    """Compares the replayed money with the federation's totals and with its stake, reward and treasury
    vaults; ``participants`` are all accounts.
    """
    by_owner = {account.owner: account for account in participants}
    members = list(ledger.members)
    people = [
        f"{one.participant}: not what its events make"
        for one in members
        if one.owner not in by_owner or not _agrees(one, by_owner[one.owner])
    ]
    totals = _totals(ledger)
    problems = [
        f"{name} is {getattr(federation, name)} on chain, {value} by the events"
        for name, value in totals.items()
        if getattr(federation, name) != value
    ]
    staked = totals["stake_total"] + totals["unbonding_total"] + totals["bond_total"]
    rewards = ledger.funded - ledger.paid
    owed = {"stake": staked, "reward": rewards, "treasury": ledger.treasury}
    short = [
        f"the {name} vault holds {held}, the ledger owes {owes}"
        for (name, owes), held in zip(owed.items(), vaults, strict=True)
        if held < owes
    ]
    return [
        check("every stake equals its events", people, f"{len(members)} participants"),
        check(
            "totals equal the sum of the events", problems, f"{staked} staked, {rewards} rewards"
        ),
        check("vaults hold what is owed", short, f"{' + '.join(map(str, vaults))} token units"),
    ]


def _totals(ledger: Ledger) -> dict[str, int]:
    """What the federation's account counts, by the events."""
    members = list(ledger.members)
    return {
        "stake_total": sum(one.stake for one in members),
        "unbonding_total": sum(one.unbonding for one in members),
        "bond_total": ledger.bonds,
        "reward_available": ledger.available,
        "reward_reserved": ledger.reserved,
        "reward_owed": ledger.owed,
        "treasury_total": ledger.treasury,
        "participants": len(members),
        "aggregators": len(ledger.aggregators),
    }


def check_returned(ledger: Ledger, closed: Event) -> Check:
    """Of a federation that is gone: nothing was owed, and its creator got what was left."""
    members = [str(one.participant) for one in ledger.members]
    problems = [f"{one} was still there" for one in members]
    returned = {
        "rewards": (closed.data.reward_returned, ledger.funded - ledger.paid),
        "treasury": (closed.data.treasury_returned, ledger.treasury),
    }
    problems += [
        f"{told} of the {name} went to the creator, {left} were left"
        for name, (told, left) in returned.items()
        if told < left
    ]
    if ledger.bonds or ledger.owed or ledger.reserved:
        problems.append("the federation still owed something")
    return check("the federation was empty when it was closed", problems, "nothing was owed")


def _agrees(person: Person, account: Participant) -> bool:
    standing = person.standing
    queue = sum(entry.amount for entry in account.unbonding)
    told = (account.stake, queue, account.bonded, account.rewarded, account.slashed)
    mine = (person.stake, person.unbonding, standing.bonded, person.rewarded, person.slashed)
    counts = (account.revealed, account.aggregated, account.evaluated, account.offences)
    own = (person.revealed, standing.aggregated, standing.evaluated, standing.offences)
    locked = sum(standing.liabilities.values())
    return (*told, *counts, account.locked) == (*mine, *own, locked)
