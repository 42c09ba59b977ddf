"""What a transaction did: its one event, and every balance and account that it changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from solders.pubkey import Pubkey

from fedsol.chain.records import Landed
from fedsol.program import PROGRAM_ID, events
from fedsol.program.addresses import TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID
from fedsol.program.events import Event
from fedsol.program.tokens import token_amount
from tests.program.invariants import KINDS
from tests.world import World, key_of

# What the system program says to the creation of an account that exists: older runtimes do not know
# the instruction that Anchor then uses.
ALREADY_THERE = ("AccountAlreadyInUse", "InvalidInstructionData")
_VARIANT = re.compile(r"[A-Z]\w*\.([A-Z]\w*)\((.*)\)", re.DOTALL)
_TOKEN_ACCOUNT_LEN = 165
_ACCOUNT_TYPE = 165
_IS_ACCOUNT = 2
_STATE_OFFSET, _FROZEN = 108, 2


def plain(value: Any) -> Any:
    """A decoded value in a form that compares: byte lists as bytes, enums as their names."""
    if isinstance(value, list | bytes) and all(isinstance(one, int) for one in value):
        return bytes(value) if all(0 <= one < 256 for one in value) else list(value)
    if hasattr(value, "kind"):
        held = getattr(value, "value", None)
        return (value.kind, _held_in(held)) if held else value.kind
    # AnchorPy gives events another kind of enum than accounts; what a variant holds comes with it.
    if (variant := _VARIANT.fullmatch(repr(value))) is not None:
        return variant[1] if not variant[2] else (variant[1], variant[2])
    if hasattr(value, "time") and hasattr(value, "slot"):
        return (value.time, value.slot)
    return value


def assert_event(world: World, landed: Landed, name: str, **fields: Any) -> Event:
    """The transaction emitted exactly one event, with exactly these fields.

    ``federation``, ``seq`` and ``slot`` go without saying: the federation's address (but of what is
    recorded in a challenge), the number of the account that it is recorded in, and the slot it
    landed in.
    """
    event = world.event(landed)
    assert event.name == name
    found = {key: plain(value) for key, value in vars(event.data).items()}
    if name not in events.IN_CHALLENGE:
        assert found.pop("federation") == world.ref.address
    assert found.pop("slot") == landed.slot
    assert found.pop("seq") == event.seq
    assert set(found) == set(fields), f"fields of {name}: {sorted(found)}"
    for key, value in fields.items():
        assert found[key] == value, f"{name}.{key}: {found[key]!r}, not {value!r}"
    return event


def _held_in(values: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in values.items())


@dataclass
class Change:
    """Differences that a block of code made; what did not change is not in it.

    ``tokens`` by token account, ``lamports`` by address (without the bank's, who pays the fees),
    ``supply`` by mint, ``written`` accounts of the program, ``record`` by account: events added.
    """

    tokens: dict[Pubkey, int] = field(default_factory=dict)
    lamports: dict[Pubkey, int] = field(default_factory=dict)
    supply: dict[Pubkey, int] = field(default_factory=dict)
    written: set[Pubkey] = field(default_factory=set)


@contextmanager
def change(world: World) -> Iterator[Change]:
    """Everything that the block changes, on the whole chain."""
    found = Change()
    before = world.snapshot()
    yield found
    after = world.snapshot()
    bank = key_of("bank").pubkey()
    for address in before.keys() | after.keys():
        old, new = before.get(address), after.get(address)
        lamports = (new[0] if new else 0) - (old[0] if old else 0)
        if lamports and address != bank:
            found.lamports[address] = lamports
        if (tokens := _held(new) - _held(old)) != 0:
            found.tokens[address] = tokens
        if (minted := _supply(new) - _supply(old)) != 0:
            found.supply[address] = minted
        ours = any(one is not None and one[1] == PROGRAM_ID for one in (old, new))
        if ours and (old is None or new is None or old[2] != new[2]):
            found.written.add(address)


def _is_tokens(raw: Any) -> bool:
    _lamports, owner, data = raw
    if owner not in (TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID) or len(data) < _TOKEN_ACCOUNT_LEN:
        return False
    return len(data) == _TOKEN_ACCOUNT_LEN or data[_ACCOUNT_TYPE] == _IS_ACCOUNT


def _held(raw: Any) -> int:
    return token_amount(raw[2]) if raw is not None and _is_tokens(raw) else 0


def _supply(raw: Any) -> int:
    if raw is None or raw[1] not in (TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID) or _is_tokens(raw):
        return 0
    return int.from_bytes(raw[2][36:44], "little")


def rent(world: World, kind: Any, *, more: int = 0) -> int:
    """The rent of an account of the program, with ``more`` bytes behind its fields."""
    return world.ledger.bank.rent(SPACE[kind.__name__] + more)


# Bytes of each account, discriminator included, without what follows its fields.
SPACE = {
    "Federation": 742,
    "Participant": 476,
    "Round": 892,
    "Submission": 277,
    "Evaluation": 177,
    "Challenge": 546,
}
assert {kind.__name__ for kind in KINDS} == set(SPACE)


def token_authority(world: World, tokens: Pubkey) -> Pubkey:
    """Whose a token account is."""
    account = world.ledger.get_account(tokens)
    assert account is not None
    return Pubkey.from_bytes(bytes(account.data)[32:64])


def freeze_tokens(world: World, address: Pubkey) -> None:
    """Freezes a token account, as its mint's freeze authority can."""
    account = world.ledger.get_account(address)
    assert account is not None
    data = bytearray(account.data)
    data[_STATE_OFFSET] = _FROZEN
    world.ledger.set_account(
        address, lamports=account.lamports, owner=account.owner, data=bytes(data)
    )


def heads_replayed(world: World) -> dict[Pubkey, tuple[int, bytes]]:
    """Number of events and head of every record, from all that ever landed."""
    found: dict[Pubkey, tuple[int, bytes]] = {}
    for transaction in world.ledger.history.transactions:
        if transaction.err is not None:
            continue
        for event in events.from_logs(transaction.logs):
            _seq, head = found.get(event.recorded_in, (0, events.HEAD_START))
            found[event.recorded_in] = (event.seq, events.extend(head, event))
    return found
