"""Recomputes what is set aside for a round, how it is divided, and every claim and its dust."""

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Ledger, Round
from fedsol.audit.report import Finding
from fedsol.audit.rules import divide, evaluator_pay, is_faulty, pay_of
from fedsol.program.events import Event

_FORFEITS = ("EvaluatorFaulted", "SubmissionClosed", "EvaluationClosed")


class Pay:
    """Pools, shares, claims and what was given up."""

    def __init__(self) -> None:
        self.pools = Finding("pools are divided by the rules", "{} recomputed")
        self.claims = Finding("claims are what was earned", "{} recomputed")
        self.findings = (self.pools, self.claims)

    def see(self, ledger: Ledger, event: Event) -> None:
        """Looks at an event; the ledger is as it was before."""
        if event.name == "FederationFunded":
            total = ledger.available + event.data.amount
            self.pools.expect(
                event.data.reward_available == total, "funds are not what was paid in"
            )
        elif event.name == "RoundOpened":
            self._opened(ledger, event)
        round_ = ledger.rounds.get(getattr(event.data, "round", Pubkey.default()))
        if round_ is None:
            return
        match event.name:
            case "RoundSettled":
                self._settled(ledger, round_, event)
            case "RoundAborted":
                left = ledger.available + round_.pool
                back = event.data.reward_available == left
                self.pools.expect(back, f"round {round_.number}: the pool did not come back")
            case "RewardClaimed":
                self._reward(round_, event)
            case "EvaluationClaimed":
                self._evaluation(round_, event)
            case _ if event.name in _FORFEITS:
                amount = 0 if _gives_up(round_, event) else None
                self._released(round_, event, amount)

    def _opened(self, ledger: Ledger, event: Event) -> None:
        data, pool = event.data, min(ledger.params.round_reward, ledger.available)
        told = (data.pool, data.reward_available)
        self.pools.expect(
            told == (pool, ledger.available - pool),
            f"round {data.number} set {data.pool} aside, not {pool}",
        )

    def _settled(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data, shares = event.data, divide(round_, ledger.params)
        counts = (len(round_.shown), len(round_.accepted), len(round_.planted))
        self.pools.expect(
            (data.revealed, data.accepted, data.planted) == counts,
            f"round {data.number} settled with other submissions than were accepted",
        )
        self.pools.expect(
            (data.share, data.reward_owed) == (shares.each, ledger.owed + shares.unpaid),
            f"round {data.number} owes another part of its pool",
        )

    def _reward(self, round_: Round, event: Event) -> None:
        data, submission = event.data, round_.submissions.get(event.data.participant)
        place = f"round {round_.number}: {data.participant}"
        due = submission is not None and submission.is_paid and not submission.claimed
        due = due and round_.phase == "Settled"
        amount = pay_of(round_, submission) if submission is not None else 0
        self.claims.expect(
            due and data.amount == amount, f"{place} claimed {data.amount}, earned {amount}"
        )
        self._released(round_, event, data.amount)

    def _evaluation(self, round_: Round, event: Event) -> None:
        data, evaluation = event.data, round_.evaluations.get(event.data.participant)
        place = f"round {round_.number}: {data.participant}"
        due = evaluation is not None and evaluation.status == "Revealed"
        due = due and evaluation is not None and not is_faulty(round_, evaluation)
        amount = evaluator_pay(round_, evaluation) if evaluation is not None else 0
        self.claims.expect(
            due and data.amount == amount, f"{place} claimed {data.amount}, earned {amount}"
        )
        self._released(round_, event, data.amount)

    def _released(self, round_: Round, event: Event, amount: int | None) -> None:
        """What the last claim of a round leaves goes back; ``amount`` is None if it is no claim."""
        last = amount is not None and round_.claims_left == 1
        dust = round_.unpaid - (amount or 0) if last else 0
        self.claims.expect(
            event.data.released == dust,
            f"round {round_.number}: {event.data.released} went back, not {dust}",
        )


def _gives_up(round_: Round, event: Event) -> bool:
    """Whether somebody gives up what a settled round owes."""
    who = event.data.participant
    if event.name == "SubmissionClosed":
        submission = round_.submissions.get(who)
        owed = submission is not None and submission.is_paid and not submission.claimed
    else:
        evaluation = round_.evaluations.get(who)
        owed = evaluation is not None and evaluation.status == "Revealed"
    return owed and round_.phase == "Settled"
