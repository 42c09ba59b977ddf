"""Methods that read accounts."""

from __future__ import annotations

from typing import Any

from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.embedded_rpc.wire import (
    INVALID_PARAMS,
    Method,
    RpcFault,
    at_slot,
    config,
    encode_account,
    matches,
    pubkey,
    with_context,
)

MAX_ACCOUNTS = 100


def get_account_info(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """One account, or null."""
    options = config(params, 1)
    at_slot(ledger, options)
    return with_context(ledger, encode_account(ledger.get_account(pubkey(params[0])), options))


def get_multiple_accounts(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Up to 100 accounts, in the order that was asked for."""
    if len(params[0]) > MAX_ACCOUNTS:
        raise RpcFault(INVALID_PARAMS, f"Too many inputs provided; max {MAX_ACCOUNTS}")
    options = config(params, 1)
    at_slot(ledger, options)
    found = [encode_account(ledger.get_account(pubkey(one)), options) for one in params[0]]
    return with_context(ledger, found)


def get_program_accounts(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Accounts that a program owns and that pass the filters, in byte order of their addresses."""
    options = config(params, 1)
    at_slot(ledger, options)
    filters = options.get("filters") or []
    found = []
    for address in ledger.owned_by(pubkey(params[0])):
        account = ledger.get_account(address)
        if account is not None and matches(account, filters):
            found.append({"pubkey": str(address), "account": encode_account(account, options)})
    return with_context(ledger, found) if options.get("withContext") else found


def get_balance(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Lamports of an address."""
    at_slot(ledger, config(params, 1))
    account = ledger.get_account(pubkey(params[0]))
    return with_context(ledger, 0 if account is None else account.lamports)


def get_minimum_balance_for_rent_exemption(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Lamports that an account of so many bytes must hold."""
    return ledger.bank.rent(int(params[0]))


METHODS: dict[str, Method] = {
    "getAccountInfo": get_account_info,
    "getMultipleAccounts": get_multiple_accounts,
    "getProgramAccounts": get_program_accounts,
    "getBalance": get_balance,
    "getMinimumBalanceForRentExemption": get_minimum_balance_for_rent_exemption,
}
