"""What a transaction needs before it is signed: a trial run, a compute limit, a priority fee."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from statistics import median_high
from typing import Any

from solders.hash import Hash
from solders.transaction import VersionedTransaction

from fedsol.chain.building import Draft
from fedsol.chain.embedded_wire import base_fee
from fedsol.chain.failure import from_failure
from fedsol.chain.records import MAX_COMPUTE_UNITS
from fedsol.chain.rpc import Rpc
from fedsol.errors import ChainError, InsufficientFunds

MICRO = 1_000_000
_MARGIN_UNITS = 1_000
_FEE_ACCOUNTS = 128


@dataclass(frozen=True, slots=True)
class Blockhash:
    """A recent blockhash and the last block height at which it can be used."""

    hash: Hash
    last_valid_block_height: int


async def latest_blockhash(rpc: Rpc, commitment: str) -> Blockhash:
    """The newest blockhash."""
    value = (await rpc.call("getLatestBlockhash", {"commitment": commitment}))["value"]
    return Blockhash(Hash.from_string(value["blockhash"]), int(value["lastValidBlockHeight"]))


async def simulated_units(rpc: Rpc, draft: Draft, *, limit: int | None, commitment: str) -> int:
    """Compute units that a trial run used; raises the typed error if it failed."""
    ceiling = MAX_COMPUTE_UNITS if limit is None else limit
    trial = draft.with_budget(units=ceiling, price=0).unsigned(Hash.default())
    options = {
        "encoding": "base64",
        "replaceRecentBlockhash": True,
        "sigVerify": False,
        "commitment": commitment,
    }
    wire = b64encode(bytes(trial)).decode()
    value = (await rpc.call("simulateTransaction", wire, options))["value"]
    if value["err"] is not None:
        raise await failure_of(rpc, value["err"], tuple(value.get("logs") or ()), trial, commitment)
    return int(value.get("unitsConsumed") or ceiling)


def units_with_margin(units: int) -> int:
    """A tenth more than a trial used, and a thousand: state may differ a little when it lands."""
    return min(MAX_COMPUTE_UNITS, -(-units * 11 // 10) + _MARGIN_UNITS)


async def usual_price(rpc: Rpc, draft: Draft) -> int:
    """The median of micro-lamports per unit that recent transactions on these accounts paid."""
    accounts = [str(key) for key in draft.writable()[:_FEE_ACCOUNTS]]
    recent = await rpc.call("getRecentPrioritizationFees", accounts)
    return median_high([int(one["prioritizationFee"]) for one in recent]) if recent else 0


async def failure_of(
    rpc: Rpc, err: Any, logs: tuple[str, ...], transaction: VersionedTransaction, commitment: str
) -> ChainError:
    """The typed error; where the payer is short of the fee, with how much."""
    error = from_failure(err, logs, transaction=transaction)
    if isinstance(error, InsufficientFunds) and err in (
        "AccountNotFound",
        "InsufficientFundsForFee",
    ):
        payer, fee = str(transaction.message.account_keys[0]), base_fee(transaction)
        held = int((await rpc.call("getBalance", payer, {"commitment": commitment}))["value"])
        return InsufficientFunds(
            f"payer {payer} holds {held:,} lamports, the fee is {fee:,}: "
            f"{max(1, fee - held):,} short"
        )
    return error
