"""From a chain's error and logs to the typed exception that says what happened and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from fedsol.chain.embedded_wire import err_json
from fedsol.chain.framework_errors import FRAMEWORK_ERRORS, FRAMEWORK_MESSAGES
from fedsol.chain.native_errors import SYSTEM_ERRORS, TOKEN_ERRORS
from fedsol.chain.records import (
    COMPUTE_BUDGET_PROGRAM,
    SYSTEM_PROGRAM,
    TOKEN_2022_PROGRAM,
    TOKEN_PROGRAM,
)
from fedsol.errors import ChainError, InsufficientFunds, ProgramError, TransactionExpired

_FAILED = re.compile(r"^Program (\w+) failed: (.*)$")
_CONSUMED = re.compile(r"^Program \w+ consumed \d+ of \d+ compute units$")
_ANCHOR = re.compile(
    r"(?:AnchorError|ProgramError)"
    r"(?: caused by account: (?P<account>\S+?)| thrown in (?P<source>\S+?)| occurred)?\. "
    r"Error Code: (?P<name>\w+)\. Error Number: (?P<code>\d+)\. Error Message: (?P<message>.*)$"
)
_SHORT = re.compile(r"insufficient lamports (\d+), need (\d+)")
_FIRST_PROGRAM_CODE = 6000
_TOKEN_PROGRAMS = (TOKEN_PROGRAM, TOKEN_2022_PROGRAM)

_registry: dict[Pubkey, dict[int, type[ProgramError]]] = {}


class ComputeExhausted(ProgramError):
    """A transaction used more compute units than it asked for."""

    name = "ComputationalBudgetExceeded"
    hint = "Raise compute_limit (at most 1,400,000), or send fewer instructions at once."


def register(program_id: Pubkey, classes: Mapping[int, type[ProgramError]]) -> None:
    """Names the exception classes of a program's error codes; a later call adds and replaces."""
    _registry.setdefault(program_id, {}).update(classes)


def from_failure(
    err: object, logs: Sequence[str] = (), *, transaction: VersionedTransaction | None = None
) -> ChainError:
    """The exception for a failed transaction.

    ``err`` is the RPC's JSON error or solders' object; ``logs`` are the transaction's.
    ``transaction`` lets the message name the account that is short. Never raises: what it does not
    know becomes a ``ProgramError``.
    """
    value = err_json(err)
    if isinstance(value, dict) and "InstructionError" in value:
        index, reason = value["InstructionError"]
        return _instruction_failure(int(index), reason, tuple(logs), transaction)
    if isinstance(value, dict) and "InsufficientFundsForRent" in value:
        index = int(value["InsufficientFundsForRent"]["account_index"])
        return InsufficientFunds(
            f"account {_key(transaction, index)} would be left below the rent minimum"
        )
    return _transaction_failure(value, tuple(logs), transaction)


def _transaction_failure(
    value: object, logs: tuple[str, ...], transaction: VersionedTransaction | None
) -> ChainError:
    payer = _key(transaction, 0)
    if value == "AccountNotFound":
        return InsufficientFunds(f"payer {payer} does not exist: it holds no lamports for the fee")
    if value == "InsufficientFundsForFee":
        return InsufficientFunds(f"payer {payer} holds too few lamports for the fee")
    if value == "BlockhashNotFound":
        return TransactionExpired(
            "the transaction's blockhash has expired or is not known to this endpoint"
        )
    name = value if isinstance(value, str) else json.dumps(value)
    return ProgramError(f"the chain refused the transaction: {name}", name=name, logs=logs)


def _instruction_failure(
    index: int, reason: object, logs: tuple[str, ...], transaction: VersionedTransaction | None
) -> ChainError:
    program = _failing_program(logs) or _program_of(transaction, index)
    where = f"instruction {_position(transaction, index)}" + (
        f" (program {program})" if program is not None else ""
    )
    if isinstance(reason, dict) and "Custom" in reason:
        return _custom_failure(int(reason["Custom"]), program, where, index, logs, transaction)
    if reason == "ComputationalBudgetExceeded" or _out_of_compute(reason, logs):
        return ComputeExhausted(f"{where} ran out of compute units", logs=logs)
    if reason == "InsufficientFunds":
        return InsufficientFunds(f"{where}: {_source(transaction, index)} holds too little")
    name = reason if isinstance(reason, str) else json.dumps(reason)
    anchor = _anchor(logs)
    detail = f": {anchor['message']}" if anchor is not None else ""
    return ProgramError(f"{where} failed with {name}{detail}", name=name, logs=logs)


def _custom_failure(
    code: int,
    program: Pubkey | None,
    where: str,
    index: int,
    logs: tuple[str, ...],
    transaction: VersionedTransaction | None,
) -> ChainError:
    top_level = _program_of(transaction, index) == program
    source = _source(transaction, index) if top_level else "an account that the program debits"
    if program == SYSTEM_PROGRAM:
        if code == 1:
            return InsufficientFunds(f"{where}: {source} {_shortage(logs)}")
        name, message = SYSTEM_ERRORS.get(code, (f"System{code}", "the system program refused"))
        return ProgramError(f"{where}: {message}", code=code, name=name, logs=logs)
    if program in _TOKEN_PROGRAMS and _anchor(logs) is None:
        name, message = TOKEN_ERRORS.get(code, (f"Token{code}", "the token program refused"))
        if name == "InsufficientFunds":
            return InsufficientFunds(f"{where}: token account {source} holds too few tokens")
        return ProgramError(f"{where}: {message}", code=code, name=name, logs=logs)
    return _program_failure(code, program, where, logs)


def _program_failure(
    code: int, program: Pubkey | None, where: str, logs: tuple[str, ...]
) -> ChainError:
    anchor = _anchor(logs)
    if anchor is not None and int(anchor["code"]) != code:
        anchor = None
    known = _registry.get(program, {}).get(code) if program is not None else None
    if known is None and code < _FIRST_PROGRAM_CODE:
        known = FRAMEWORK_ERRORS.get(code)
    if anchor is not None:
        message, name = _described(anchor, logs), anchor["name"]
    else:
        name = known.name or known.__name__ if known is not None else f"Custom{code}"
        document = (known.__doc__ or "").split("\n")[0] if known is not None else ""
        message = FRAMEWORK_MESSAGES.get(code) or document or f"custom error {code}"
    return (known or ProgramError)(f"{name}: {message} [{where}]", code=code, name=name, logs=logs)


def _described(anchor: Mapping[str, str], logs: tuple[str, ...]) -> str:
    message = anchor["message"].rstrip(".")
    if anchor.get("account"):
        message += f" (account {anchor['account']})"
    sides = [_side(logs, side) for side in ("Left", "Right")]
    if all(sides):
        message += f" (left {sides[0]}, right {sides[1]})"
    return message


def _side(logs: tuple[str, ...], side: str) -> str:
    # Anchor writes `Left: 1` for numbers, and the key in the next line for addresses.
    prefix = f"Program log: {side}:"
    for position, line in enumerate(logs):
        if line.startswith(prefix):
            rest = line[len(prefix) :].strip()
            follows = logs[position + 1] if position + 1 < len(logs) else ""
            return rest or follows.removeprefix("Program log: ").strip()
    return ""


def _anchor(logs: tuple[str, ...]) -> dict[str, str] | None:
    # The last one: an error that a program caught and went on from is not the one that failed it.
    for line in reversed(logs):
        if (found := _ANCHOR.search(line)) is not None:
            return {key: text or "" for key, text in found.groupdict().items()}
    return None


def _failing_program(logs: tuple[str, ...]) -> Pubkey | None:
    # An error passes from the innermost program outwards: the last run's first line is its origin.
    run: list[str] = []
    for line in logs:
        if (found := _FAILED.match(line)) is not None:
            run.append(found[1])
        elif _CONSUMED.match(line) is None:
            run = []
    return Pubkey.from_string(run[0]) if run else None


def _out_of_compute(reason: object, logs: tuple[str, ...]) -> bool:
    return reason == "ProgramFailedToComplete" and any(
        "exceeded CUs meter" in line for line in logs
    )


def _shortage(logs: tuple[str, ...]) -> str:
    for line in reversed(logs):
        if (found := _SHORT.search(line)) is not None:
            held, needed = int(found[1]), int(found[2])
            return f"holds {held:,} lamports, needs {needed:,}: {needed - held:,} short"
    return "holds too few lamports"


def _key(transaction: VersionedTransaction | None, index: int) -> str:
    if transaction is None or index >= len(transaction.message.account_keys):
        return f"number {index} of the transaction"
    return str(transaction.message.account_keys[index])


def _program_of(transaction: VersionedTransaction | None, index: int) -> Pubkey | None:
    if transaction is None or index >= len(transaction.message.instructions):
        return None
    return transaction.message.account_keys[
        transaction.message.instructions[index].program_id_index
    ]


def _position(transaction: VersionedTransaction | None, index: int) -> int:
    # The compute budget's instructions, put in front, are not the caller's.
    ahead = [_program_of(transaction, earlier) for earlier in range(index)]
    return index - ahead.count(COMPUTE_BUDGET_PROGRAM)


def _source(transaction: VersionedTransaction | None, index: int) -> str:
    if transaction is None or index >= len(transaction.message.instructions):
        return "an account"
    accounts = bytes(transaction.message.instructions[index].accounts)
    return _key(transaction, accounts[0]) if accounts else "an account"
