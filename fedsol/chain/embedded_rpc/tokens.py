"""Methods that read SPL token accounts, of the classic program and of Token-2022."""

from __future__ import annotations

from typing import Any

from solders.account import Account
from solders.pubkey import Pubkey

from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.embedded_rpc.wire import (
    INVALID_PARAMS,
    Method,
    RpcFault,
    config,
    encode_account,
    pubkey,
    with_context,
)
from fedsol.chain.records import TOKEN_2022_PROGRAM, TOKEN_PROGRAM

_PROGRAMS = (TOKEN_PROGRAM, TOKEN_2022_PROGRAM)
_TOKEN_ACCOUNT_SIZE = 165
_MINT_SIZE = 82
_KIND_OFFSET = 165
_KIND_MINT = 1


def get_token_account_balance(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Tokens in a token account."""
    account = _owned_by_token_program(ledger, pubkey(params[0]))
    if not _is_token_account(account):
        raise RpcFault(INVALID_PARAMS, "Invalid param: not a Token account")
    mint = _owned_by_token_program(ledger, Pubkey(account.data[:32]))
    amount = int.from_bytes(account.data[64:72], "little")
    return with_context(ledger, _ui_amount(amount, mint.data[44]))


def get_token_supply(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Tokens that a mint has issued."""
    mint = _owned_by_token_program(ledger, pubkey(params[0]))
    if len(mint.data) < _MINT_SIZE or _is_token_account(mint):
        raise RpcFault(INVALID_PARAMS, "Invalid param: not a Token mint")
    return with_context(
        ledger, _ui_amount(int.from_bytes(mint.data[36:44], "little"), mint.data[44])
    )


def get_token_accounts_by_owner(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """An owner's token accounts, of one mint or of one token program."""
    owner = bytes(pubkey(params[0]))
    which, options = params[1], config(params, 2)
    mint = bytes(pubkey(which["mint"])) if "mint" in which else None
    programs = _PROGRAMS if mint is not None else (pubkey(which["programId"]),)
    found = []
    for program in programs:
        for address in ledger.owned_by(program):
            account = ledger.get_account(address)
            if account is None or not _is_token_account(account) or account.data[32:64] != owner:
                continue
            if mint is None or account.data[:32] == mint:
                found.append({"pubkey": str(address), "account": encode_account(account, options)})
    return with_context(ledger, found)


def _owned_by_token_program(ledger: EmbeddedLedger, address: Pubkey) -> Account:
    account = ledger.get_account(address)
    if account is None:
        raise RpcFault(INVALID_PARAMS, "Invalid param: could not find account")
    if account.owner not in _PROGRAMS:
        raise RpcFault(INVALID_PARAMS, "Invalid param: not a Token account")
    return account


def _is_token_account(account: Account) -> bool:
    # Token-2022 pads a mint with extensions to this size, then names the kind in one byte.
    size = len(account.data)
    extended_mint = size > _KIND_OFFSET and account.data[_KIND_OFFSET] == _KIND_MINT
    return size >= _TOKEN_ACCOUNT_SIZE and not extended_mint


def _ui_amount(amount: int, decimals: int) -> dict[str, Any]:
    whole, rest = divmod(amount, 10**decimals)
    fraction = str(rest).rjust(decimals, "0").rstrip("0") if decimals else ""
    return {
        "amount": str(amount),
        "decimals": decimals,
        "uiAmount": amount / 10**decimals,
        "uiAmountString": f"{whole}.{fraction}" if fraction else str(whole),
    }


METHODS: dict[str, Method] = {
    "getTokenAccountBalance": get_token_account_balance,
    "getTokenSupply": get_token_supply,
    "getTokenAccountsByOwner": get_token_accounts_by_owner,
}
