"""Methods about slots, blockhashes and the node."""

from __future__ import annotations

from typing import Any

from solders.hash import Hash

from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.embedded_rpc.wire import Method, RpcFault, at_slot, config, with_context
from fedsol.chain.records import SLOT_SECONDS


def get_latest_blockhash(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """The newest blockhash and the last block height at which it can be used."""
    at_slot(ledger, config(params, 0))
    value = {
        "blockhash": str(ledger.blocks.latest),
        "lastValidBlockHeight": ledger.blocks.last_valid_height(),
    }
    return with_context(ledger, value)


def is_blockhash_valid(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Whether a transaction on a blockhash can still land."""
    at_slot(ledger, config(params, 1))
    return with_context(ledger, ledger.blocks.is_valid(Hash.from_string(params[0])))


def get_block_height(ledger: EmbeddedLedger, _params: list[Any]) -> Any:
    """How many blocks were closed."""
    return ledger.blocks.height


def get_slot(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """The open slot."""
    at_slot(ledger, config(params, 0))
    return ledger.slot


def get_block_time(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """Unix time of a slot: as recorded by its transactions, else reckoned back at 0.4 s a slot."""
    slot = int(params[0])
    if slot > ledger.slot:
        raise RpcFault(-32004, f"Block not available for slot {slot}")
    for landed in reversed(ledger.history.transactions):
        if landed.slot == slot:
            return landed.block_time
        if landed.slot < slot:
            break
    return int(ledger.blocks.time - (ledger.slot - slot) * SLOT_SECONDS)


def get_epoch_info(ledger: EmbeddedLedger, _params: list[Any]) -> Any:
    """Epoch, slot and block height together."""
    epoch, index, length = ledger.bank.epoch(ledger.slot)
    return {
        "absoluteSlot": ledger.slot,
        "blockHeight": ledger.blocks.height,
        "epoch": epoch,
        "slotIndex": index,
        "slotsInEpoch": length,
        "transactionCount": len(ledger.history),
    }


def get_version(_ledger: EmbeddedLedger, _params: list[Any]) -> Any:
    """The version that the embedded chain stands in for."""
    return {"solana-core": "2.2.0", "feature-set": 0}


def get_health(_ledger: EmbeddedLedger, _params: list[Any]) -> Any:
    """Always well."""
    return "ok"


def get_genesis_hash(ledger: EmbeddedLedger, _params: list[Any]) -> Any:
    """The hash that names this ledger."""
    return str(ledger.blocks.genesis)


def get_transaction_count(ledger: EmbeddedLedger, _params: list[Any]) -> Any:
    """How many transactions landed."""
    return len(ledger.history)


def get_first_available_block(_ledger: EmbeddedLedger, _params: list[Any]) -> Any:
    """The ledger keeps everything."""
    return 0


METHODS: dict[str, Method] = {
    "getLatestBlockhash": get_latest_blockhash,
    "isBlockhashValid": is_blockhash_valid,
    "getBlockHeight": get_block_height,
    "getSlot": get_slot,
    "getBlockTime": get_block_time,
    "getEpochInfo": get_epoch_info,
    "getVersion": get_version,
    "getHealth": get_health,
    "getGenesisHash": get_genesis_hash,
    "getTransactionCount": get_transaction_count,
    "getFirstAvailableBlock": get_first_available_block,
    "minimumLedgerSlot": get_first_available_block,
}
