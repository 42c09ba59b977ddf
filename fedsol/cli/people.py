"""What must be there before something is sent: participants, tokens and lamports, by name."""

from fedsol.chain import Clock
from fedsol.cli.session import FederationSession, Session
from fedsol.errors import ConfigError, InsufficientFunds
from fedsol.program import Participant
from fedsol.program.addresses import Token, token_address
from fedsol.program.tokens import token_amount
from fedsol.reading import read_participant

SOL = 1_000_000_000
FEES = 1_000_000  # lamports: two hundred plain transactions


async def need_participant(session: FederationSession) -> Participant:
    """The key's participant. Raises ConfigError if it has not registered."""
    me = await read_participant(session.chain, session.address, session.owner)
    if me is None:
        raise ConfigError(
            f"{session.owner} is no participant of {session.address}",
            hint="Register first: `fedsol participant register`.",
        )
    return me


async def held(session: Session, token: Token) -> int:
    """What the key holds of a token, in token units."""
    account = await session.chain.account(token_address(session.owner, token))
    return token_amount(account.data) if account is not None else 0


async def need_tokens(session: Session, token: Token, amount: int, *, purpose: str) -> None:
    """Raises InsufficientFunds if the key holds less than ``amount``, ConfigError for no amount."""
    if amount <= 0:
        raise ConfigError(f"an amount must be positive, not {amount:,}")
    there = await held(session, token)
    if there < amount:
        raise InsufficientFunds(
            f"{session.owner} holds {there:,} units of {token.mint}, {amount:,} are {purpose}",
            hint="Send it some; on a local chain: `fedsol faucet`.",
        )


async def need_lamports(session: Session, *sizes: int) -> None:
    """Raises InsufficientFunds if the key cannot pay fees and the rent of accounts of these sizes."""
    needed = FEES + sum([await session.chain.rent(size) for size in sizes])
    there = await session.chain.balance(session.owner)
    if there < needed:
        raise InsufficientFunds(
            f"{session.owner} holds {there / SOL:.6f} SOL; rent and fees need {needed / SOL:.6f}",
            hint="Send it some; on a local chain: `fedsol faucet`.",
        )


def matured(me: Participant, clock: Clock) -> int:
    """What may leave the unbonding queue now, in token units."""
    return sum(
        entry.amount
        for entry in me.unbonding
        if entry.release.time <= clock.unix_timestamp and entry.release.slot <= clock.slot
    )
