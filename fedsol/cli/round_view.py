"""How a round looks: once, or live."""

import asyncio
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType
from rich.live import Live

from fedsol.chain import Clock
from fedsol.cli.output import facts, grid, stderr, stdout, write_json
from fedsol.cli.session import FederationSession
from fedsol.cli.views import deadline, round_json, submission_json
from fedsol.program import Round, Submission
from fedsol.program.addresses import round_address
from fedsol.reading import is_over, list_submissions, read_round

LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class RoundState:
    """A round, its submissions and the clock at one moment."""

    round: Round
    submissions: list[Submission]
    clock: Clock

    @property
    def ended(self) -> bool:
        """Whether nothing will happen any more."""
        return self.round.phase.kind in ("Settled", "Aborted")

    def to_json(self) -> dict[str, Any]:
        """The same as plain values."""
        listed = [submission_json(one) for one in self.submissions]
        return {**round_json(self.round, self.clock), "submissions": listed}


async def look(session: FederationSession, one: Round) -> RoundState:
    """Everything about a round that was just read."""
    address = round_address(session.address, one.number)
    listed = await list_submissions(session.chain, round_=address)
    return RoundState(one, listed, await session.chain.clock())


def round_tables(state: RoundState) -> list[RenderableType]:
    """The round's facts and its submissions."""
    one, clock = state.round, state.clock
    about: dict[str, Any] = {"round": one.number, "phase": one.phase.kind}
    if not state.ended:
        about["deadline"] = deadline(one.deadline, clock)
        if one.phase.kind == "Aggregate":
            about["takeover until"] = deadline(one.takeover, clock)
        if is_over(one, clock):
            about["next"] = "`fedsol round advance`, by anybody"
    about |= {
        "revealed": one.revealed,
        "claimed": one.claimed,
        "pool": one.pool,
        "share": one.share,
    }
    rows = [
        (data["participant"], data["status"], _or_dash(data["index"]), data["claimed"])
        for data in map(submission_json, state.submissions)
    ]
    return [facts(about), grid(("participant", "status", "index", "claimed"), rows)]


async def watch_table(session: FederationSession, number: int) -> None:
    """A table that follows the round until it has ended."""
    console = stdout()
    with Live(console=console, auto_refresh=False, transient=False) as live:
        async for state in _states(session, number):
            table = grid(("round", "phase", "what"), [_line(state)])
            for one in state.submissions:
                table.add_row("", one.status.kind, str(one.participant))
            live.update(table, refresh=True)


async def watch_json(session: FederationSession, number: int) -> None:
    """One JSON line for every change of the round until it has ended."""
    before: dict[str, Any] = {}
    async for state in _states(session, number):
        now = state.to_json()
        seen = {key: value for key, value in now.items() if key != "ends_in_seconds"}
        if seen != before:
            write_json(now)
            before = seen


async def _states(session: FederationSession, number: int) -> Any:
    while True:
        one = await read_round(session.chain, session.address, number)
        if one is None:
            stderr().print(f"round {number} was closed")
            return
        state = await look(session, one)
        yield state
        if state.ended:
            return
        await asyncio.sleep(LOOK_SECONDS)


def _line(state: RoundState) -> tuple[int, str, str]:
    one = state.round
    if state.ended:
        return one.number, one.phase.kind, f"{one.revealed} revealed, {one.share:,} for each"
    ends = deadline(one.deadline, state.clock)
    return one.number, one.phase.kind, f"{one.revealed} revealed, deadline {ends}"


def _or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)
