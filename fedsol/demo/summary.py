"""What everyone put in and got out, and what happened when: all of it from events and accounts."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from solders.pubkey import Pubkey

from fedsol.audit.money import Ledger, replay_money
from fedsol.demo.baselines import Baselines
from fedsol.demo.record import Moment
from fedsol.demo.story import Outcome
from fedsol.program.events import Event


@dataclass(frozen=True)
class Purse:
    """One person's money. Tokens in token units, SOL in lamports.

    ``staked = returned + slashed + still_staked``; ``rent`` is what open accounts still hold.
    """

    name: str
    staked: int = 0
    returned: int = 0
    slashed: int = 0
    still_staked: int = 0
    rewards: int = 0
    found: int = 0
    fees: int = 0
    rent: int = 0


@dataclass(frozen=True)
class Totals:
    """The federation's side of the same money, in token units."""

    funded: int
    paid: int
    treasury: int
    burned: int
    to_finders: int


@dataclass
class Chapter:
    """One round as the record tells it; times in unix seconds, share in token units."""

    number: int
    opened: int
    ended: int = 0
    committed: list[str] = field(default_factory=list)
    revealed: list[str] = field(default_factory=list)
    aggregator: str = ""
    share: int = 0
    model_root: str = ""
    accuracy: float = 0.0
    notes: list[str] = field(default_factory=list)
    settled: bool = False


@dataclass(frozen=True)
class Holding:
    """What a hospital had in the federation and had earned when a round was over; token units."""

    stake: int
    rewards: int


@dataclass(frozen=True)
class Summary:
    """All that is shown of a telling."""

    outcome: Outcome
    baselines: Baselines
    purses: list[Purse]
    totals: Totals
    chapters: list[Chapter]
    holdings: dict[str, list[Holding]]
    share_sizes: list[int]

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values; amounts in token units and lamports."""
        outcome = self.outcome
        return {
            "model": outcome.scenario.model,
            "seed": outcome.scenario.seed,
            "rounds": outcome.scenario.rounds,
            "federation": str(outcome.federation),
            "transactions": len(outcome.transactions),
            "ok": outcome.audit.ok,
            "samples": dict(zip(_hospitals(outcome), self.share_sizes, strict=True)),
            "accuracy": {
                "federated": outcome.accuracies,
                "pooled": self.baselines.pooled,
                "alone": dict(zip(_hospitals(outcome), self.baselines.alone, strict=True)),
            },
            "money": [asdict(purse) for purse in self.purses],
            "totals": asdict(self.totals),
            "timeline": [asdict(chapter) for chapter in self.chapters],
            "audit": outcome.audit.to_json(),
        }


def summarise(outcome: Outcome, baselines: Baselines, share_sizes: list[int]) -> Summary:
    """Adds the record up; ``share_sizes`` are samples, in the order of the hospitals."""
    ledger = replay_money([moment.event for moment in outcome.moments])
    totals = Totals(ledger.funded, ledger.paid, ledger.treasury, ledger.burned, ledger.to_finders)
    return Summary(
        outcome=outcome,
        baselines=baselines,
        purses=[_purse(outcome, ledger, owner) for owner in outcome.names],
        totals=totals,
        chapters=tell_chapters(outcome),
        holdings=_holdings(outcome),
        share_sizes=share_sizes,
    )


def _hospitals(outcome: Outcome) -> list[str]:
    return [hospital.name for hospital in outcome.scenario.hospitals]


def _purse(outcome: Outcome, ledger: Ledger, owner: Pubkey) -> Purse:
    name = outcome.names[owner]
    wallet = outcome.wallets[name]
    fees = sum(one.fee for one in outcome.transactions if one.keys[0] == owner)
    money: dict[str, int] = {
        "found": sum(
            moment.event.data.to_finder
            for moment in outcome.moments
            if moment.event.name == "NoRevealFaulted" and moment.event.data.finder == owner
        ),
        "fees": fees,
        "rent": wallet.lamports_start - wallet.lamports_end - fees,
    }
    person = next((one for one in ledger.people.values() if one.owner == owner), None)
    if person is not None:
        account = outcome.participants.get(owner)
        held = account.stake + sum(one.amount for one in account.unbonding) if account else 0
        money |= {
            "staked": person.deposited,
            "returned": person.withdrawn,
            "slashed": person.slashed,
            "rewards": person.rewarded,
            "still_staked": held,
        }
    return Purse(name, **money)


def _by_round(moments: Sequence[Moment]) -> Iterator[tuple[int, int]]:
    """Where each round's moments begin and end, up to the opening of the next."""
    opened = [i for i, one in enumerate(moments) if one.event.name == "RoundOpened"]
    yield from zip(opened, [*opened[1:], len(moments)], strict=True)


def _holdings(outcome: Outcome) -> dict[str, list[Holding]]:
    held: dict[str, list[Holding]] = {name: [] for name in _hospitals(outcome)}
    events = [moment.event for moment in outcome.moments]
    for start, end in _by_round(outcome.moments):
        # Whoever arrives for the next round was not there in this one.
        names = [event.name for event in events[start:end]]
        met = names.index("ParticipantRegistered") if "ParticipantRegistered" in names else None
        people = replay_money(events[: end if met is None else start + met]).people.values()
        now = {
            outcome.names[one.owner]: Holding(one.stake + one.unbonding, one.rewarded)
            for one in people
        }
        for name, series in held.items():
            series.append(now.get(name, Holding(0, 0)))
    return held


def tell_chapters(outcome: Outcome) -> list[Chapter]:
    """The rounds, one by one."""
    people = {
        moment.event.data.participant: outcome.names[moment.event.data.owner]
        for moment in outcome.moments
        if moment.event.name == "ParticipantRegistered"
    }
    chapters: list[Chapter] = []
    arrived: list[str] = []  # since the round before was opened
    for start, end in _by_round(outcome.moments):
        first = outcome.moments[start]
        chapter = Chapter(first.event.data.number, first.time, notes=arrived)
        arrived = []
        for moment in outcome.moments[start:end]:
            if moment.event.name == "ParticipantRegistered":
                arrived.append(f"{people[moment.event.data.participant]} joined")
            _write(chapter, moment, people)
        chapter.accuracy = outcome.accuracies[chapter.number - 1]
        chapters.append(chapter)
    return chapters


def _write(chapter: Chapter, moment: Moment, people: dict[Pubkey, str]) -> None:
    event: Event = moment.event
    name = people.get(getattr(event.data, "participant", Pubkey.default()), "")
    match event.name:
        case "RoundCommitted":
            chapter.committed.append(name)
        case "RoundRevealed":
            chapter.revealed.append(name)
        case "RoundAggregated":
            chapter.aggregator = name
        case "RoundSettled" | "RoundAborted":
            chapter.ended, chapter.settled = moment.time, event.name == "RoundSettled"
            if chapter.settled:
                chapter.share = event.data.share
                chapter.model_root = bytes(event.data.model_root).hex()
        case "NoRevealFaulted":
            chapter.notes.append(f"{name} was silent and slashed")
        case "EvaluatorFaulted":
            chapter.notes.append(f"{name} scored blindly and was slashed")
        case "ChallengeResolved" if event.data.proven:
            chapter.notes.append(f"{people[event.data.accused]} was convicted and slashed")
        case "StakeUnbonded":
            chapter.notes.append(f"{name} began to leave")
        case "ParticipantClosed":
            chapter.notes.append(f"{name} left with its stake")
