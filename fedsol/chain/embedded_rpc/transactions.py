"""Methods that send, simulate and read transactions."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

import based58
from solders.message import MessageV0, from_bytes_versioned
from solders.pubkey import Pubkey
from solders.rpc.responses import RpcSimulateTransactionResult
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from fedsol.chain.embedded_bank import Execution
from fedsol.chain.embedded_history import LandedTransaction
from fedsol.chain.embedded_ledger import Dropped, EmbeddedLedger
from fedsol.chain.embedded_rpc.wire import (
    INVALID_PARAMS,
    Method,
    RpcFault,
    at_slot,
    config,
    decode_transaction,
    encode_account,
    pubkey,
    with_context,
)
from fedsol.chain.embedded_wire import base_fee, priority_fee
from fedsol.chain.records import PACKET_SIZE

_MEANINGS = {
    "AlreadyProcessed": "This transaction has already been processed",
    "BlockhashNotFound": "Blockhash not found",
    "AccountNotFound": "Attempt to debit an account but found no record of a prior credit.",
    "InsufficientFundsForFee": "Insufficient funds for fee",
    "SignatureFailure": "Transaction did not pass signature verification",
}


def send_transaction(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Sends; without ``skipPreflight`` a failure is answered and nothing lands."""
    options = config(params, 1)
    at_slot(ledger, options)
    transaction = _sized(decode_transaction(params[0], options))
    if options.get("skipPreflight"):
        # As on a cluster, what cannot land is dropped without a word.
        ledger.submit(transaction)
        return str(transaction.signatures[0])
    if not all(transaction.verify_with_results()):
        raise RpcFault(-32003, "Transaction signature verification failure")
    trial = ledger.simulate(transaction, sig_verify=False)
    if trial.err is None:
        sent = ledger.submit(transaction)
        trial = Execution(err=sent.err) if isinstance(sent, Dropped) else trial
    if trial.err is not None:
        message = f"Transaction simulation failed: {_meaning(trial.err)}"
        raise RpcFault(-32002, message, _preflight_data(trial))
    return str(transaction.signatures[0])


def simulate_transaction(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Runs a transaction and forgets it."""
    options = config(params, 1)
    at_slot(ledger, options)
    transaction = _sized(decode_transaction(params[0], options))
    replace = bool(options.get("replaceRecentBlockhash"))
    verify = bool(options.get("sigVerify"))
    if replace and verify:
        raise RpcFault(INVALID_PARAMS, "sigVerify may not be used with replaceRecentBlockhash")
    if verify and not all(transaction.verify_with_results()):
        raise RpcFault(-32003, "Transaction signature verification failure")
    trial = ledger.simulate(transaction, sig_verify=False, age=not replace)
    value = _simulation(trial)
    wanted = options.get("accounts")
    if wanted is not None and trial.err is None:
        value["accounts"] = [
            _simulated_account(ledger, trial, pubkey(a), wanted) for a in wanted["addresses"]
        ]
    if replace:
        value["replacementBlockhash"] = {
            "blockhash": str(ledger.blocks.latest),
            "lastValidBlockHeight": ledger.blocks.last_valid_height(),
        }
    return with_context(ledger, value)


def request_airdrop(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Pays lamports out of the faucet."""
    return str(ledger.airdrop(pubkey(params[0]), int(params[1])))


def get_signature_statuses(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """What became of up to 256 transactions; null for what never landed."""
    statuses = []
    for text in params[0]:
        landed = ledger.history.get(Signature.from_string(text))
        statuses.append(None if landed is None else _status(landed))
    return with_context(ledger, statuses)


def get_transaction(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """A landed transaction with what it did, or null."""
    landed = ledger.history.get(Signature.from_string(params[0]))
    given = params[1] if len(params) > 1 else None
    encoding = given if isinstance(given, str) else config(params, 1).get("encoding", "json")
    if landed is None:
        return None
    transaction = VersionedTransaction.from_bytes(landed.raw)
    is_v0 = isinstance(transaction.message, MessageV0)
    if is_v0 and config(params, 1).get("maxSupportedTransactionVersion") is None:
        raise RpcFault(
            -32015,
            "Transaction version (0) is not supported by the requesting client. Please try the "
            "request again with the following configuration parameter: "
            '"maxSupportedTransactionVersion": 0',
        )
    return {
        "slot": landed.slot,
        "blockTime": landed.block_time,
        "transaction": _encoded(landed, transaction, encoding),
        "meta": _meta(landed, transaction),
        "version": 0 if is_v0 else "legacy",
    }


def get_signatures_for_address(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Transactions that name an address, newest first."""
    options = config(params, 1)
    at_slot(ledger, options)
    limit = int(options.get("limit") or 1000)
    if not 1 <= limit <= 1000:
        raise RpcFault(INVALID_PARAMS, "Invalid limit; max 1000")
    bounds = {
        name: Signature.from_string(options[name])
        for name in ("before", "until")
        if options.get(name)
    }
    return [
        {
            "signature": str(landed.signature),
            "slot": landed.slot,
            "err": landed.err,
            "memo": None,
            "blockTime": landed.block_time,
            "confirmationStatus": "finalized",
        }
        for landed in ledger.history.of_address(pubkey(params[0]), limit=limit, **bounds)
    ]


def get_recent_prioritization_fees(ledger: EmbeddedLedger, _params: list[Any]) -> Any:
    """Nobody competes for these blocks."""
    return [{"slot": ledger.slot, "prioritizationFee": 0}]


def get_fee_for_message(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Lamports that a message (base64) would pay, or null if its blockhash has expired."""
    message = from_bytes_versioned(b64decode(params[0]))
    if not ledger.blocks.is_valid(message.recent_blockhash):
        return with_context(ledger, None)
    empty = [Signature.default()] * message.header.num_required_signatures
    transaction = VersionedTransaction.populate(message, empty)
    return with_context(ledger, base_fee(transaction) + priority_fee(transaction))


def _sized(transaction: VersionedTransaction) -> VersionedTransaction:
    size = len(bytes(transaction))
    if size > PACKET_SIZE:
        raise RpcFault(
            INVALID_PARAMS,
            f"decoded transaction too large: {size} bytes (max: {PACKET_SIZE} bytes)",
        )
    return transaction


def _meaning(err: object) -> str:
    if isinstance(err, str):
        return _MEANINGS.get(err, err)
    if isinstance(err, dict) and "InstructionError" in err:
        index, why = err["InstructionError"]
        custom = isinstance(why, dict) and "Custom" in why
        detail = f"custom program error: {why['Custom']:#x}" if custom else str(why)
        return f"Error processing Instruction {index}: {detail}"
    return json.dumps(err)


def _preflight_data(trial: Execution) -> Any:
    # solders panics on an error object that is not written exactly as it writes one itself.
    empty = json.loads(RpcSimulateTransactionResult(logs=[]).to_json())
    return {**empty, "err": trial.err, "logs": list(trial.logs), "unitsConsumed": trial.units}


def _simulation(trial: Execution) -> dict[str, Any]:
    returned = trial.return_data
    return {
        "err": trial.err,
        "logs": list(trial.logs),
        "accounts": None,
        "unitsConsumed": trial.units,
        "fee": trial.fee,
        "innerInstructions": None,
        "returnData": None
        if returned is None
        else {"programId": str(returned[0]), "data": [b64encode(returned[1]).decode(), "base64"]},
    }


def _simulated_account(
    ledger: EmbeddedLedger, trial: Execution, address: Pubkey, options: dict[str, Any]
) -> Any:
    account = trial.accounts.get(address) or ledger.get_account(address)
    return encode_account(account, {"encoding": options.get("encoding", "base64")})


def _status(landed: LandedTransaction) -> dict[str, Any]:
    return {
        "slot": landed.slot,
        "confirmations": None,
        "err": landed.err,
        "status": {"Ok": None} if landed.err is None else {"Err": landed.err},
        "confirmationStatus": "finalized",
    }


def _meta(landed: LandedTransaction, transaction: VersionedTransaction) -> dict[str, Any]:
    static = len(transaction.message.account_keys)
    lookups = getattr(transaction.message, "address_table_lookups", [])
    writable = static + sum(len(lookup.writable_indexes) for lookup in lookups)
    return {
        "err": landed.err,
        "status": {"Ok": None} if landed.err is None else {"Err": landed.err},
        "fee": landed.fee,
        "preBalances": list(landed.pre_balances),
        "postBalances": list(landed.post_balances),
        "innerInstructions": [],
        "logMessages": list(landed.logs),
        "preTokenBalances": [],
        "postTokenBalances": [],
        "rewards": [],
        "loadedAddresses": {
            "writable": [str(key) for key in landed.keys[static:writable]],
            "readonly": [str(key) for key in landed.keys[writable:]],
        },
        "computeUnitsConsumed": landed.units,
    }


def _encoded(landed: LandedTransaction, transaction: VersionedTransaction, encoding: str) -> Any:
    if encoding == "base64":
        return [b64encode(landed.raw).decode(), "base64"]
    if encoding == "base58":
        return [based58.b58encode(landed.raw).decode(), "base58"]
    message = transaction.message
    body: dict[str, Any] = {
        "accountKeys": [str(key) for key in message.account_keys],
        "header": {
            "numRequiredSignatures": message.header.num_required_signatures,
            "numReadonlySignedAccounts": message.header.num_readonly_signed_accounts,
            "numReadonlyUnsignedAccounts": message.header.num_readonly_unsigned_accounts,
        },
        "recentBlockhash": str(message.recent_blockhash),
        "instructions": [
            {
                "programIdIndex": one.program_id_index,
                "accounts": list(bytes(one.accounts)),
                "data": based58.b58encode(bytes(one.data)).decode(),
                "stackHeight": None,
            }
            for one in message.instructions
        ],
    }
    if isinstance(message, MessageV0):
        body["addressTableLookups"] = [
            json.loads(one.to_json()) for one in message.address_table_lookups
        ]
    return {"signatures": [str(one) for one in transaction.signatures], "message": body}


METHODS: dict[str, Method] = {
    "sendTransaction": send_transaction,
    "simulateTransaction": simulate_transaction,
    "requestAirdrop": request_airdrop,
    "getSignatureStatuses": get_signature_statuses,
    "getTransaction": get_transaction,
    "getSignaturesForAddress": get_signatures_for_address,
    "getRecentPrioritizationFees": get_recent_prioritization_fees,
    "getFeeForMessage": get_fee_for_message,
}
