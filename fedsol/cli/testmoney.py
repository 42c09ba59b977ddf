"""Test tokens on local chains: two mints whose keys follow from the genesis hash, so that every
process of a local chain knows them. They protect nothing; public clusters are refused.
"""

import ipaddress
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from solders.hash import Hash
from solders.keypair import Keypair

from fedsol.chain import Chain, display_url
from fedsol.chain.config import ChainConfig
from fedsol.cli.session import Session
from fedsol.errors import ChainError, ConfigError
from fedsol.program.addresses import Token
from fedsol.program.tokens import MINT_LEN, mint_create
from fedsol.sandbox import SOL, Sandbox

DECIMALS = 6
_PUBLIC = (
    "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d",  # mainnet-beta
    "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG",  # devnet
)


@dataclass(frozen=True)
class _Keys:
    bank: Keypair
    stake: Keypair
    reward: Keypair


def test_tokens(genesis: bytes) -> tuple[Token, Token]:
    """The stake and the reward token of the faucet of a local chain."""
    keys = _keys(genesis)
    return Token(keys.stake.pubkey(), decimals=DECIMALS), Token(
        keys.reward.pubkey(), decimals=DECIMALS
    )


def require_local_urls(config: ChainConfig) -> None:
    """Raises ConfigError if an endpoint is not on this machine or its own network."""
    for url in config.urls:
        if not _is_local(urlsplit(url).hostname or ""):
            raise _not_local(display_url(url))


async def require_local(session: Session) -> bytes:
    """The genesis hash of a local chain. Raises ConfigError on any other."""
    require_local_urls(session.config)
    genesis = await session.chain.genesis_hash()
    if str(Hash(genesis)) in _PUBLIC:
        raise _not_local(session.where)
    return genesis


async def open_bank(chain: Chain, genesis: bytes) -> Sandbox:
    """The faucet's bank and mints, made if this is the first use of them."""
    keys = _keys(genesis)
    stake, reward = test_tokens(genesis)
    if await chain.balance(keys.bank.pubkey()) < SOL:
        await chain.airdrop(keys.bank.pubkey(), 100 * SOL)
    rent = await chain.rent(MINT_LEN)
    for key, token in ((keys.stake, stake), (keys.reward, reward)):
        if await chain.account(token.mint) is not None:
            continue
        bank = keys.bank.pubkey()
        try:
            await chain.send(mint_create(bank, token, bank, lamports=rent), [keys.bank, key])
        except ChainError:
            # Another faucet may have been faster.
            if await chain.account(token.mint) is None:
                raise
    return Sandbox(chain, keys.bank, stake, reward)


def _keys(genesis: bytes) -> _Keys:
    def key(name: bytes) -> Keypair:
        return Keypair.from_seed(sha256(b"fedsol test money/" + name + genesis).digest())

    return _Keys(key(b"bank"), key(b"stake"), key(b"reward"))


def _not_local(where: str) -> ConfigError:
    return ConfigError(
        f"test money is for local chains only, and {where} is none",
        hint="Start one with `fedsol localnet`; on devnet use `solana airdrop` and your own mints.",
    )


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith(".localhost") or "." not in host
