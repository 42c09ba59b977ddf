"""SPL tokens around the program: mints, token accounts and balances, classic Token and Token-2022."""

import struct

from solders.instruction import Instruction
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account
from spl.token.instructions import (
    InitializeMintParams,
    MintToCheckedParams,
    create_idempotent_associated_token_account,
    initialize_mint,
    mint_to_checked,
)

from fedsol.errors import ConfigError
from fedsol.program.addresses import TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID, Token, token_address

MINT_LEN = 82
_SUPPLY_OFFSET = 36
_AMOUNT_OFFSET = 64
_DECIMALS_OFFSET = 44


def mint_create(
    payer: Pubkey, token: Token, authority: Pubkey, *, lamports: int
) -> list[Instruction]:
    """Creates a plain mint; ``lamports`` is the rent of 82 bytes.

    Signs: payer and the mint's key.
    """
    return [
        create_account(
            CreateAccountParams(
                from_pubkey=payer,
                to_pubkey=token.mint,
                lamports=lamports,
                space=MINT_LEN,
                owner=token.program,
            )
        ),
        initialize_mint(
            InitializeMintParams(
                decimals=token.decimals,
                program_id=token.program,
                mint=token.mint,
                mint_authority=authority,
            )
        ),
    ]


def token_account_create(payer: Pubkey, owner: Pubkey, token: Token) -> Instruction:
    """Creates the owner's associated token account unless it is there. Signs: payer."""
    return create_idempotent_associated_token_account(payer, owner, token.mint, token.program)


def tokens_mint(token: Token, authority: Pubkey, owner: Pubkey, amount: int) -> Instruction:
    """Mints to the owner's associated token account. Signs: the mint's authority."""
    return mint_to_checked(
        MintToCheckedParams(
            amount=amount,
            decimals=token.decimals,
            program_id=token.program,
            mint=token.mint,
            dest=token_address(owner, token),
            mint_authority=authority,
        )
    )


def token_amount(data: bytes) -> int:
    """The balance in a token account's data, in token units."""
    return int(struct.unpack_from("<Q", data, _AMOUNT_OFFSET)[0])


def token_supply(data: bytes) -> int:
    """How much of a mint's token there is, from the mint's data, in token units."""
    return int(struct.unpack_from("<Q", data, _SUPPLY_OFFSET)[0])


def token_of_mint(mint: Pubkey, program: Pubkey, data: bytes) -> Token:
    """What is to know of a mint, from its account. Raises ConfigError if it is none."""
    if program not in (TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID) or len(data) < MINT_LEN:
        raise ConfigError(
            f"{mint} is no token mint", hint="Give the address of an SPL Token or Token-2022 mint."
        )
    return Token(mint=mint, program=program, decimals=data[_DECIMALS_OFFSET])


def mint_data(authority: Pubkey, *, supply: int, decimals: int) -> bytes:
    """The 82 bytes of a plain mint, to be written past the token program on an embedded chain."""
    held = (1).to_bytes(4, "little") + bytes(authority) + supply.to_bytes(8, "little")
    return held + bytes([decimals, 1]) + bytes(36)


def token_account_data(mint: Pubkey, owner: Pubkey, amount: int) -> bytes:
    """The 165 bytes of a plain token account; ``amount`` in token units."""
    held = bytes(mint) + bytes(owner) + amount.to_bytes(8, "little")
    return held + bytes(36) + b"\x01" + bytes(56)
