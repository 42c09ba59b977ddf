"""What the terminal shows: the state of the story, folded from the ledger's events alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from solders.pubkey import Pubkey

from fedsol.demo.cast import TOKEN
from fedsol.program.events import Event

PHASES = ("Commit", "Reveal", "Score", "Aggregate", "Challenge", "Settled")
LEAVING, LEFT = "leaving", "has left"
_STEPS = {
    "ParticipantRegistered": "join",
    "StakeDeposited": "stake",
    "StakeUnbonded": "unbond",
    "StakeWithdrawn": "withdraw",
    "ParticipantClosed": "leave",
    "NoRevealFaulted": "fault",
    "RoundOpened": "open",
    "RoundSettled": "settle",
}
"""What an event is called in a line; others are called after the phase that they end."""
LASTING = frozenset({"join", "unbond", "withdraw", "fault"})
"""The steps that stay on the terminal when the panel has moved on."""


@dataclass(frozen=True)
class Line:
    """Something that happened, in words; ``step`` is what was done."""

    step: str
    words: str


@dataclass
class Seat:
    """One hospital as the record shows it; token units."""

    name: str
    stake: int = 0
    bond: int = 0
    leaving: int = 0
    rewards: int = 0
    slashed: int = 0
    committed: bool = False
    revealed: bool = False
    note: str = ""


@dataclass
class Board:
    """The story so far. ``names`` knows the owners of keys; accounts are learnt from events."""

    names: Mapping[Pubkey, str]
    rounds: int
    seats: dict[Pubkey, Seat] = field(default_factory=dict)
    number: int = 0
    round: Pubkey = field(default_factory=Pubkey.default)
    phase: str = ""
    pool: int = 0
    share: int = 0
    time: int = 0
    accuracies: list[float] = field(default_factory=list)
    phases: tuple[str, ...] = PHASES
    lasting: frozenset[str] = LASTING

    @property
    def case(self) -> str:
        """The dispute that is under way, in words; nothing if there is none."""
        return ""

    def tell(self, event: Event, time: int) -> list[Line]:
        """Takes an event in and says it line by line."""
        left = self.phase
        words = self.see(event, time)
        return [] if words is None else [Line(_STEPS.get(event.name, left.lower()), words)]

    def see(self, event: Event, time: int) -> str | None:
        """Takes an event in and says it in plain words; None for what needs no words."""
        self.time = time
        if event.name.startswith("Round"):
            return self._see_round(event)
        if event.name == "ParticipantRegistered":
            seat = Seat(self.names[event.data.owner])
            self.seats[event.data.participant] = seat
            return f"{seat.name} signs the data-usage agreement"
        seat_or_none = self.seats.get(getattr(event.data, "participant", Pubkey.default()))
        return self._see_person(seat_or_none, event) if seat_or_none is not None else None

    def _see_round(self, event: Event) -> str | None:
        data = event.data
        match event.name:
            case "RoundOpened":
                self.number, self.round, self.phase = data.number, data.round, "Commit"
                self.pool, self.share = data.pool, 0
                for seat in self.seats.values():
                    seat.committed = seat.revealed = False
                    seat.note = seat.note if seat.note in (LEAVING, LEFT) else ""
                return f"opens with {tokens(data.pool)} to earn"
            case "RoundCommitted":
                self.seats[data.participant].committed = True
            case "RoundRevealed":
                self.seats[data.participant].revealed = True
            case "RoundAdvanced":
                return self._advance(type(data.phase).__name__)
            case "RoundAggregated":
                self.phase = "Challenge"
                seat = self.seats[data.participant]
                seat.note, seat.bond = "aggregated", data.bond
                seat.stake -= data.bond
                root = bytes(data.new_model_root).hex()[:8]
                bond = tokens(data.bond)
                return f"{seat.name} posts the new model {root}… with a bond of {bond}"
            case "RoundSettled":
                self.phase, self.share = "Settled", data.share
                for seat in self.seats.values():
                    seat.stake, seat.bond = seat.stake + seat.bond, 0
                return f"nobody objected: {tokens(data.share)} for each of {data.accepted}"
            case "RoundAborted":
                self.phase = "Aborted"
                return "aborted: everyone gets back what no fault took"
        return None

    def _advance(self, phase: str) -> str | None:
        left, self.phase = self.phase, phase
        committed = [seat for seat in self.seats.values() if seat.committed]
        if left == "Commit":
            return f"{_list(committed)} committed; nobody has seen an update yet"
        if left != "Reveal":
            return None
        silent = [seat for seat in committed if not seat.revealed]
        more = f"; {_list(silent)} silent" if silent else ""
        return f"{_list([one for one in committed if one.revealed])} revealed{more}"

    def _see_person(self, seat: Seat, event: Event) -> str | None:
        data = event.data
        match event.name:
            case "StakeDeposited":
                seat.stake = data.stake
                return f"{seat.name} stakes {tokens(data.amount)}"
            case "StakeUnbonded":
                seat.stake, seat.leaving, seat.note = data.stake, data.amount, LEAVING
                return (
                    f"{seat.name} unbonds {tokens(data.amount)}, which stay slashable for two days"
                )
            case "StakeWithdrawn":
                seat.leaving -= data.amount
                return f"{seat.name} takes {tokens(data.amount)} back, to the unit"
            case "ParticipantClosed":
                seat.note = LEFT
                return f"{seat.name} has left"
            case "RewardClaimed":
                seat.rewards += data.amount
            case "NoRevealFaulted":
                seat.stake, seat.note = data.stake, f"slashed {tokens(data.slashed)}"
                seat.slashed += data.slashed
                finder = self.names.get(data.finder, "somebody")
                return (
                    f"{seat.name} is slashed {tokens(data.slashed)} for its silence: "
                    f"{tokens(data.to_finder)} to the {finder.lower()} who proved it, "
                    f"{tokens(data.to_treasury)} to the treasury, {tokens(data.burned)} burned"
                )
        return None


def tokens(units: int) -> str:
    """An amount of token units in tokens, exactly, for people: ``1,200`` or ``0.5``."""
    whole, part = divmod(units, TOKEN)
    digits = f".{part:06d}".rstrip("0") if part else ""
    return f"{whole:,}{digits}"


def _list(seats: list[Seat]) -> str:
    names = [seat.name for seat in seats]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])) or "nobody"
