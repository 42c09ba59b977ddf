"""``fedsol audit``: replay a federation's history and compare it with what the accounts say."""

from typing import Annotated

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, alone

app = alone("audit", example="fedsol audit --federation ADDRESS --artifacts ./artifacts")


@app.default
async def audit(
    *,
    updates: Annotated[
        bool,
        Parameter(
            negative="--no-updates",
            help="Also recompute every root and aggregate from the stored artifacts.",
        ),
    ] = True,
    options: Options = PLAIN,
) -> int:
    """Check everything about a federation afterwards, trusting nobody."""
    from fedsol.audit import audit as replay
    from fedsol.cli.output import grid, show, waiting
    from fedsol.cli.session import connect_federation
    from fedsol.cli.views import mark

    async with connect_federation(options) as session:
        store = session.artifacts if updates else None
        async with waiting(f"the whole history of {session.address} from {session.where}"):
            report = await replay(session.chain, session.address, store)
    rows = [(mark(one.ok), one.name, one.detail) for one in report.checks]
    people = [
        (
            one.owner,
            one.deposited,
            one.withdrawn,
            one.slashed,
            one.rewarded,
            one.stake,
            one.unbonding,
        )
        for one in report.people
    ]
    headings = ("owner", "deposited", "withdrawn", "slashed", "rewarded", "stake", "unbonding")
    show(
        options,
        report.to_json(),
        lambda: [
            grid(("", "check", "what was found"), rows),
            grid(headings, people),
            "everything agrees" if report.ok else "NOT everything agrees",
        ],
    )
    return 0 if report.ok else 1
