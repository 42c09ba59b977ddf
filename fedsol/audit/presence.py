"""Whether events can have happened at all: to people, rounds and disputes that are there, in their
phases.
"""

from typing import Any

from solders.pubkey import Pubkey

from fedsol.audit.ledger import Ledger, Round
from fedsol.audit.report import Finding
from fedsol.program import addresses as at
from fedsol.program.events import IN_CHALLENGE, Event

_OVER = ("Settled", "Aborted")
_DISPUTABLE = ("Score", "ScoreReveal", "Tally", "Aggregate", "Challenge")
# In which phases of its round an event can happen.
_PHASES = {
    "RoundCommitted": ("Commit",),
    "RoundShared": ("Share",),
    "RoundRevealed": ("Reveal",),
    "ScoreCommitted": ("Score",),
    "ScoreRevealed": ("ScoreReveal",),
    "AuditRevealed": ("Tally",),
    "SubmissionScored": ("Tally",),
    "RoundAggregated": ("Aggregate",),
    "RoundObjected": ("Challenge",),
    "ChallengeOpened": _DISPUTABLE,
    "DemandAnswered": _DISPUTABLE,
    "ChallengeResolved": _DISPUTABLE,
    "ChallengeExpired": _DISPUTABLE,
    "RoundSettled": ("Challenge",),
    "RoundAborted": ("Reveal", "Score", "ScoreReveal", "Aggregate"),
    "NoRevealFaulted": (*_DISPUTABLE, *_OVER),
    "EvaluatorFaulted": ("Tally", "Aggregate", "Challenge", *_OVER),
    "RewardClaimed": ("Settled",),
    "EvaluationClaimed": ("Settled",),
    "SubmissionClosed": _OVER,
    "RoundClosed": _OVER,
}
# From which phases a round can advance to another; Score again where the beacon is drawn.
_WAYS = {
    "Reveal": ("Commit",),
    "Score": ("Reveal", "Score"),
    "ScoreReveal": ("Score",),
    "Tally": ("ScoreReveal",),
    "Aggregate": ("Score", "Tally"),
}
# The same of masked rounds, where members share what takes masks off before they show anything.
_MASKED_WAYS = {**_WAYS, "Share": ("Commit",), "Reveal": ("Share",)}
# What happens in masked rounds only.
_MASKED = ("RoundShared", "RoundObjected")
# What each must stand on: a submission or an evaluation of the round, in one of these states.
_SUBMISSION = {
    "RoundShared": ("Committed",),
    "RoundRevealed": ("Committed",),
    "RoundObjected": ("Revealed",),
    "NoRevealFaulted": ("Committed", "Shared"),
    "AuditRevealed": ("Revealed",),
    "SubmissionScored": ("Revealed", "Planted"),
    "RewardClaimed": ("Revealed", "Planted"),
    "SubmissionClosed": ("Committed", "Shared", "Revealed", "Rejected", "Planted", "Faulted"),
}
_EVALUATION = {
    "ScoreRevealed": ("Committed",),
    "EvaluationClaimed": ("Revealed",),
    "EvaluatorFaulted": ("Committed", "Revealed"),
    "EvaluationClosed": ("Committed", "Displaced", "Revealed", "Done", "Faulted"),
}
# Evaluations of which nothing is asked any more may go at any time.
_FREE = ("Displaced", "Faulted")


class Presence:
    """What events name, and when they come."""

    def __init__(self) -> None:
        self.named = Finding("events name who and what is there", "{} events")
        self.phases = Finding("rounds go from phase to phase", "{} events")
        self.findings = (self.named, self.phases)

    def see(self, ledger: Ledger, event: Event) -> None:
        """Looks at an event; the ledger is as it was before."""
        where = f"{event.name} {event.seq}"
        self.named.expect(_is_there(ledger, event), f"{where} names what is not there")
        round_ = ledger.rounds.get(getattr(event.data, "round", Pubkey.default()))
        if round_ is None:
            return
        if event.name in _PHASES:
            fits = round_.phase in _PHASES[event.name]
            self.phases.expect(fits, f"{where} came in {round_.phase}")
        elif event.name == "EvaluationClosed":
            evaluation = round_.evaluations.get(event.data.participant)
            free = evaluation is not None and evaluation.status in _FREE
            self.phases.expect(free or round_.is_over, f"{where} came in {round_.phase}")
        elif event.name == "RoundAdvanced":
            phase = type(event.data.phase).__name__
            ways = _MASKED_WAYS if ledger.is_masked else _WAYS
            fits = round_.phase in ways.get(phase, ())
            self.phases.expect(fits, f"{where} leads from {round_.phase} to {phase}")


def _is_there(ledger: Ledger, event: Event) -> bool:
    """Whether everything that an event names is there."""
    data, name = event.data, event.name
    if name in _MASKED and not ledger.is_masked:
        return False
    if name == "RoundOpened":
        before = list(ledger.rounds.values())
        address = at.round_address(data.federation, data.number)
        return bool((data.number, data.round) == (len(before) + 1, address))
    if name == "ParticipantRegistered":
        person = ledger.people.get(data.participant)
        address = at.participant_address(data.federation, data.owner)
        signed = bytes(data.agreement) == bytes(ledger.created.data.agreement_hash)
        new = person is None or person.closed
        return bool(data.participant == address and signed and new)
    round_ = ledger.rounds.get(data.round) if hasattr(data, "round") else None
    if hasattr(data, "round") and (round_ is None or round_.closed):
        return name == "SubmissionClosed" and round_ is not None and _fits(ledger, round_, event)
    if hasattr(data, "participant"):
        person = ledger.people.get(data.participant)
        if person is None or person.closed:
            return False
    if round_ is not None and not _fits(ledger, round_, event):
        return False
    return _is_disputed(ledger, round_, event) if hasattr(data, "challenge") else True


def _fits(ledger: Ledger, round_: Round, event: Event) -> bool:
    """Whether the submission or the evaluation is one to which this can happen."""
    who, name = getattr(event.data, "participant", None), event.name
    if getattr(event.data, "number", round_.number) != round_.number:
        return False
    if name in _SUBMISSION:
        submission = round_.submissions.get(who)  # type: ignore[arg-type]
        masked = name == "RoundRevealed" and ledger.is_masked
        states = ("Shared",) if masked else _SUBMISSION[name]
        return submission is not None and submission.status in states
    if name == "RoundCommitted":
        # Of a masked round no more are members than its sum can hold.
        room = not ledger.is_masked or round_.members < ledger.params.max_submissions
        return room and who not in round_.submissions
    if name in _EVALUATION:
        evaluation = round_.evaluations.get(who)  # type: ignore[arg-type]
        return evaluation is not None and evaluation.status in _EVALUATION[name]
    return True


def _is_disputed(ledger: Ledger, round_: Round | None, event: Event) -> bool:
    data, dispute = event.data, ledger.disputes.get(event.data.challenge)
    if event.name == "ChallengeOpened":
        return dispute is None and round_ is not None and _can_be(ledger, round_, data)
    if dispute is None:
        return False
    if event.name == "ChallengeClosed" or event.name in IN_CHALLENGE:
        return True
    falls = event.name == "ChallengeResolved" and data.proven and _reopens(round_, dispute)
    attempt = getattr(data, "attempt", None)
    counted = attempt is None or round_ is None or attempt == round_.attempt + falls
    accused = getattr(data, "accused", getattr(data, "participant", None))
    return counted and (data.round, accused) == (dispute.round, dispute.accused)


def _reopens(round_: Round | None, dispute: Any) -> bool:
    """Whether a conviction takes a posted aggregate with it."""
    if round_ is None or round_.phase != "Challenge":
        return False
    return dispute.submission is None or dispute.submission.status == "Revealed"


def _can_be(ledger: Ledger, round_: Round, data: Any) -> bool:
    """Whether a challenge names its target, whose it is, and the rules' time for it."""
    address = at.challenge_address(data.round, data.target, data.challenger)
    in_time = data.deadline.slot == data.slot + ledger.params.dispute.slots
    if (data.challenge, data.attempt) != (address, round_.attempt) or not in_time:
        return False
    if data.target == data.round:
        standing = round_.standing
        # A masked sum can be proved by nobody who was not in it: its bytes can be asked for only.
        provable = not ledger.is_masked or type(data.kind).__name__ == "Unavailable"
        return provable and standing is not None and standing.participant == data.accused
    if ledger.is_masked and type(data.kind).__name__ == "CopiedUpdate":
        return False  # nothing binds a masked update to its author before it is shown
    submission = round_.submissions.get(data.accused)
    target = at.submission_address(data.round, data.accused)
    return submission is not None and submission.is_standing and data.target == target
