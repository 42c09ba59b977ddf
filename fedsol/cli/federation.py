"""``fedsol federation``: the federations themselves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, flag, group, shown
from fedsol.cli.rules import NO_RULES, Rules

if TYPE_CHECKING:
    from solders.pubkey import Pubkey

    from fedsol.cli.session import Session
    from fedsol.program.addresses import Token

app = group(
    "federation",
    "Create, show, fund, pause, close and list federations.",
    example="fedsol federation show --federation ADDRESS",
)
_CREATE = (
    "fedsol federation create --name hospitals --model 'logreg(features=30,classes=2)' "
    "--stake-mint MINT --reward-mint MINT --agreement terms.txt --round-reward 1000"
)


@app.command(help_epilogue=shown(_CREATE))
async def create(
    *,
    name: Annotated[str, Parameter(help="1 to 32 characters; with the key it makes the address.")],
    model: Annotated[str, Parameter(help="Such as logreg(features=30,classes=2).")],
    stake_mint: Annotated[
        str | None, Parameter(help="Token of stakes; on a local chain the faucet's else.")
    ] = None,
    reward_mint: Annotated[
        str | None, Parameter(help="Token of rewards; on a local chain the faucet's else.")
    ] = None,
    agreement: Annotated[
        Path | None, Parameter(help="Text that every participant signs; a short one else.")
    ] = None,
    seed: Annotated[int, Parameter(help="What the first model is drawn from.")] = 0,
    rules: Rules = NO_RULES,
    options: Options = PLAIN,
) -> None:
    """Create a federation with its first model, its agreement and its rules."""
    from fedsol.cli.output import facts, note, show
    from fedsol.cli.people import need_lamports
    from fedsol.cli.rules import params_of
    from fedsol.cli.session import connect

    params, terms = params_of(rules), _agreement(agreement)
    async with connect(options) as session:
        await need_lamports(session, 1_024, 165, 165, 165)
        stake, reward = await _tokens(session, stake_mint, reward_mint)
        settings = {"stake": stake, "reward": reward, "params": params, "seed": seed, **terms}
        address = await _create(session, name, model, settings)
        result = await _described(session, address)
    brief = ("federation", "name", "creator", "stake_mint", "reward_mint", "parameter_count")
    show(options, result, lambda: [facts({key: result[key] for key in brief})])
    note(f"artifacts are in {session.artifacts.url}: every member must read and write that store")
    note(f"next: export FEDSOL_FEDERATION={address}")


async def _create(session: "Session", name: str, model: str, settings: dict[str, Any]) -> "Pubkey":
    from fedsol.cli.output import waiting
    from fedsol.federation import Federation
    from fedsol.learning.models import parse_spec

    chosen = parse_spec(model)
    async with waiting(f"the new federation to be confirmed on {session.where}"):
        made = await Federation.create(
            session.chain,
            session.key,
            name=name,
            model=chosen,
            artifacts=session.artifacts,
            state=session.options.state_folder,
            **settings,
        )
    return made.ref.address


async def _described(session: "Session", address: "Pubkey") -> dict[str, Any]:
    from fedsol.cli.views import federation_json
    from fedsol.reading import read_federation

    account, _ = await read_federation(session.chain, address)
    return federation_json(address, account)


def _agreement(path: Path | None) -> dict[str, str]:
    """The agreement as a setting; none where the library's own is to be used."""
    from fedsol.errors import ConfigError

    try:
        return {"agreement": path.expanduser().read_text()} if path is not None else {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the agreement {path} cannot be read: {error}") from error


async def _tokens(
    session: "Session", stake: str | None, reward: str | None
) -> "tuple[Token, Token]":
    """The two tokens, checked to be mints. Raises ConfigError."""
    from fedsol.cli.session import pubkey
    from fedsol.cli.testmoney import require_local, test_tokens
    from fedsol.errors import ConfigError
    from fedsol.program.tokens import token_of_mint

    if not (stake and reward):
        try:
            own = test_tokens(await require_local(session))
        except ConfigError:
            raise ConfigError(
                "--stake-mint and --reward-mint must be given on this chain",
                hint="Only a local chain has test tokens of its own.",
            ) from None
        stake, reward = stake or str(own[0].mint), reward or str(own[1].mint)
    found = []
    for text in (stake, reward):
        mint = pubkey(text, "mint")
        account = await session.chain.account(mint)
        if account is None:
            raise ConfigError(
                f"there is no mint at {mint}",
                hint="Check the address and --url; `fedsol faucet` makes mints on a local chain.",
            )
        found.append(token_of_mint(mint, account.owner, account.data))
    return found[0], found[1]


@app.command(name="show", help_epilogue=shown("fedsol federation show --federation ADDRESS"))
async def show_federation(*, options: Options = PLAIN) -> None:
    """Show a federation: its rules, its model, its money and its round."""
    from fedsol.cli.federation_view import federation_tables
    from fedsol.cli.output import show
    from fedsol.cli.session import connect_federation
    from fedsol.cli.views import federation_json, round_json
    from fedsol.reading import read_round

    async with connect_federation(options) as session:
        clock = await session.chain.clock()
        newest = await read_round(session.chain, session.address, session.account.round)
        model = await _model_spec(session.artifacts, session.account)
    result: dict[str, Any] = federation_json(session.address, session.account)
    result |= {"model": model, "current_round": round_json(newest, clock) if newest else None}
    show(options, result, lambda: federation_tables(session.account, result, newest, clock))


async def _model_spec(artifacts: Any, account: Any) -> str | None:
    """The model's text, from its artifact where that is at hand."""
    from fedsol.artifacts import decode_model
    from fedsol.errors import ArtifactError

    try:
        data = await artifacts.get(bytes(account.model_artifact))
        spec = decode_model(data, size=account.parameter_count).metadata.get("model")
    except ArtifactError:
        return None
    return str(spec) if spec else None


@app.command(help_epilogue=shown("fedsol federation fund 5000 --federation ADDRESS"))
async def fund(
    amount: Annotated[int, Parameter(help="How much, in the smallest unit of the reward token.")],
    *,
    options: Options = PLAIN,
) -> None:
    """Add to what rounds may pay."""
    from fedsol.cli.output import show
    from fedsol.cli.people import need_tokens
    from fedsol.cli.session import connect_federation
    from fedsol.program import instructions as ix
    from fedsol.reading import read_federation

    async with connect_federation(options) as session:
        await need_tokens(session, session.ref.reward, amount, purpose="to be paid in")
        step = ix.federation_fund(session.ref, session.owner, amount)
        landed = await session.send(f"federation-fund-{amount}", [step])
        account, _ = await read_federation(session.chain, session.address)
    result = {"funded": amount, "available": account.reward_available}
    show(options, {**result, "transaction": str(landed.signature)})


@app.command(help_epilogue=shown("fedsol federation pause --federation ADDRESS"))
async def pause(
    *,
    resume: Annotated[bool, flag("Open it again.")] = False,
    options: Options = PLAIN,
) -> None:
    """Close the way in, never the way out; ``--resume`` opens it again."""
    from fedsol.cli.output import show
    from fedsol.cli.session import connect_federation
    from fedsol.program import instructions as ix

    async with connect_federation(options) as session:
        _need_creator(session)
        label = "federation-resume" if resume else "federation-pause"
        landed = await session.send(label, [ix.federation_pause(session.ref, not resume)])
    show(options, {"paused": not resume, "transaction": str(landed.signature)})


@app.command(help_epilogue=shown("fedsol federation close --federation ADDRESS"))
async def close(*, options: Options = PLAIN) -> None:
    """Close an empty federation; what nobody is owed goes to its creator."""
    from fedsol.cli.output import show
    from fedsol.cli.session import connect_federation
    from fedsol.program import instructions as ix
    from fedsol.program.tokens import token_account_create

    async with connect_federation(options) as session:
        _need_creator(session)
        tokens = dict.fromkeys([session.ref.stake, session.ref.reward])
        steps = [token_account_create(session.owner, session.owner, one) for one in tokens]
        steps.append(ix.federation_close(session.ref))
        landed = await session.send("federation-close", steps)
    show(options, {"closed": str(session.address), "transaction": str(landed.signature)})


def _need_creator(session: Any) -> None:
    from fedsol.errors import ConfigError

    if session.owner != session.account.creator:
        raise ConfigError(
            f"only the creator {session.account.creator} may do this, and the key is {session.owner}",
            hint="Give the creator's key with --keypair.",
        )


@app.command(name="list", help_epilogue=shown("fedsol federation list --url localhost"))
async def list_all(*, options: Options = PLAIN) -> None:
    """List the federations of a chain."""
    from fedsol.cli.output import grid, show
    from fedsol.cli.session import connect
    from fedsol.cli.views import federation_json
    from fedsol.reading import list_federations

    async with connect(options) as session:
        found = await list_federations(session.chain)
    every = [federation_json(address, one) for address, one in found]
    columns = ("federation", "name", "participants", "round", "paused")
    rows = [[one[column] for column in columns] for one in every]
    show(options, {"federations": every}, lambda: [grid(columns, rows)])
