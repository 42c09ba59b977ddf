"""``fedsol reward``: what rounds owe."""

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, group, shown

if TYPE_CHECKING:
    from solders.instruction import Instruction

    from fedsol.cli.session import FederationSession
    from fedsol.program import Round, Submission

app = group("reward", "Claim what rounds owe.", example="fedsol reward claim")


@app.command(help_epilogue=shown("fedsol reward claim --federation ADDRESS"))
async def claim(
    *,
    number: Annotated[
        int | None, Parameter(name="--round", help="Only this round's; all rounds' else.")
    ] = None,
    options: Options = PLAIN,
) -> None:
    """Pull every reward that this key has earned, and close its submissions."""
    from fedsol.cli.output import facts, show
    from fedsol.cli.people import need_participant
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        await need_participant(session)
        done: list[dict[str, Any]] = []
        for round_, submission in await _ended(session, number):
            steps = _steps(session, round_, submission)
            landed = await session.send(f"reward-claim-{round_.number}", steps)
            earned = round_.share if len(steps) > 2 else 0
            done.append(
                {"round": round_.number, "reward": earned, "transaction": str(landed.signature)}
            )
    total = sum(one["reward"] for one in done)
    rounds = ", ".join(str(one["round"]) for one in done) or "none"
    result: dict[str, Any] = {"claimed": total, "rounds": done}
    show(options, result, lambda: [facts({"claimed": total, "rounds": rounds})])


async def _ended(
    session: "FederationSession", number: int | None
) -> "list[tuple[Round, Submission]]":
    """This key's submissions whose rounds have ended, and that nothing else is to happen to.

    Raises ConfigError if a round was named and there is nothing to claim of it.
    """
    from fedsol.errors import ConfigError
    from fedsol.program.addresses import round_address
    from fedsol.reading import list_submissions, read_round

    listed = await list_submissions(session.chain, participant=session.participant)
    mine = {one.round: one for one in listed}
    numbers = range(1, session.account.round + 1) if number is None else [number]
    found = []
    for one in numbers:
        submission = mine.get(round_address(session.address, one))
        if submission is None or submission.status.kind == "Committed":
            continue
        round_ = await read_round(session.chain, session.address, one)
        if round_ is not None and round_.phase.kind in ("Settled", "Aborted"):
            found.append((round_, submission))
    if number is not None and not found:
        raise ConfigError(
            f"nothing can be claimed of round {number}",
            hint="See the round and its submissions: `fedsol round show`.",
        )
    return found


def _steps(
    session: "FederationSession", round_: "Round", submission: "Submission"
) -> "list[Instruction]":
    from fedsol.program import instructions as ix
    from fedsol.program.tokens import token_account_create

    close = ix.submission_close(session.address, round_.number, session.owner)
    earned = round_.phase.kind == "Settled" and submission.status.kind == "Revealed"
    if not earned or submission.claimed:
        return [close]
    return [
        token_account_create(session.owner, session.owner, session.ref.reward),
        ix.reward_claim(session.ref, round_.number, session.owner),
        close,
    ]
