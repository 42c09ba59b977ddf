"""``fedsol demand``: chunks that an author must show on chain, or lose for not having them."""

from typing import Annotated

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, group, shown

app = group(
    "demand",
    "Ask an author to show a chunk, and answer.",
    example="fedsol demand open --chunk 3 --target PARTICIPANT",
)


@app.command(name="open", help_epilogue=shown("fedsol demand open --chunk 3 --target PARTICIPANT"))
async def open_one(
    *,
    chunk: Annotated[int, Parameter(help="Which chunk: 128 values of an update, 64 of a model.")],
    target: Annotated[
        str | None,
        Parameter(help="Whose submission: its participant or owner; none for the aggregate."),
    ] = None,
    selection: Annotated[
        bool, Parameter(help="A chunk of what the aggregate selects, not of its model.")
    ] = False,
    options: Options = PLAIN,
) -> None:
    """Demand a chunk with a bond: lost if it is shown, and a conviction if it is not."""
    from fedsol.cli.disputing import dispute_json, find_dispute, find_target, need_scene, watcher_of
    from fedsol.cli.output import show
    from fedsol.cli.people import need_lamports, need_tokens
    from fedsol.cli.session import connect_federation
    from fedsol.roles.claims import Doubt
    from fedsol.roles.docket import price_of

    async with connect_federation(options) as session:
        scene = await need_scene(session)
        about = find_target(session, scene, target)
        accused = scene.submissions[about].participant if about else scene.round.aggregator
        doubt = Doubt(accused, about, chunk, "asked by hand", narrows=False, of_selection=selection)
        bond = price_of(scene, doubt)
        await need_tokens(session, session.ref.stake, bond, purpose="the bond")
        await need_lamports(session, 1_024)
        with watcher_of(session, bond) as watcher:
            (landed,) = await watcher.prover.demand(scene, doubt)
            address = watcher.prover.address(scene, about)
        scene = await need_scene(session)
        result = dispute_json(scene, find_dispute(scene, str(address)))
    show(options, {**result, "transaction": str(landed.signature)})


@app.command(help_epilogue=shown("fedsol demand answer DISPUTE"))
async def answer(
    dispute: Annotated[str, Parameter(help="Address of the demand.")], *, options: Options = PLAIN
) -> None:
    """Show the demanded chunk: one's own, or for an author who is away."""
    from fedsol.cli.disputing import answer_demand, need_scene
    from fedsol.cli.output import show
    from fedsol.cli.people import need_lamports
    from fedsol.cli.session import connect_federation

    async with connect_federation(options) as session:
        await need_lamports(session)
        scene = await need_scene(session)
        sent = await answer_demand(session, scene, dispute)
    show(options, {"answered": dispute, "transactions": sent})
