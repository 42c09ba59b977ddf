"""Reads a federation's whole history: every event, and what was shown beside it, in one order.

Not every transaction names the federation: scores are counted and demands answered on a round, and
evidence is added to a challenge. Their histories are read too, where there can be such
transactions, and all of them are merged into one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from solders.pubkey import Pubkey
from solders.signature import Signature

from fedsol.audit.calls import Call as Call
from fedsol.audit.calls import Step as Step
from fedsol.audit.calls import steps_of
from fedsol.chain import Chain
from fedsol.chain.records import TransactionRecord
from fedsol.errors import AuditError
from fedsol.program.events import IN_CHALLENGE, Event


@dataclass(frozen=True)
class History:
    """Events and calls of a federation's newest life, oldest first."""

    steps: tuple[Step, ...]

    @property
    def events(self) -> list[Event]:
        """The events alone."""
        return [one for one in self.steps if isinstance(one, Event)]


async def read_history(chain: Chain, federation: Pubkey) -> History:
    """Everything that the ledger tells of a federation.

    Raises AuditError if the endpoint shows the histories of two accounts in orders that exclude
    each other.
    """
    own = await chain.history(federation)
    first = _life(own, federation)
    scored = bool(first.events) and is_scored(first.events[0])
    more: dict[Pubkey, None] = {}
    for event in first.events:
        if event.name == "ChallengeOpened":
            more |= {event.data.round: None, event.data.challenge: None}
        elif event.name == "RoundOpened" and scored:
            more[event.data.round] = None
    others = [await chain.history(address) for address in more]
    return _life(merge([own, *others]), federation)


def is_scored(created: Event) -> bool:
    """Whether evaluators score in a federation, by the event of its creation."""
    window = getattr(created.data, "params", None)
    return window is not None and (window.score.seconds, window.score.slots) != (0, 0)


def merge(histories: Sequence[Sequence[TransactionRecord]]) -> list[TransactionRecord]:
    """One order of all transactions that agrees with every history; raises AuditError if none does."""
    records: dict[Signature, TransactionRecord] = {}
    order: TopologicalSorter[Signature] = TopologicalSorter()
    for history in histories:
        records |= {one.signature: one for one in history}
        names = [one.signature for one in history]
        for before, after in zip([None, *names], names, strict=False):
            order.add(after, *([] if before is None else [before]))
    try:
        found = [records[name] for name in order.static_order()]
    except CycleError as error:
        raise AuditError(
            "the endpoint shows transactions of one slot in two different orders",
            hint="Use another RPC endpoint.",
        ) from error
    # Within a slot the order of the histories stays: sorting is stable.
    return sorted(found, key=lambda one: one.slot)


def _life(records: Sequence[TransactionRecord], federation: Pubkey) -> History:
    """What belongs to a federation since it was last created: its address may have been used before."""
    challenges: set[Pubkey] = set()
    steps: list[Step] = []
    for record in records:
        for step in steps_of(record):
            if isinstance(step, Call):
                steps.append(step)
                continue
            if step.name == "FederationCreated" and step.data.federation == federation:
                steps = []
            if step.name in IN_CHALLENGE:
                mine = step.data.challenge in challenges
            else:
                mine = step.data.federation == federation
            if mine:
                steps.append(step)
                if step.name == "ChallengeOpened":
                    challenges.add(step.data.challenge)
    return History(tuple(steps))
