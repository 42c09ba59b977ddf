"""The plain values that the chain layer hands out."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from solders.instruction import CompiledInstruction
from solders.pubkey import Pubkey
from solders.signature import Signature

PACKET_SIZE = 1232
"""Bytes of the largest transaction that a cluster takes (one IPv6 packet)."""

SLOT_SECONDS = 0.4
"""Seconds that the embedded chain gives a slot."""

BLOCKHASH_LIFE = 150
"""Blocks for which a blockhash can be used."""

MAX_COMPUTE_UNITS = 1_400_000
"""Compute units that one transaction can ask for."""

LAMPORTS_PER_SIGNATURE = 5_000
"""Base fee of one signature, in lamports."""

CLOCK_SYSVAR = Pubkey.from_string("SysvarC1ock11111111111111111111111111111111")
COMPUTE_BUDGET_PROGRAM = Pubkey.from_string("ComputeBudget111111111111111111111111111111")
SYSTEM_PROGRAM = Pubkey.from_string("11111111111111111111111111111111")
TOKEN_PROGRAM = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
TOKEN_2022_PROGRAM = Pubkey.from_string("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb")


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the chain holds it."""

    address: Pubkey
    lamports: int
    owner: Pubkey
    data: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The cluster's time: the Clock sysvar's slot and unix timestamp (seconds)."""

    slot: int
    unix_timestamp: int

    @classmethod
    def from_sysvar(cls, data: bytes) -> Clock:
        """Reads the Clock sysvar's 40 bytes."""
        slot, _start, _epoch, _schedule, timestamp = struct.unpack("<QqQQq", data[:40])
        return cls(slot=slot, unix_timestamp=timestamp)


@dataclass(frozen=True, slots=True)
class Landed:
    """A transaction that took effect.

    ``units`` are compute units, ``fee`` is in lamports; ``logs`` can be cut by the cluster at 10
    kB.
    """

    signature: Signature
    slot: int
    units: int
    fee: int
    logs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """A transaction of an address's history.

    ``err`` is the chain's own JSON error (``None``: it succeeded); ``block_time`` is in unix
    seconds; ``raw`` are the signed bytes. ``loaded`` are the addresses that lookup tables added,
    ``inner`` the instructions that programs called, in order, where the node tells of them.
    """

    signature: Signature
    slot: int
    block_time: int | None
    err: object | None
    logs: tuple[str, ...]
    fee: int
    units: int
    raw: bytes
    loaded: tuple[Pubkey, ...] = ()
    inner: tuple[CompiledInstruction, ...] = ()
