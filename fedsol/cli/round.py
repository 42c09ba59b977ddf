"""``fedsol round``: the rounds of a federation."""

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, flag, group, shown

if TYPE_CHECKING:
    from fedsol.chain import Clock
    from fedsol.cli.session import FederationSession
    from fedsol.program import Round

app = group(
    "round",
    "Show and watch rounds, open them and move them on.",
    example="fedsol round watch --federation ADDRESS",
)
Number = Annotated[int | None, Parameter(help="Which round; the newest else.")]


@app.command(name="show", help_epilogue=shown("fedsol round show --federation ADDRESS"))
async def show_round(number: Number = None, *, options: Options = PLAIN) -> None:
    """Show a round: its phase, its pool, its submissions, evaluators and disputes."""
    from fedsol.cli.output import show
    from fedsol.cli.round_view import look, round_tables
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        one = await need_round(session, number)
        state = await look(session, one)
    show(options, state.to_json(), lambda: round_tables(state))


@app.command(help_epilogue=shown("fedsol round watch --federation ADDRESS"))
async def watch(number: Number = None, *, options: Options = PLAIN) -> None:
    """Watch a round live until it has ended."""
    from fedsol.cli.round_view import watch_json, watch_table
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        one = await need_round(session, number)
        await (watch_json if options.json else watch_table)(session, one.number)


@app.command(name="open", help_epilogue=shown("fedsol round open --federation ADDRESS"))
async def open_round(*, options: Options = PLAIN) -> None:
    """Open the next round; the creator may, and whoever has the least stake."""
    from fedsol.cli.people import need_lamports
    from fedsol.cli.session import connect_federation
    from fedsol.program import instructions as ix

    async with connect_federation(options) as session:
        await need_lamports(session, 1_024)
        number = session.account.round + 1
        own = None if session.owner == session.account.creator else session.participant
        step = ix.round_open(session.address, session.owner, number, participant=own)
        await _move(session, options, "open", number, step)


@app.command(help_epilogue=shown("fedsol round advance --wait --federation ADDRESS"))
async def advance(
    number: Number = None,
    *,
    wait: Annotated[bool, flag("Wait for the deadline if nothing is due yet.")] = False,
    options: Options = PLAIN,
) -> None:
    """Do what is due with a round: move it on, score, settle or abort it."""
    from fedsol.cli.session import connect_federation
    from fedsol.errors import ConfigError
    from fedsol.reading import due_now

    async with connect_federation(options) as session:
        one, clock = await need_round(session, number), await session.chain.clock()
        if wait and due_now(one, clock) is None:
            clock = await _until_due(session, one, clock)
            one = await need_round(session, one.number)
        due = due_now(one, clock)
        if due is None:
            raise ConfigError(_why_not(one, clock), hint="See the round with `fedsol round show`.")
        if due == "score":
            await _score(session, one)
            # Whatever is scored, the round can go on at once.
            due = "advance"
        await _move(session, options, due, one.number, _step(session, due, one))


@app.command(name="object", help_epilogue=shown("fedsol round object --federation ADDRESS"))
async def object_to(number: Number = None, *, options: Options = PLAIN) -> None:
    """Turn down the aggregate of a masked round, as one of its members.

    It falls when more than half of the accepted do. Nothing is sent where this machine finds that
    the masked sum opens and makes what was posted.
    """
    from fedsol.cli.objecting import check_objection
    from fedsol.cli.people import need_lamports
    from fedsol.cli.session import connect_federation
    from fedsol.program import instructions as ix

    async with connect_federation(options) as session:
        one = await need_round(session, number)
        await check_objection(session, one)
        await need_lamports(session)
        step = ix.round_object(session.address, one.number, session.owner, one.aggregator)
        label = f"round-{one.number}-object-{one.attempt}"
        await _move(session, options, "object", one.number, step, label=label)


@app.command(help_epilogue=shown("fedsol round settle --federation ADDRESS"))
async def settle(number: Number = None, *, options: Options = PLAIN) -> None:
    """End a round whose challenge phase is over; rewards can be claimed then."""
    await _named("settle", number, options)


@app.command(help_epilogue=shown("fedsol round abort --federation ADDRESS"))
async def abort(number: Number = None, *, options: Options = PLAIN) -> None:
    """End a round that cannot succeed: the pool goes back, the model stays."""
    await _named("abort", number, options)


@app.command(help_epilogue=shown("fedsol round close 1 --federation ADDRESS"))
async def close(number: Number = None, *, options: Options = PLAIN) -> None:
    """Close an ended round whose duties have ended; its rent goes to who opened it."""
    from fedsol.cli.output import show
    from fedsol.cli.session import connect_federation
    from fedsol.program import instructions as ix

    async with connect_federation(options) as session:
        one = await need_round(session, number)
        step = ix.round_close(session.address, one.number, one.payer)
        landed = await session.send(f"round-{one.number}-close", [step])
    show(options, {"closed": one.number, "transaction": str(landed.signature)})


async def need_round(session: "FederationSession", number: int | None) -> "Round":
    """A round by number, the newest without. Raises ConfigError if there is none."""
    from fedsol.errors import ConfigError
    from fedsol.reading import read_round

    wanted = session.account.round if number is None else number
    found = await read_round(session.chain, session.address, wanted) if wanted > 0 else None
    if found is None:
        missing = "no round was opened yet" if number is None else f"there is no round {number}"
        raise ConfigError(
            missing, hint="Open one with `fedsol round open`; ended ones may be closed."
        )
    return found


async def _named(due: str, number: int | None, options: Options) -> None:
    from fedsol.cli.session import connect_federation
    from fedsol.errors import ConfigError

    async with connect_federation(options) as session:
        one = await need_round(session, number)
        if due == "settle" and one.phase.kind != "Challenge":
            raise ConfigError(
                f"round {one.number} cannot be settled: its phase is {one.phase.kind}",
                hint="Only an aggregate that could be challenged for its time is settled.",
            )
        # Sent even if it is not due by our clock: the program says why not.
        await _move(session, options, due, one.number, _step(session, due, one))


async def _move(
    session: "FederationSession",
    options: Options,
    what: str,
    number: int,
    step: Any,
    *,
    label: str | None = None,
) -> None:
    """Sends one step of a round and shows the round after it."""
    from fedsol.cli.output import facts, show
    from fedsol.cli.views import deadline, round_json
    from fedsol.reading import is_ended

    landed = await session.send(label or f"round-{number}-{what}", [step])
    one, clock = await need_round(session, number), await session.chain.clock()
    result = {"did": what, **round_json(one, clock), "transaction": str(landed.signature)}
    brief = {"round": number, "did": what, "phase": one.phase.kind}
    brief |= {} if is_ended(one) else {"deadline": deadline(one.deadline, clock)}
    show(options, result, lambda: [facts(brief)])


def _step(session: "FederationSession", due: str, one: "Round") -> Any:
    from fedsol.program import instructions as ix

    if due == "settle":
        return ix.round_settle(session.address, one.number, one.aggregator)
    return (ix.round_abort if due == "abort" else ix.round_advance)(session.address, one.number)


async def _score(session: "FederationSession", one: "Round") -> None:
    """Gives every submission its score; what somebody else has scored meanwhile is left out."""
    from fedsol.cli.output import note
    from fedsol.tally import scoring_steps

    transactions = await scoring_steps(session.chain, session.address, one)
    note(f"scoring what round {one.number} revealed: {len(transactions)} transactions")
    for place, steps in enumerate(transactions):
        await session.send(f"round-{one.number}-score-{place}", steps)


async def _until_due(session: "FederationSession", one: "Round", clock: "Clock") -> "Clock":
    from fedsol.cli.output import waiting
    from fedsol.cli.views import duration, seconds_left

    aggregate = one.phase.kind == "Aggregate"
    end = one.takeover if aggregate else one.deadline
    left = duration(seconds_left(end, clock))
    async with waiting(f"{one.phase.kind} of round {one.number} to end, in {left}"):
        return await session.chain.wait_until(unix_timestamp=end.time, slot=end.slot)


def _why_not(one: "Round", clock: "Clock") -> str:
    from fedsol.cli.views import deadline
    from fedsol.reading import is_ended, is_over

    if is_ended(one):
        return f"nothing is due: round {one.number} is {one.phase.kind.lower()}"
    if one.disputes and is_over(one, clock):
        return f"nothing is due: round {one.number} waits for {one.disputes} open disputes"
    if one.phase.kind == "Aggregate":
        return (
            f"nothing is due: round {one.number} waits for an aggregator; "
            f"it can be aborted {deadline(one.takeover, clock)}"
        )
    return f"nothing is due: {one.phase.kind} of round {one.number} ends {deadline(one.deadline, clock)}"
