"""JSON-RPC over an embedded ledger: ``handle`` for bytes, ``call`` for one method."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fedsol.chain.embedded_ledger import EmbeddedLedger
from fedsol.chain.embedded_rpc import accounts, blocks, control, tokens, transactions
from fedsol.chain.embedded_rpc.wire import INVALID_PARAMS, Method, RpcFault

METHODS: dict[str, Method] = {
    **accounts.METHODS,
    **blocks.METHODS,
    **control.METHODS,
    **tokens.METHODS,
    **transactions.METHODS,
}


NO_METHODS: Mapping[str, Method] = MappingProxyType({})


def call(
    ledger: EmbeddedLedger,
    method: str,
    params: list[Any],
    *,
    extra: Mapping[str, Method] = NO_METHODS,
) -> Any:
    """Answers one method, of this table or of ``extra``; raises ``RpcFault`` as a cluster would."""
    answer = METHODS.get(method) or extra.get(method)
    if answer is None:
        raise RpcFault(-32601, f"Method not found: {method}")
    ledger.tick()
    try:
        return answer(ledger, params)
    except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RpcFault(INVALID_PARAMS, f"Invalid params for {method}: {error!r}") from error


def handle(
    ledger: EmbeddedLedger, payload: bytes, *, extra: Mapping[str, Method] = NO_METHODS
) -> bytes:
    """Answers a JSON-RPC request or a batch; bad JSON gets an error answer, never raises."""
    try:
        request = json.loads(payload)
    except ValueError:
        return _encode(_failed(None, RpcFault(-32700, "Parse error")))
    if isinstance(request, list):
        return _encode([answer_one(ledger, one, extra=extra) for one in request])
    return _encode(answer_one(ledger, request, extra=extra))


def answer_one(
    ledger: EmbeddedLedger, request: Any, *, extra: Mapping[str, Method] = NO_METHODS
) -> dict[str, Any]:
    """Answers one decoded request with a whole JSON-RPC response."""
    if not isinstance(request, dict) or not isinstance(request.get("method"), str):
        return _failed(None, RpcFault(-32600, "Invalid request"))
    try:
        result = call(ledger, request["method"], list(request.get("params") or []), extra=extra)
    except RpcFault as fault:
        return _failed(request.get("id"), fault)
    return {"jsonrpc": "2.0", "result": result, "id": request.get("id")}


def _failed(request_id: Any, fault: RpcFault) -> dict[str, Any]:
    error: dict[str, Any] = {"code": fault.code, "message": fault.message}
    if fault.data is not None:
        error["data"] = fault.data
    return {"jsonrpc": "2.0", "error": error, "id": request_id}


def _encode(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


__all__ = ["METHODS", "RpcFault", "answer_one", "call", "handle"]
