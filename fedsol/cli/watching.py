"""What ``fedsol watch`` does: checks key and money, watches, and leaves when asked."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from fedsol.cli.output import note
from fedsol.cli.people import held, need_lamports
from fedsol.cli.session import FederationSession
from fedsol.cli.signals import Stop, stopping
from fedsol.errors import ArtifactError, ChainError, ConfigError, InsufficientFunds, WrongCluster
from fedsol.log import get_logger
from fedsol.program.addresses import token_address
from fedsol.program.tokens import token_account_create
from fedsol.roles import Journal, Member, Watcher, run
from fedsol.roles.member import Snapshot

log = get_logger(__name__)

_PAUSE_SECONDS = 3.0
_CHALLENGE_BYTES = 1_024


@dataclass(frozen=True)
class Terms:
    """For how much, for how long, and where the metrics are served."""

    budget: int
    rounds: int | None = None
    metrics_port: int | None = None


@dataclass(frozen=True)
class Outcome:
    """How it ended, and what it came to."""

    newest: int
    reason: str
    status: int
    totals: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """The same as plain values."""
        counted = {name: int(value) for name, value in self.totals.items()}
        return {"newest_round": self.newest, "left_because": self.reason, **counted}


def check_terms(terms: Terms) -> None:
    """Refuses what cannot work before anything is asked. Raises ConfigError."""
    if terms.budget < 0:
        raise ConfigError(f"--budget must be 0 or more, not {terms.budget:,}")
    if terms.rounds is not None and terms.rounds < 1:
        raise ConfigError(f"--rounds must be 1 or more, not {terms.rounds}")
    if terms.metrics_port is not None and not 0 <= terms.metrics_port < 65_536:
        raise ConfigError(f"--metrics-port must be within 0..65535, not {terms.metrics_port}")


async def prepare(session: FederationSession, terms: Terms) -> Watcher:
    """Checks that bonds, rents and fees can be paid, and makes the account that rewards go to.

    Raises InsufficientFunds and ConfigError.
    """
    await need_lamports(session, _CHALLENGE_BYTES)
    tokens, bond = await held(session, session.ref.stake), session.account.params.challenge_bond
    if terms.budget and tokens < bond:
        raise InsufficientFunds(
            f"{session.owner} holds {tokens:,} units of {session.ref.stake.mint}, a challenge "
            f"takes a bond of {bond:,}",
            hint="Send it some, or give --budget 0; on a local chain: `fedsol faucet`.",
        )
    if tokens < terms.budget:
        note(f"the budget is {terms.budget:,}, but the key holds {tokens:,}")
    account = await session.chain.account(token_address(session.owner, session.ref.stake))
    if account is None:
        step = token_account_create(session.owner, session.owner, session.ref.stake)
        await session.send("token-accounts", [step])
    # Beside what the same key remembers as a member: both may run on one machine.
    folder = session.options.state_folder / "watch"
    journal = Journal(folder, session.owner, session.address)
    member = Member(session.chain, session.ref, session.key, session.artifacts, journal)
    return Watcher(member, terms.budget)


async def act(session: FederationSession, watcher: Watcher, terms: Terms) -> Outcome:
    """Watches until the last round has ended or somebody says stop."""
    account = session.account
    first = account.round + (0 if account.round_active else 1)
    last = first + terms.rounds - 1 if terms.rounds is not None else None
    with ExitStack() as stack:
        if terms.metrics_port is not None:
            port = stack.enter_context(watcher.metrics.serve(terms.metrics_port))
            note(f"metrics are at http://localhost:{port}/metrics")
        note(f"watching until {f'round {last} has ended' if last else 'Ctrl-C'}")
        told = "leaving after the current step; once more to leave at once"
        stop = stack.enter_context(stopping(told))
        now = await _run(watcher, stop, last)
    newest = now.federation.round if now is not None else first
    totals = watcher.metrics.totals()
    if stop.by is None:
        return Outcome(newest, "done", 0, totals)
    # Without --rounds, being told to leave is the regular end of a service.
    status = stop.status if terms.rounds is not None or stop.status == 130 else 0
    return Outcome(newest, stop.by.name, status, totals)


async def _run(watcher: Watcher, stop: Stop, last: int | None) -> Snapshot | None:
    """Watches through outages: what cannot be reached is named and tried again."""
    told: list[tuple[int, str]] = []

    def ended(now: Snapshot) -> bool:
        _tell(now, told)
        return stop.by is not None or _is_over(now, last)

    while stop.by is None:
        try:
            return await run([watcher], until=ended)
        except WrongCluster:
            raise
        except (ChainError, ArtifactError) as error:
            log.warning("waiting", reason=str(error), hint=error.hint, again_in=_PAUSE_SECONDS)
            await _sleep(stop, _PAUSE_SECONDS)
    return None


def _is_over(now: Snapshot, last: int | None) -> bool:
    """Whether the last round has ended."""
    if last is None:
        return False
    newest, active = now.federation.round, now.federation.round_active
    return newest > last or (newest == last and not active)


async def _sleep(stop: Stop, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.asked.wait(), seconds)
    except TimeoutError:
        return


def _tell(now: Snapshot, told: list[tuple[int, str]]) -> None:
    """Logs each phase once: nobody should wonder what is waited for."""
    phase = now.round.phase.kind if now.round is not None else "none"
    here = (now.federation.round, phase)
    if told != [here]:
        told[:] = [here]
        log.info("round", number=here[0], phase=phase)
