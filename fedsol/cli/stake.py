"""``fedsol stake``: what a participant has at risk."""

from typing import Annotated

from cyclopts import Parameter

from fedsol.cli.options import PLAIN, Options, flag, group, shown

app = group("stake", "Deposit, unbond and withdraw stake.", example="fedsol stake deposit 2000")


@app.command(help_epilogue=shown("fedsol stake deposit 2000 --federation ADDRESS"))
async def deposit(
    amount: Annotated[int, Parameter(help="How much, in the smallest unit of the stake token.")],
    *,
    options: Options = PLAIN,
) -> None:
    """Add to the stake of this key's participant."""
    from fedsol.cli.output import show
    from fedsol.cli.people import need_participant, need_tokens
    from fedsol.cli.session import connect_federation
    from fedsol.program import instructions as ix

    async with connect_federation(options) as session:
        await need_participant(session)
        await need_tokens(session, session.ref.stake, amount, purpose="to be staked")
        step = ix.stake_deposit(session.ref, session.owner, amount)
        landed = await session.send(f"stake-deposit-{amount}", [step])
        me = await need_participant(session)
    show(options, {"deposited": amount, "stake": me.stake, "transaction": str(landed.signature)})


@app.command(help_epilogue=shown("fedsol stake unbond --federation ADDRESS"))
async def unbond(
    amount: Annotated[
        int | None, Parameter(help="How much, in the smallest unit; all that is there else.")
    ] = None,
    *,
    options: Options = PLAIN,
) -> None:
    """Send stake into the unbonding queue, where it stays slashable until it matures."""
    from fedsol.cli.output import show
    from fedsol.cli.people import need_participant
    from fedsol.cli.session import connect_federation
    from fedsol.cli.views import participant_json
    from fedsol.errors import ConfigError
    from fedsol.program import instructions as ix
    from fedsol.reading import read_last_aggregator

    async with connect_federation(options) as session:
        me = await need_participant(session)
        amount = me.stake if amount is None else amount
        if not 0 < amount <= me.stake:
            raise ConfigError(
                f"{amount:,} cannot be unbonded: the stake is {me.stake:,}",
                hint="See it with `fedsol participant show`.",
            )
        last = await read_last_aggregator(
            session.chain,
            session.address,
            session.participant,
            aggregators=session.account.aggregators,
        )
        step = ix.stake_unbond(session.address, session.owner, amount, last_aggregator=last)
        landed = await session.send(f"stake-unbond-{amount}", [step])
        me, clock = await need_participant(session), await session.chain.clock()
    after = participant_json(session.participant, me, clock)
    result = {"unbonded": amount, "stake": me.stake, "unbonding": after["unbonding"]}
    show(options, {**result, "transaction": str(landed.signature)})


@app.command(help_epilogue=shown("fedsol stake withdraw --wait --federation ADDRESS"))
async def withdraw(
    *,
    wait: Annotated[bool, flag("Wait until all that is unbonded has matured.")] = False,
    options: Options = PLAIN,
) -> None:
    """Take matured stake out of the unbonding queue."""
    from fedsol.cli.output import show, waiting
    from fedsol.cli.people import matured, need_participant
    from fedsol.cli.session import connect_federation
    from fedsol.cli.views import duration, seconds_left
    from fedsol.errors import ConfigError
    from fedsol.program import instructions as ix
    from fedsol.program.tokens import token_account_create

    async with connect_federation(options) as session:
        me, clock = await need_participant(session), await session.chain.clock()
        entries = [entry for entry in me.unbonding if entry.amount]
        if not entries:
            raise ConfigError("nothing is unbonding", hint="Unbond first: `fedsol stake unbond`.")
        left = [seconds_left(entry.release, clock) for entry in entries]
        if wait and max(left):
            async with waiting(f"unbonded stake to mature, in {duration(max(left))}"):
                clock = await session.chain.wait_until(
                    unix_timestamp=max(entry.release.time for entry in entries),
                    slot=max(entry.release.slot for entry in entries),
                )
        amount = matured(me, clock)
        if not amount:
            raise ConfigError(
                f"nothing has matured; the next entry does in {duration(min(left))}",
                hint="Run the command again then, or with --wait.",
            )
        create = token_account_create(session.owner, session.owner, session.ref.stake)
        steps = [create, ix.stake_withdraw(session.ref, session.owner)]
        landed = await session.send("stake-withdraw", steps)
    show(options, {"withdrawn": amount, "transaction": str(landed.signature)})
