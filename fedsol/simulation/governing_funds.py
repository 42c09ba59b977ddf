"""Money for simulated people, written past the faucet: not a transaction for each of thousands."""

from collections.abc import Iterable

from solders.pubkey import Pubkey

from fedsol.chain import EmbeddedLedger
from fedsol.program.addresses import TOKEN_PROGRAM_ID, Token, token_address
from fedsol.program.tokens import mint_data, token_account_data

_LAMPORTS = 10**9
_RENT = 10**7  # more than a mint or a token account needs


def found_mint(ledger: EmbeddedLedger, token: Token, authority: Pubkey, *, supply: int) -> None:
    """A mint of which ``supply`` token units are out."""
    data = mint_data(authority, supply=supply, decimals=token.decimals)
    ledger.set_account(token.mint, lamports=_RENT, owner=TOKEN_PROGRAM_ID, data=data)


def endow(
    ledger: EmbeddedLedger, owner: Pubkey, holdings: Iterable[tuple[Token, int]], *, sol: int = 1
) -> None:
    """Gives somebody lamports for fees and rent, and token accounts that hold so many units."""
    ledger.set_account(owner, lamports=sol * _LAMPORTS)
    for token, amount in holdings:
        data = token_account_data(token.mint, owner, amount)
        address = token_address(owner, token)
        ledger.set_account(address, lamports=_RENT, owner=TOKEN_PROGRAM_ID, data=data)
