"""From names to addresses: ``A#3/alice`` is a submission, ``alice:X`` a wallet; see ``model``."""

from __future__ import annotations

import hashlib
from functools import cache

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from fedsol.program import addresses as at
from fedsol.program.addresses import TOKEN_2022_PROGRAM_ID, FederationRef, Token
from tests.property.model import ACTORS, CREATOR, MINTS, MINTS_OF, VAULTS, Step


@cache
def keypair(name: str) -> Keypair:
    """The key of an actor or of a mint; the same in every run."""
    return Keypair.from_seed(hashlib.sha256(f"fedsol property {name}".encode()).digest())


@cache
def token(mint: str) -> Token:
    """A mint: X is of the classic program, Y of Token-2022."""
    address = keypair(f"mint {mint}").pubkey()
    return Token(address, TOKEN_2022_PROGRAM_ID, 6) if mint == "Y" else Token(address, decimals=6)


@cache
def reference_of(fed: str, creator: str) -> FederationRef:
    """A federation as the builders want it, with anybody in its creator's place."""
    stake, reward = MINTS_OF[fed]
    return FederationRef(address(fed), address(creator), token(stake), token(reward))


@cache
def address(name: str) -> Pubkey:
    """The address of an account by its name."""
    if name in ACTORS:
        return keypair(name).pubkey()
    if name in MINTS:
        return token(name).mint
    if ":" in name:
        owner, mint = name.split(":")
        return at.token_address(address(owner), token(mint))
    if "." in name:
        fed, vault = name.split(".")
        return _VAULT_OF[vault](address(fed))
    if "!" in name:
        target, challenger = name.split("!")
        round_ = address(target.split("/")[0])
        return at.challenge_address(round_, address(target), address(challenger))
    if "~" in name:
        round_name, owner = name.split("~")
        person = address(f"{round_name.split('#')[0]}/{owner}")
        return at.evaluation_address(address(round_name), person)
    if "#" in name:
        fed, rest = name.split("#")
        number, _, owner = rest.partition("/")
        round_ = at.round_address(address(fed), int(number))
        return at.submission_address(round_, address(f"{fed}/{owner}")) if owner else round_
    fed, _, owner = name.partition("/")
    if owner:
        return at.participant_address(address(fed), address(owner))
    return at.federation_address(address(CREATOR[fed]), fed)


_VAULT_OF = dict(
    zip(
        VAULTS,
        (at.stake_vault_address, at.reward_vault_address, at.treasury_vault_address),
        strict=True,
    )
)


def tokens_of(step: Step) -> Pubkey | None:
    """The token account that a step names, if any."""
    return address(step.tokens) if step.tokens else None


def last_of(step: Step) -> Pubkey | None:
    """The account that a step passes as last aggregator, if any."""
    return address(step.last) if step.last else None
