"""How disputes ended: from a decided account, from a transaction's log, or from the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.chain import Chain
from fedsol.program import events
from fedsol.roles.disputes import Dispute
from fedsol.roles.notebook import Entry, Outcome


@dataclass(frozen=True)
class Ended:
    """How a dispute ended for its challenger, and what it got on top of its bond (token units)."""

    outcome: Outcome
    gained: int = 0


_BY_VERDICT: dict[str, Outcome] = {"Convicted": "won", "Acquitted": "lost", "Moot": "moot"}


def ended_as(dispute: Dispute) -> Ended:
    """How a decided dispute ended. Raises KeyError while it is open."""
    one = dispute.account
    outcome = _BY_VERDICT[one.verdict.kind]
    return Ended(outcome, one.payout - one.bond if outcome == "won" else 0)


def ended_in(logs: Iterable[str], dispute: Pubkey) -> Ended | None:
    """How a dispute ended in the transaction of these logs; None if it did not."""
    for event in events.from_logs(logs):
        if getattr(event.data, "challenge", None) == dispute:
            found = _ended_by(event)
            if found is not None:
                return found
    return None


async def ended_before(chain: Chain, entry: Entry) -> Ended | None:
    """How a dispute ended whose account is gone; None if the ledger knows of no such dispute."""
    address = Pubkey.from_string(entry.dispute)
    is_it, found = False, None
    for record in await chain.history(address):
        for event in events.from_logs(record.logs if record.err is None else ()):
            if getattr(event.data, "challenge", None) != address:
                continue
            if event.name == "ChallengeOpened":
                is_it = _is_of(event, entry)
            elif is_it:
                found = _ended_by(event) or found
    return found


def _ended_by(event: events.Event) -> Ended | None:
    if event.name == "ChallengeResolved":
        return Ended("won", event.data.to_finder) if event.data.proven else Ended("lost")
    if event.name == "ChallengeExpired":
        return Ended("moot" if event.data.returned else "lost")
    return None


def _is_of(event: events.Event, entry: Entry) -> bool:
    # In an event an enum is AnchorPy's own, not the generated client's: a class for each variant.
    kind = event.data.kind
    place = next(iter(vars(kind).values()), 0)
    begun = (type(kind).__name__, place, event.data.attempt)
    return begun == (entry.kind, entry.place, entry.attempt)
