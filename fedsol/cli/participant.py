"""``fedsol participant``: identities in a federation."""

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, flag, group, shown

if TYPE_CHECKING:
    from fedsol.cli.session import FederationSession

RoleName = Literal["trainer", "evaluator", "aggregator"]

app = group(
    "participant",
    "Register, show and close participants.",
    example="fedsol participant register --role trainer",
)


@app.command(help_epilogue=shown("fedsol participant register --role trainer --role aggregator"))
async def register(
    *,
    role: Annotated[
        list[RoleName] | None,
        Parameter(help="What it may act as, repeatable; trainer and aggregator else."),
    ] = None,
    stake: Annotated[int, Parameter(help="Also deposit this much stake.")] = 0,
    yes: Annotated[bool, flag("Sign the agreement without being asked on a terminal.")] = False,
    options: Options = PLAIN,
) -> None:
    """Sign the federation's data-usage agreement and become a participant of it."""
    from fedsol.cli.output import facts, note, show
    from fedsol.cli.people import need_lamports, need_participant, need_tokens
    from fedsol.cli.session import connect_federation
    from fedsol.cli.views import participant_facts, participant_json
    from fedsol.program import instructions as ix
    from fedsol.reading import read_participant

    async with connect_federation(options) as session:
        if stake:
            await need_tokens(session, session.ref.stake, stake, purpose="to be staked")
        if await read_participant(session.chain, session.address, session.owner) is not None:
            note(f"{session.owner} is registered already")
        else:
            await need_lamports(session, PARTICIPANT_BYTES)
            await sign_agreement(session, role or ["trainer", "aggregator"], yes=yes)
        if stake:
            step = ix.stake_deposit(session.ref, session.owner, stake)
            await session.send(f"stake-deposit-{stake}", [step])
        me, clock = await need_participant(session), await session.chain.clock()
    result = participant_json(session.participant, me, clock)
    show(options, result, lambda: [facts(participant_facts(result))])


PARTICIPANT_BYTES = 512


async def sign_agreement(session: "FederationSession", roles: list[RoleName], *, yes: bool) -> None:
    """Shows the agreement and registers. Raises ArtifactMissing or ArtifactCorrupt if its text is
    not at hand, ConfigError if the person at the terminal does not agree.
    """
    import sys

    from fedsol.cli.output import note
    from fedsol.cli.views import ROLES
    from fedsol.errors import ConfigError
    from fedsol.program import instructions as ix

    agreement = bytes(session.account.agreement_hash)
    text = (await session.artifacts.get(agreement)).decode(errors="replace")
    note(f"the agreement ({agreement.hex()}):\n{text}")
    if not yes and sys.stdin.isatty() and sys.stderr.isatty():
        note("Sign it? [y/N]")
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise ConfigError("the agreement was not signed; nothing was sent")
    bits = sum({ROLES[name] for name in roles})
    step = ix.participant_register(session.address, session.owner, agreement=agreement, roles=bits)
    await session.send("participant-register", [step])


@app.command(name="show", help_epilogue=shown("fedsol participant show --federation ADDRESS"))
async def show_participant(
    owner: Annotated[str | None, Parameter(help="Whose; this key's else.")] = None,
    *,
    options: Options = PLAIN,
) -> None:
    """Show a participant: its roles, stake, duties and record."""
    from fedsol.cli.output import facts, show
    from fedsol.cli.session import connect_federation, pubkey
    from fedsol.cli.views import participant_facts, participant_json
    from fedsol.errors import ConfigError
    from fedsol.program.addresses import participant_address
    from fedsol.reading import read_participant

    async with connect_federation(options) as session:
        who = pubkey(owner, "key") if owner else session.owner
        me = await read_participant(session.chain, session.address, who)
        clock = await session.chain.clock()
    if me is None:
        raise ConfigError(
            f"{who} is no participant of {session.address}",
            hint="Register first: `fedsol participant register`.",
        )
    result = participant_json(participant_address(session.address, who), me, clock)
    show(options, result, lambda: [facts(participant_facts(result))])


@app.command(name="list", help_epilogue=shown("fedsol participant list --federation ADDRESS"))
async def list_all(*, options: Options = PLAIN) -> None:
    """List the participants of a federation."""
    from fedsol.cli.output import grid, show
    from fedsol.cli.session import connect_federation
    from fedsol.cli.views import participant_json
    from fedsol.reading import list_participants

    async with connect_federation(options) as session:
        found = await list_participants(session.chain, session.address)
        clock = await session.chain.clock()
    people = [participant_json(address, one, clock) for address, one in found]
    columns = ("owner", "roles", "stake", "locked", "revealed", "evaluated", "offences", "rewarded")
    rows = [[one[column] for column in columns] for one in people]
    show(options, {"participants": people}, lambda: [grid(columns, rows)])


@app.command(help_epilogue=shown("fedsol participant close --federation ADDRESS"))
async def close(*, options: Options = PLAIN) -> None:
    """Leave a federation for good; the participant's rent comes back."""
    from fedsol.cli.output import show
    from fedsol.cli.people import need_participant
    from fedsol.cli.session import connect_federation
    from fedsol.program import instructions as ix

    async with connect_federation(options) as session:
        await need_participant(session)
        step = ix.participant_close(session.address, session.owner)
        landed = await session.send("participant-close", [step])
    show(options, {"closed": str(session.participant), "transaction": str(landed.signature)})
