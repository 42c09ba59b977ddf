"""Rewrites the chain past all rules, so that an invariant has something to find."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from solders.pubkey import Pubkey

from tests.property.driver import Driver
from tests.property.names import address
from tests.property.view import View


def view(driver: Driver) -> View:
    """The chain as it is now."""
    return View.of(driver.world.scan())


@contextmanager
def undone(driver: Driver) -> Iterator[Driver]:
    """Puts back whatever is altered on the chain; no step may be taken meanwhile."""
    before = driver.world.scan()
    yield driver
    after = driver.world.scan()
    for key in before.keys() | after.keys():
        if before.get(key) != after.get(key):
            lamports, owner, data = before.get(key, (0, Pubkey.default(), b""))
            driver.world.ledger.set_account(key, lamports=lamports, owner=owner, data=data)


def alter(driver: Driver, kind: type, name: str, change: Callable[[Any], Any]) -> None:
    """Rewrites an account's content past all rules."""
    key = address(name)
    account = driver.world.ledger.get_account(key)
    assert account is not None
    content = change(kind.decode(account.data))
    fields = {f.name: encodable(getattr(content, f.name)) for f in dataclasses.fields(content)}
    data = bytes(kind.discriminator) + kind.layout.build(fields)
    data += account.data[len(data) :]
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
    """Rewrites an account's lamports past all rules."""
    key = address(name)
    account = driver.world.ledger.get_account(key)
    assert account is not None
    driver.world.ledger.set_account(
        key, lamports=account.lamports + delta, owner=account.owner, data=account.data
    )


def remove(driver: Driver, name: str) -> None:
    """Takes an account away past all rules."""
    driver.world.ledger.set_account(address(name), lamports=0)


def changed(**fields: Any) -> Callable[[Any], Any]:
    """An account with other fields."""
    return lambda account: dataclasses.replace(account, **fields)


def plus(field: str, delta: int) -> Callable[[Any], Any]:
    """An account with a number that is off."""
    return lambda account: dataclasses.replace(account, **{field: getattr(account, field) + delta})
