"""``fedsol faucet``: money to try things with, on local chains."""

from typing import Annotated

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, alone

app = alone("faucet", example="fedsol faucet --keypair hospital.json --stake 2000")


@app.default
async def faucet(
    *,
    to: Annotated[str | None, Parameter(help="Whose address; this key's else.")] = None,
    sol: Annotated[float, Parameter(help="SOL to give.")] = 10.0,
    stake: Annotated[
        int, Parameter(help="Stake tokens to give, in the smallest unit.")
    ] = 1_000_000,
    reward: Annotated[int, Parameter(help="Reward tokens to give, in the smallest unit.")] = (
        1_000_000
    ),
    options: Options = PLAIN,
) -> None:
    """Give SOL and test tokens on a local chain; public clusters are refused."""
    from fedsol.cli.output import show, waiting
    from fedsol.cli.session import chain_config, connect, pubkey
    from fedsol.cli.testmoney import open_bank, require_local, require_local_urls
    from fedsol.errors import ConfigError
    from fedsol.sandbox import SOL

    if min(sol, stake, reward) < 0:
        raise ConfigError("the faucet only gives", hint="Give amounts of 0 or more.")
    require_local_urls(chain_config(options))
    async with connect(options) as session:
        genesis = await require_local(session)
        owner = pubkey(to, "key") if to else session.owner
        async with waiting(f"the faucet's transactions to be confirmed on {session.where}"):
            bank = await open_bank(session.chain, genesis)
            await bank.endow(owner, lamports=round(sol * SOL), stake=stake, reward=reward)
        result = {
            "address": str(owner),
            "lamports": await session.chain.balance(owner),
            "stake_mint": str(bank.stake.mint),
            "stake_tokens": await bank.tokens(owner, bank.stake),
            "reward_mint": str(bank.reward.mint),
            "reward_tokens": await bank.tokens(owner, bank.reward),
        }
    show(options, result)
