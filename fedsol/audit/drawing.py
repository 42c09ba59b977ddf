"""Follows the beacon: which salts it holds, who got an evaluator's seat, who had to aggregate.

The slot hash that completes a beacon stands nowhere in the ledger: that it is the cluster's is the
program's word. That it was mixed into all salts, once, is in the events.
"""

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Evaluation, Ledger, Round
from fedsol.audit.report import Finding
from fedsol.audit.rules import choose
from fedsol.program.commitment import ticket
from fedsol.program.events import Event

EVALUATOR, AGGREGATOR = 2, 4
NOBODY = 2**32 - 1


class Drawing:
    """Beacons, seats and the choice of aggregators."""

    def __init__(self) -> None:
        self.beacons = Finding("beacons hold every salt", "{} recomputed")
        self.seats = Finding("evaluators sit where the beacon says", "{} tickets recomputed")
        self.chosen = Finding("aggregators are those that were drawn", "{} recomputed")
        self.findings = (self.beacons, self.seats, self.chosen)

    def see(self, ledger: Ledger, event: Event) -> None:
        """Looks at an event; the ledger is as it was before."""
        round_ = ledger.rounds.get(getattr(event.data, "round", Pubkey.default()))
        if round_ is None:
            return
        match event.name:
            case "RoundAdvanced":
                self._advanced(round_, event)
            case "ScoreCommitted":
                self._seated(ledger, round_, event)
            case "RoundAggregated":
                self._aggregated(ledger, round_, event)

    def _advanced(self, round_: Round, event: Event) -> None:
        data, phase = event.data, type(event.data.phase).__name__
        beacon, place = bytes(data.beacon), f"round {round_.number}"
        if round_.drawn or (phase == "Score" and round_.phase != "Score"):
            same = beacon == round_.beacon
            problem = "changed" if round_.drawn else "does not hold all salts"
            self.beacons.expect(same, f"{place}: the beacon {problem}")
        if phase == "Aggregate":
            lot = choose(beacon, round_.attempt, round_.aggregators)
            self.chosen.expect(
                data.chosen == (NOBODY if lot is None else lot),
                f"{place}: the beacon chose aggregator {lot}, not {data.chosen}",
            )

    def _seated(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data, person = event.data, ledger.people.get(event.data.participant)
        place = f"round {round_.number}: {data.participant}"
        drawn = ticket(round_.beacon, data.participant)
        self.seats.expect(data.ticket == drawn, f"{place} has another ticket")
        seat, displaced = _seat(round_, drawn, ledger.params.scoring.max_evaluators)
        self.seats.expect(
            data.seat == seat and data.displaced == displaced, f"{place} took another seat"
        )
        entitled = person is not None and (
            bool(person.standing.roles & EVALUATOR)
            and person.standing.stake_slot < round_.beacon_slot
            and (person.stake, ledger.params.min_stake) == (data.weight, data.liability)
        )
        self.seats.expect(entitled, f"{place} scores without the role or the stake for it")

    def _aggregated(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data, person = event.data, ledger.people.get(event.data.participant)
        place = f"round {round_.number}: {data.participant}"
        listed, index = ledger.aggregators, round_.chosen
        mine = person is not None and person.standing.seated_slot < round_.beacon_slot
        drawn = index is not None and index < len(listed) and listed[index] == data.participant
        # After its slot the window may be open for everybody: the second is not in the events.
        self.chosen.expect(
            (drawn and mine) or data.slot >= round_.window_slot,
            f"{place} aggregated without being chosen",
        )
        barred = person is None or person.standing.barred_round == round_.number
        able = person is not None and bool(person.standing.roles & AGGREGATOR)
        self.chosen.expect(
            able and not barred and data.attempt == round_.attempt,
            f"{place} aggregated without the role, or again after a wrong aggregate",
        )


def _seat(round_: Round, drawn: int, limit: int) -> tuple[int | None, Pubkey | None]:
    """The seat that a ticket gets, and whose it was; no seat for one that is not low enough."""
    seated = {one.seat: one for one in round_.evaluations.values() if one.status != "Displaced"}
    if len(seated) < limit:
        return len(seated), None
    worst: Evaluation = max(seated.values(), key=lambda one: (one.ticket, one.seat))
    return (worst.seat, worst.participant) if drawn < worst.ticket else (None, None)
