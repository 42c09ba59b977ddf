"""Checks everything about a federation afterwards, trusting nobody: only the ledger and the
accounts.

``history`` reads events and what was shown beside them (``calls``). ``record`` chains them up.
``replaying`` (``replaying_people``, ``_rounds``, ``_scores``, ``_disputes``, ``_masked``) makes a
``ledger`` of them, and while it grows every event is looked at: ``presence`` (who, what, when),
``money`` (stakes), ``commitments``, ``drawing`` (beacons, seats, aggregators), ``scores``,
``objections``, ``fines`` (slashes and bonds), ``pay``; ``rules`` is the program's arithmetic once
more. At the end ``money`` and ``accounts`` compare with the chain, ``verdicts`` (``evidence``)
decides disputes again, and ``updates`` recomputes aggregates from the stored bytes, of masked
rounds with ``masked_sums``. ``report`` holds what was found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore
from fedsol.audit.accounts import Accounts, check_rounds, read_accounts, read_disputes, read_scores
from fedsol.audit.commitments import Commitments
from fedsol.audit.drawing import Drawing
from fedsol.audit.fines import Fines
from fedsol.audit.history import History as History
from fedsol.audit.history import read_history
from fedsol.audit.ledger import Ledger, Scores
from fedsol.audit.money import Stakes, check_money, check_returned
from fedsol.audit.objections import Objections
from fedsol.audit.pay import Pay
from fedsol.audit.presence import Presence
from fedsol.audit.record import chain_up, check_heads, check_models
from fedsol.audit.replaying import book
from fedsol.audit.report import AuditReport as AuditReport
from fedsol.audit.report import Check as Check
from fedsol.audit.report import Finding
from fedsol.audit.report import Person as Person
from fedsol.audit.scores import Scoring
from fedsol.chain import Chain
from fedsol.errors import AuditError
from fedsol.program.events import Event


class Watcher(Protocol):
    """Looks at every event before it is booked."""

    @property
    def findings(self) -> Sequence[Finding]:
        """What came out so far."""

    def see(self, ledger: Ledger, event: Event) -> None:
        """Looks at an event; the ledger is as it was before."""


@dataclass(frozen=True)
class Replayed:
    """The ledger after the last event, and what was found on the way, where there was anything."""

    ledger: Ledger
    checks: list[Check]


async def audit(
    chain: Chain, federation: Pubkey, artifacts: ArtifactStore | None = None
) -> AuditReport:
    """Replays a federation's whole history and compares it with what the accounts say.

    With ``artifacts`` every accepted update's root and every aggregate is recomputed as well. What
    is wrong is in the report; only a history that cannot be read at all raises: AuditError.
    """
    history = await read_history(chain, federation)
    events = history.events
    if not events or events[0].name != "FederationCreated":
        raise AuditError(
            f"the history of {federation} does not begin with its creation",
            hint="Use an RPC endpoint that keeps the whole history.",
        )
    accounts = await read_accounts(chain, federation)
    kept = await read_scores(chain, events)
    replayed = watch(history, await chain.genesis_hash(), kept)
    ledger = replayed.ledger
    checks = await _compare(chain, federation, events, ledger, accounts)
    checks += [*replayed.checks, check_models(events)]
    if ledger.decided or any(one.planted for one in ledger.rounds.values()):
        from fedsol.audit.verdicts import check_plants, check_verdicts  # late: it loads JAX

        checks += [check_verdicts(ledger), check_plants(ledger)]
    if artifacts is not None:
        from fedsol.audit.updates import check_updates  # late: it loads JAX

        checks += await check_updates(ledger, artifacts)
    people = [*ledger.former, *ledger.people.values()]
    return AuditReport(federation, len(events), checks, people)


async def read_events(chain: Chain, federation: Pubkey) -> Sequence[Event]:
    """Every event of a federation's newest life, oldest first."""
    return (await read_history(chain, federation)).events


def watch(history: History, genesis: bytes, kept: dict[bytes, Scores]) -> Replayed:
    """Replays a history that begins with a creation, and looks at every event on the way.

    ``genesis`` is the cluster's hash, ``kept`` the scores in open accounts by their digest.
    """
    watchers: tuple[Watcher, ...] = (
        Presence(),
        Stakes(),
        Commitments(genesis),
        Drawing(),
        Scoring(),
        Objections(),
        Fines(),
        Pay(),
    )
    ledger = Ledger(history.events[0], genesis, kept=kept)
    for step in history.steps:
        if isinstance(step, Event):
            for watcher in watchers:
                watcher.see(ledger, step)
        book(ledger, step)
    findings = [one for watcher in watchers for one in watcher.findings]
    return Replayed(ledger, [one.check() for one in findings if one.count])


async def _compare(
    chain: Chain,
    federation: Pubkey,
    events: Sequence[Event],
    ledger: Ledger,
    accounts: Accounts | None,
) -> list[Check]:
    """Compares what the events make with the accounts; of a closed federation, what was left."""
    done = chain_up(events)
    if accounts is None:
        left = [check_returned(ledger, events[-1])] if ledger.closed else []
        return [*check_heads(done, {}), *left]
    disputes = await read_disputes(chain, ledger)
    heads = accounts.heads(federation) | {
        one: (held.seq, bytes(held.head)) for one, held in disputes.items()
    }
    people = list(accounts.participants.values())
    return [
        *check_heads(done, heads),
        *check_money(ledger, accounts.federation, people, accounts.vaults),
        await check_rounds(chain, ledger, accounts, disputes),
    ]
