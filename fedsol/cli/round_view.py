"""How a round looks: once, or live."""

import asyncio
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType
from rich.live import Live
from rich.table import Table

from fedsol.chain import Clock
from fedsol.cli.output import facts, grid, stderr, stdout, write_json
from fedsol.cli.session import FederationSession
from fedsol.cli.views import (
    challenge_json,
    deadline,
    evaluation_json,
    round_json,
    rule_text,
    submission_json,
)
from fedsol.program import Challenge, Evaluation, Round, Submission
from fedsol.program.addresses import round_address
from fedsol.reading import (
    due_now,
    is_ended,
    is_masked,
    is_scored,
    list_challenges,
    list_evaluations,
    list_submissions,
    objectors_of,
    read_round,
)

LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class RoundState:
    """A round, what belongs to it, and the clock at one moment."""

    round: Round
    submissions: list[Submission]
    evaluations: list[tuple[Evaluation, tuple[int, ...]]]
    disputes: list[Challenge]
    clock: Clock

    @property
    def ended(self) -> bool:
        """Whether nothing will happen any more."""
        return is_ended(self.round)

    @property
    def members(self) -> dict[str, int | None] | None:
        """Of a masked round how many joined, shared and objected; None of others.

        Who shared stands in the submissions alone: None once some of them are closed.
        """
        joined = self.round.members
        if not is_masked(self.round.params):
            return None
        shared = sum(any(one.shares) for one in self.submissions)
        return {
            "joined": joined,
            "shared": shared if len(self.submissions) == joined else None,
            "objected": len(objectors_of(self.round)),
        }

    def submissions_json(self) -> list[dict[str, Any]]:
        """The submissions as plain values; of a masked round also whether their author has objected."""
        listed = [submission_json(one) for one in self.submissions]
        objectors = objectors_of(self.round)
        if self.members is not None:
            for one in listed:
                one["objected"] = one["index"] in objectors
        return listed

    def to_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            **round_json(self.round, self.clock),
            "members": self.members,
            "submissions": self.submissions_json(),
            "evaluators": [evaluation_json(*one, self.round) for one in self.evaluations],
            "open_disputes": [challenge_json(one, self.clock) for one in self.disputes],
        }


async def look(session: FederationSession, one: Round) -> RoundState:
    """Everything about a round that was just read."""
    address = round_address(session.address, one.number)
    chain = session.chain
    listed = await list_submissions(chain, round_=address)
    evaluations = await list_evaluations(chain, address) if one.evaluations else []
    disputes = await list_challenges(chain, address) if one.disputes else []
    return RoundState(
        one,
        listed,
        [(evaluation, scores) for _, evaluation, scores in evaluations],
        [challenge for _, challenge, _ in disputes if challenge.verdict.kind == "Open"],
        await chain.clock(),
    )


def round_tables(state: RoundState) -> list[RenderableType]:
    """The round's facts, its submissions and, where there are any, its evaluators and disputes."""
    tables: list[RenderableType] = [facts(_about(state)), _submissions_table(state)]
    if state.evaluations:
        tables.append(_evaluators_table(state))
    if state.disputes:
        tables.append(_disputes_table(state))
    return tables


def _about(state: RoundState) -> dict[str, Any]:
    one, clock = state.round, state.clock
    about: dict[str, Any] = {"round": one.number, "phase": one.phase.kind}
    if not state.ended:
        about["deadline"] = deadline(one.deadline, clock)
        if one.phase.kind == "Aggregate":
            about["takeover until"] = deadline(one.takeover, clock)
        if due_now(one, clock) is not None:
            about["next"] = "`fedsol round advance`, by anybody"
    if state.members is not None:
        about |= {"members": one.members, "shared": _or_dash(state.members["shared"])}
    about |= {"revealed": one.revealed, "accepted": one.accepted}
    if is_scored(one.params):
        most = one.params.scoring.max_evaluators
        about |= {
            "planted": one.planted,
            "evaluators": f"{one.seats} of at most {most}, {one.score_reveals} have shown",
            "evaluators' pool": one.evaluator_pool,
        }
    about["rule"] = rule_text(one.params.rule)
    if one.selection is not None:
        what = "selection" if state.members is None else "opening"
        about[what] = f"artifact {bytes(one.selection.artifact).hex()}"
    if state.members is not None and one.phase.kind == "Challenge":
        needed = one.accepted // 2 + 1
        about["objections"] = f"{state.members['objected']}; with {needed} the aggregate falls"
    return about | {
        "disputes": one.disputes,
        "aggregates fallen": one.attempt,
        "claims left": one.claims_left,
        "pool": one.pool,
        "share": one.share,
    }


def _submissions_table(state: RoundState) -> Table:
    masked = state.members is not None
    what = "objected" if masked else "score"  # masked updates are scored by nobody
    columns = ("participant", "status", "index", what, "disputes", "claimed")
    rows = [[_or_dash(data[column]) for column in columns] for data in state.submissions_json()]
    return grid(columns, rows)


def _evaluators_table(state: RoundState) -> Table:
    columns = ("participant", "status", "weight", "credits", "strikes", "missed_plants", "at_fault")
    listed = [evaluation_json(*one, state.round) for one in state.evaluations]
    names = ("evaluator", *(column.replace("_", " ") for column in columns[1:]))
    return grid(names, [[data[column] for column in columns] for data in listed])


def _disputes_table(state: RoundState) -> Table:
    columns = ("kind", "accused", "challenger", "bond")
    listed = [(one, challenge_json(one, state.clock)) for one in state.disputes]
    rows = [
        [*(data[column] for column in columns), deadline(one.deadline, state.clock)]
        for one, data in listed
    ]
    return grid(("dispute", *columns[1:], "deadline"), rows)


async def watch_table(session: FederationSession, number: int) -> None:
    """A table that follows the round until it has ended."""
    console = stdout()
    with Live(console=console, auto_refresh=False, transient=False) as live:
        async for state in _states(session, number):
            table = grid(("round", "phase", "what"), [_line(state)])
            for one in state.submissions:
                scored = f"{one.status.kind} {one.score}" if one.scored else one.status.kind
                table.add_row("", scored, str(one.participant))
            for evaluation, _ in state.evaluations:
                table.add_row("", evaluation.status.kind, f"{evaluation.participant} evaluates")
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
    seen = f"{one.revealed} revealed, {one.accepted} accepted"
    if state.ended:
        return one.number, one.phase.kind, f"{seen}, {one.share:,} for each"
    ends = deadline(one.deadline, state.clock)
    return one.number, one.phase.kind, f"{seen}, {one.disputes} disputes, deadline {ends}"


def _or_dash(value: Any) -> Any:
    return "-" if value is None else value
