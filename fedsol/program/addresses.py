"""Where every account of the program is: its PDAs, and the token accounts around them."""

from dataclasses import dataclass
from functools import lru_cache

from solders.pubkey import Pubkey
from solders.token import ID as TOKEN_PROGRAM_ID
from solders.token.associated import get_associated_token_address

from fedsol.errors import ConfigError
from fedsol.program.generated.program_id import PROGRAM_ID

__all__ = [
    "NAME_LEN_MAX",
    "PROGRAM_ID",
    "SLOT_HASHES",
    "TOKEN_2022_PROGRAM_ID",
    "TOKEN_PROGRAM_ID",
    "FederationRef",
    "Token",
    "challenge_address",
    "evaluation_address",
    "federation_address",
    "participant_address",
    "reward_vault_address",
    "round_address",
    "stake_vault_address",
    "submission_address",
    "token_address",
    "treasury_vault_address",
]

TOKEN_2022_PROGRAM_ID = Pubkey.from_string("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb")
SLOT_HASHES = Pubkey.from_string("SysvarS1otHashes111111111111111111111111111")
NAME_LEN_MAX = 32


@dataclass(frozen=True)
class Token:
    """A mint, the token program that owns it, and its decimals."""

    mint: Pubkey
    program: Pubkey = TOKEN_PROGRAM_ID
    decimals: int = 0


@dataclass(frozen=True)
class FederationRef:
    """What an instruction needs to know of a federation; none of it ever changes."""

    address: Pubkey
    creator: Pubkey
    stake: Token
    reward: Token


@lru_cache(maxsize=1 << 16)
def _pda(*seeds: bytes) -> Pubkey:
    return Pubkey.find_program_address(seeds, PROGRAM_ID)[0]


def federation_address(creator: Pubkey, name: str) -> Pubkey:
    """The address of a creator's federation. Raises ConfigError if the name is no seed."""
    if not 1 <= len(name.encode()) <= NAME_LEN_MAX or not name.isascii():
        raise ConfigError(
            f"the name {name!r} cannot be used",
            hint="Use 1 to 32 printable ASCII characters without spaces at the ends.",
        )
    return _pda(b"federation", bytes(creator), name.encode())


def stake_vault_address(federation: Pubkey) -> Pubkey:
    """Where stakes, unbonding stakes and bonds are kept."""
    return _pda(b"stake", bytes(federation))


def reward_vault_address(federation: Pubkey) -> Pubkey:
    """Where rewards are kept until they are claimed."""
    return _pda(b"reward", bytes(federation))


def treasury_vault_address(federation: Pubkey) -> Pubkey:
    """Where the federation's part of slashes is kept."""
    return _pda(b"treasury", bytes(federation))


def participant_address(federation: Pubkey, owner: Pubkey) -> Pubkey:
    """An owner's participant in a federation."""
    return _pda(b"participant", bytes(federation), bytes(owner))


def round_address(federation: Pubkey, number: int) -> Pubkey:
    """A federation's round by number; the first is 1."""
    return _pda(b"round", bytes(federation), number.to_bytes(8, "little"))


def submission_address(round_: Pubkey, participant: Pubkey) -> Pubkey:
    """A participant's submission in a round."""
    return _pda(b"submission", bytes(round_), bytes(participant))


def evaluation_address(round_: Pubkey, participant: Pubkey) -> Pubkey:
    """A participant's evaluation of a round."""
    return _pda(b"evaluation", bytes(round_), bytes(participant))


def challenge_address(round_: Pubkey, target: Pubkey, challenger: Pubkey) -> Pubkey:
    """A challenge or demand: ``target`` is a submission, or the round itself for its aggregate."""
    return _pda(b"challenge", bytes(round_), bytes(target), bytes(challenger))


@lru_cache(maxsize=1 << 16)
def token_address(owner: Pubkey, token: Token) -> Pubkey:
    """The owner's associated token account."""
    return get_associated_token_address(owner, token.mint, token.program)
