"""``fedsol audit``: replay a federation's history and compare it with what the accounts say."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, alone

if TYPE_CHECKING:
    from rich.console import RenderableType

    from fedsol.audit import AuditReport

app = alone("audit", example="fedsol audit --federation ADDRESS --artifacts ./artifacts")


@app.default
async def audit(
    *,
    updates: Annotated[
        bool,
        Parameter(
            negative="--no-updates",
            help="Also recompute accepted updates and all aggregates from the stored artifacts.",
        ),
    ] = True,
    options: Options = PLAIN,
) -> int:
    """Check everything about a federation afterwards, trusting nobody."""
    from fedsol.audit import audit as replay
    from fedsol.cli.output import show, waiting
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        store = session.artifacts if updates else None
        async with waiting(f"the whole history of {session.address} from {session.where}"):
            report = await replay(session.chain, session.address, store)
    show(options, report.to_json(), lambda: _tables(report))
    return 0 if report.ok else 1


def _tables(report: "AuditReport") -> "list[RenderableType]":
    from fedsol.cli.output import grid
    from fedsol.cli.views import mark

    checks = [(mark(one.ok), one.name, one.detail) for one in report.checks]
    money = ("deposited", "withdrawn", "slashed", "rewarded", "found", "stake", "unbonding")
    columns = (*money, "bonded")
    people = [
        (one.owner, *(getattr(one, column) for column in money), one.standing.bonded)
        for one in report.people
    ]
    return [
        grid(("", "check", "what was found"), checks),
        grid(("owner", *columns), people),
        "everything agrees" if report.ok else "NOT everything agrees",
    ]
