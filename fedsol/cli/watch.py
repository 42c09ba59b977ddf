"""``fedsol watch``: a watcher of a federation as a process of its own."""

from dataclasses import replace
from typing import Annotated, Literal

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, alone

app = alone(
    "watch",
    example="fedsol watch ADDRESS --keypair watcher.json --budget 2000 --metrics-port 9464",
)


@app.default
async def watch(
    address: Annotated[
        str | None, Parameter(help="Address of the federation; what --federation says else.")
    ] = None,
    *,
    budget: Annotated[
        int,
        Parameter(
            help="Most stake tokens, in the smallest unit, that are in bonds at once. For demands, "
            "bonds lost in the same round count as well. 0 only watches and helps."
        ),
    ],
    metrics_port: Annotated[
        int | None, Parameter(help="Serve Prometheus metrics on this port.", show_default=False)
    ] = None,
    rounds: Annotated[int | None, Parameter(help="Leave after so many rounds; never else.")] = None,
    log: Annotated[
        Literal["text", "json"], Parameter(help="How the log on stderr looks.")
    ] = "text",
    options: Options = PLAIN,
) -> int:
    """Check everything that others post, and prove what is wrong; until Ctrl-C.

    It needs no participant, only stake tokens for bonds: a proved fault brings the finder's part, a
    demand for bytes that is answered costs its bond. It may be killed at any moment and started
    again. Do not give two processes one key.
    """
    from fedsol.cli.output import note, show
    from fedsol.cli.session import connect_federation
    from fedsol.cli.watching import Terms, act, check_terms, prepare
    from fedsol.log import show_logs

    terms = Terms(budget, rounds, metrics_port)
    check_terms(terms)
    show_logs(json=log == "json")
    named = replace(options, federation=address or options.federation)
    async with connect_federation(named) as session:
        note(f"watching {session.account.name} on {session.where} as {session.owner}")
        watcher = await prepare(session, terms)
        with watcher.member.journal:
            result = await act(session, watcher, terms)
    show(named, result.to_json())
    return result.status
