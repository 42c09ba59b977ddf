"""``fedsol challenge``: claims, with a bond, that something in a round is provably wrong."""

from typing import Annotated, Any, Literal

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, group, shown

app = group(
    "challenge",
    "See what is disputed in a round, prove faults, and end disputes.",
    example="fedsol challenge list --federation ADDRESS",
)
KindName = Literal[
    "wrong-aggregate",
    "wrong-weights",
    "wrong-selection",
    "wrong-distance",
    "lying-norm",
    "copied-update",
    "false-plant",
]
Which = Annotated[str, Parameter(help="Address of the challenge or demand.")]


@app.command(name="list", help_epilogue=shown("fedsol challenge list --federation ADDRESS"))
async def list_all(*, options: Options = PLAIN) -> None:
    """List the challenges and demands of the newest round."""
    from fedsol.cli.disputing import dispute_json, need_scene
    from fedsol.cli.output import grid, show
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        scene = await need_scene(session)
    found = [dispute_json(scene, one) for one in scene.disputes]
    columns = ("dispute", "kind", "target", "bond", "verdict", "due")
    rows = [[one[name] or "-" for name in columns] for one in found]
    result: dict[str, Any] = {"round": scene.number, "disputes": found}
    show(options, result, lambda: [grid(columns, rows, title=f"round {scene.number}")])


@app.command(name="show", help_epilogue=shown("fedsol challenge show DISPUTE"))
async def show_one(dispute: Which, *, options: Options = PLAIN) -> None:
    """Show a challenge or demand: what it claims of whom, and what evidence is there."""
    from fedsol.cli.disputing import dispute_json, find_dispute, need_scene
    from fedsol.cli.output import show
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        scene = await need_scene(session)
        result = dispute_json(scene, find_dispute(scene, dispute))
    show(options, result)


@app.command(
    name="open",
    help_epilogue=shown("fedsol challenge open --kind wrong-aggregate --coordinate 17"),
)
async def open_one(
    *,
    kind: Annotated[KindName, Parameter(help="What is claimed.")],
    target: Annotated[
        str | None,
        Parameter(help="Whose submission: its participant or owner; none for the aggregate."),
    ] = None,
    coordinate: Annotated[
        int | None, Parameter(help="Which parameter of the aggregate; the first wrong one else.")
    ] = None,
    chunk: Annotated[
        int | None, Parameter(help="Which chunk of the update; the first faulty one else.")
    ] = None,
    options: Options = PLAIN,
) -> None:
    """Prove a fault from what was published: bond, evidence, verdict and reward.

    Nothing is sent unless this machine finds the fault as well.
    """
    from fedsol.cli.disputing import ended_json, find_proof, find_target, need_scene, watcher_of
    from fedsol.cli.output import show
    from fedsol.cli.people import held, need_lamports, need_tokens
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        scene = await need_scene(session)
        bond = scene.round.params.challenge_bond
        await need_tokens(session, session.ref.stake, bond, purpose="the bond")
        await need_lamports(session, 1_024)
        name = kind.title().replace("-", "")
        about = find_target(session, scene, target)
        proof = await find_proof(
            session, scene, name, target=about, coordinate=coordinate, chunk=chunk
        )
        with watcher_of(session, await held(session, session.ref.stake)) as watcher:
            landed = await watcher.prover.accuse(scene, proof)
            address = watcher.prover.address(scene, about)
    result = {"kind": name, **ended_json(landed[-1], address), "transactions": len(landed)}
    show(options, result)


@app.command(help_epilogue=shown("fedsol challenge resolve DISPUTE"))
async def resolve(dispute: Which, *, options: Options = PLAIN) -> None:
    """Let the program decide a challenge or demand, anybody's, and move the tokens."""
    await _end(dispute, "resolve", options)


@app.command(help_epilogue=shown("fedsol challenge expire DISPUTE"))
async def expire(dispute: Which, *, options: Options = PLAIN) -> None:
    """End a challenge that was not proved in time, and move the tokens."""
    await _end(dispute, "expire", options)


@app.command(help_epilogue=shown("fedsol challenge close DISPUTE"))
async def close(dispute: Which, *, options: Options = PLAIN) -> None:
    """Move the tokens of a challenge that is decided, and close its account."""
    await _end(dispute, "close", options)


async def _end(dispute: str, end: Literal["resolve", "expire", "close"], options: Options) -> None:
    from fedsol.cli.disputing import end_dispute, ended_json, find_dispute, need_scene
    from fedsol.cli.output import show
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        scene = await need_scene(session)
        landed = await end_dispute(session, scene, dispute, end)
        result = ended_json(landed, find_dispute(scene, dispute).address)
    show(options, result)
