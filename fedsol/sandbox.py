"""A chain to try things on: the program loaded, two mints of your own, wallets with money in them.

On the embedded chain nothing else is needed; on any other chain with a faucet (`fedsol localnet`,
`solana-test-validator`) the program must be there already.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.chain import Chain, EmbeddedLedger
from fedsol.program.addresses import PROGRAM_ID, TOKEN_PROGRAM_ID, Token, token_address
from fedsol.program.builds import build_path
from fedsol.program.tokens import (
    MINT_LEN,
    mint_create,
    token_account_create,
    token_amount,
    tokens_mint,
)

SOL = 1_000_000_000
_DECIMALS = 6


@dataclass(frozen=True)
class Sandbox:
    """A chain, a rich key that is the mints' authority, and the stake and reward tokens."""

    chain: Chain
    bank: Keypair
    stake: Token
    reward: Token

    async def wallet(self, *, lamports: int = 10 * SOL, stake: int = 0, reward: int = 0) -> Keypair:
        """A new key with lamports and tokens (token units), and token accounts for both mints."""
        owner = Keypair()
        await self.endow(owner.pubkey(), lamports=lamports, stake=stake, reward=reward)
        return owner

    async def endow(
        self, owner: Pubkey, *, lamports: int = 0, stake: int = 0, reward: int = 0
    ) -> None:
        """Gives lamports and tokens to a key."""
        if lamports:
            await self.chain.airdrop(owner, lamports)
        bank = self.bank.pubkey()
        steps = []
        for token, amount in {self.stake: stake, self.reward: reward}.items():
            steps.append(token_account_create(bank, owner, token))
            if amount:
                steps.append(tokens_mint(token, bank, owner, amount))
        await self.chain.send(steps, [self.bank])

    async def tokens(self, owner: Pubkey, token: Token) -> int:
        """An owner's balance, in token units; 0 without an account."""
        account = await self.chain.account(token_address(owner, token))
        return token_amount(account.data) if account else 0


def load_program(ledger: EmbeddedLedger) -> None:
    """Loads the program that comes with the package at its declared address."""
    ledger.load_program(PROGRAM_ID, build_path("v0"))


async def sandbox_on(chain: Chain, *, token_program: Pubkey = TOKEN_PROGRAM_ID) -> Sandbox:
    """Two new mints on a chain that has a faucet."""
    bank, stake, reward = Keypair(), Keypair(), Keypair()
    await chain.airdrop(bank.pubkey(), 100 * SOL)
    rent = await chain.rent(MINT_LEN)
    tokens = []
    for mint in (stake, reward):
        token = Token(mint.pubkey(), token_program, _DECIMALS)
        steps = mint_create(bank.pubkey(), token, bank.pubkey(), lamports=rent)
        await chain.send(steps, [bank, mint])
        tokens.append(token)
    return Sandbox(chain, bank, *tokens)


@asynccontextmanager
async def embedded(
    *, seed: bytes | None = None, token_program: Pubkey = TOKEN_PROGRAM_ID
) -> AsyncIterator[Sandbox]:
    """A sandbox on a new embedded chain: ``async with fedsol.embedded() as sandbox``."""
    ledger = EmbeddedLedger(seed=seed)
    load_program(ledger)
    async with Chain.embedded(ledger) as chain:
        yield await sandbox_on(chain, token_program=token_program)
