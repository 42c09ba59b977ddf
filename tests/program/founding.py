"""A chain with mints, and what a federation starts with: the same in every run."""

from __future__ import annotations

from solders.pubkey import Pubkey

from fedsol.chain import Chain, EmbeddedLedger
from fedsol.program import Token
from fedsol.program import addresses as at
from fedsol.program.instructions.federation import NewFederation
from fedsol.program.params import Params
from fedsol.program.tokens import MINT_LEN, mint_create, token_account_create, tokens_mint
from fedsol.sandbox import Sandbox, load_program
from tests.program.naming import (
    AGREEMENT,
    MODEL_ARTIFACT,
    MODEL_ROOT,
    SOL,
    START,
    digest,
    key_of,
)


def new_federation(name: str, params: Params, ledger: EmbeddedLedger) -> NewFederation:
    """What the tests' federations start with."""
    return NewFederation(
        name=name,
        genesis=ledger.genesis_hash,
        architecture_hash=digest("architecture"),
        agreement_hash=AGREEMENT,
        model_root=MODEL_ROOT,
        model_artifact=MODEL_ARTIFACT,
        parameter_count=100,
        params=params,
    )


async def endow(sandbox: Sandbox, owner: Pubkey, *, stake: int = 0, reward: int = 0) -> None:
    """Token accounts of both mints, and tokens."""
    bank = sandbox.bank.pubkey()
    steps = [token_account_create(bank, owner, one) for one in {sandbox.stake, sandbox.reward}]
    for token, amount in ((sandbox.stake, stake), (sandbox.reward, reward)):
        if amount:
            steps.append(tokens_mint(token, bank, owner, amount))
    await sandbox.chain.send(steps, [sandbox.bank], simulate=False)


async def make_mint(chain: Chain, name: str, *, program: Pubkey, decimals: int = 6) -> Token:
    """A plain mint whose authority is the bank; its address follows from its name."""
    mint, bank = key_of(f"mint {name}"), key_of("bank")
    token = Token(mint.pubkey(), program, decimals)
    rent = await chain.rent(MINT_LEN)
    steps = mint_create(bank.pubkey(), token, bank.pubkey(), lamports=rent)
    await chain.send(steps, [bank, mint], simulate=False)
    return token


async def make_sandbox(
    *,
    seed: bytes = b"world",
    stake_program: Pubkey = at.TOKEN_PROGRAM_ID,
    reward_program: Pubkey | None = None,
    same_mint: bool = False,
) -> Sandbox:
    """An embedded chain with the program, a bank and two mints (or one): the same in every run."""
    ledger = EmbeddedLedger(seed=seed, unix_timestamp=START)
    load_program(ledger)
    chain, bank = Chain.embedded(ledger), key_of("bank")
    ledger.set_account(bank.pubkey(), lamports=1_000_000 * SOL)
    stake = await make_mint(chain, "stake", program=stake_program)
    if same_mint:
        return Sandbox(chain, bank, stake, stake)
    reward = await make_mint(chain, "reward", program=reward_program or stake_program, decimals=9)
    return Sandbox(chain, bank, stake, reward)
