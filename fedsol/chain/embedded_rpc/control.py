"""Methods that no cluster has: the clock's and the ledger's controls, named ``fedsol_…``."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.embedded_rpc.wire import Method, config, pubkey
from fedsol.chain.records import SYSTEM_PROGRAM


def advance(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """``[{"seconds": …, "slots": …}]``: lets time pass."""
    options = config(params, 0)
    ledger.advance(seconds=options.get("seconds"), slots=options.get("slots"))
    return _now(ledger)


def warp_to(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """``[{"unixTimestamp": …, "slot": …}]``: jumps to a time or slot."""
    options = config(params, 0)
    ledger.warp_to(unix_timestamp=options.get("unixTimestamp"), slot=options.get("slot"))
    return _now(ledger)


def set_account(ledger: EmbeddedLedger, params: list[Any]) -> Any:
    """``[address, {"lamports", "owner", "data": base64}]``: writes past all rules."""
    options = config(params, 1)
    ledger.set_account(
        pubkey(params[0]),
        lamports=int(options["lamports"]),
        owner=pubkey(options.get("owner", str(SYSTEM_PROGRAM))),
        data=b64decode(options.get("data", "")),
    )
    return _now(ledger)


def _now(ledger: EmbeddedLedger) -> dict[str, int]:
    return {"slot": ledger.slot, "unixTimestamp": ledger.unix_timestamp}


METHODS: dict[str, Method] = {
    "fedsol_advance": advance,
    "fedsol_warpTo": warp_to,
    "fedsol_setAccount": set_account,
}
