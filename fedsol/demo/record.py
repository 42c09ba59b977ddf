"""Everything that the ledger says while the story is told, in its order."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fedsol.chain import EmbeddedLedger, LandedTransaction, LedgerEvent
from fedsol.program.events import Event, from_logs


@dataclass(frozen=True)
class Moment:
    """An event of the program, with its chain time (unix seconds)."""

    event: Event
    time: int


@dataclass
class Record:
    """Listens to a ledger: its transactions, and the program's events out of their logs."""

    moments: list[Moment] = field(default_factory=list)
    transactions: list[LandedTransaction] = field(default_factory=list)

    def follow(self, ledger: EmbeddedLedger, tell: Callable[[Moment], None]) -> Callable[[], None]:
        """Records what lands from now on and passes every event on; returns what ends it."""

        def heard(change: LedgerEvent) -> None:
            landed = change.landed
            if landed is None:
                return
            self.transactions.append(landed)
            if landed.err is not None:
                return
            for event in from_logs(landed.logs):
                moment = Moment(event, landed.block_time)
                self.moments.append(moment)
                tell(moment)

        return ledger.listen(heard)
