"""Rewrites the chain past all rules, so that an invariant has something to find."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from tests.property.driver import Driver
from tests.property.names import address


def alter(driver: Driver, kind: type, name: str, change: Callable[[Any], Any]) -> None:
    """Rewrites an account's content past all rules."""
    key = address(name)
    account = driver.world.ledger.get_account(key)
    assert account is not None
    content = change(kind.decode(account.data))
    fields = {f.name: encodable(getattr(content, f.name)) for f in dataclasses.fields(content)}
    data = bytes(kind.discriminator) + kind.layout.build(fields)
    data = data.ljust(len(account.data), b"\0")
    driver.world.ledger.set_account(key, lamports=account.lamports, owner=account.owner, data=data)


def encodable(value: Any) -> Any:
    """A field as its layout encodes it."""
    if isinstance(value, list):
        return [encodable(item) for item in value]
    return value.to_encodable() if hasattr(value, "to_encodable") else value


def alter_tokens(driver: Driver, name: str, delta: int) -> None:
    """Rewrites a token account's balance past all rules."""
    key = address(name)
    account = driver.world.ledger.get_account(key)
    assert account is not None
    amount = int.from_bytes(account.data[64:72], "little") + delta
    data = account.data[:64] + amount.to_bytes(8, "little") + account.data[72:]
    driver.world.ledger.set_account(key, lamports=account.lamports, owner=account.owner, data=data)


def alter_lamports(driver: Driver, name: str, delta: int) -> None:
    """Rewrites an account's lamports past all rules; at zero it is gone."""
    key = address(name)
    account = driver.world.ledger.get_account(key)
    assert account is not None
    driver.world.ledger.set_account(
        key, lamports=account.lamports + delta, owner=account.owner, data=account.data
    )
