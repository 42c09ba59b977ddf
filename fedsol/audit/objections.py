"""Counts the objections to the aggregates of masked rounds, and whether they fell when most objected."""

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Ledger, Round
from fedsol.audit.report import Finding
from fedsol.program.events import Event


class Objections:
    """Who has objected to which aggregate, once each, and what came of it.

    Whether they were right is no question here: most members may turn any aggregate down.
    """

    def __init__(self) -> None:
        self.counted = Finding("aggregates fall when most members object", "{} objections counted")
        self.findings = (self.counted,)

    def see(self, ledger: Ledger, event: Event) -> None:
        """Looks at an event; the ledger is as it was before."""
        round_ = ledger.rounds.get(getattr(event.data, "round", Pubkey.default()))
        if round_ is not None and event.name == "RoundObjected":
            self._objected(round_, event)

    def _objected(self, round_: Round, event: Event) -> None:
        data, submission = event.data, round_.submissions.get(event.data.participant)
        place = f"round {round_.number}: {data.participant}"
        index = None if submission is None else submission.index
        first = index is not None and index not in round_.objectors
        self.counted.expect(first, f"{place} objected twice, or without a submission")
        count, accepted = len(round_.objectors | {index}), len(round_.accepted)
        told = (data.attempt, data.objections, data.accepted, data.falls)
        self.counted.expect(
            told == (round_.attempt, count, accepted, 2 * count > accepted),
            f"{place}: {data.objections} of {data.accepted} objections to attempt {data.attempt} "
            f"were told, {count} of {accepted} to attempt {round_.attempt} were made",
        )
