"""Token-2022 mints with extensions, as bytes: base, account type, then type-length-value entries."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.program.addresses import TOKEN_2022_PROGRAM_ID, Token
from tests.world import SOL, World, key_of

_BASE_LEN = 165
_MINT_LEN = 82
_IS_MINT = b"\x01"
_SOME, _NONE = b"\x01\x00\x00\x00", b"\x00\x00\x00\x00"


@dataclass(frozen=True)
class Extension:
    """A mint extension: its number in Token-2022, and its value."""

    number: int
    value: bytes


def _key(name: str) -> bytes:
    return bytes(key_of(name).pubkey())


METADATA_POINTER = Extension(18, _key("metadata authority") + _key("metadata"))
GROUP_POINTER = Extension(20, _key("group authority") + _key("group"))
GROUP_MEMBER_POINTER = Extension(22, _key("member authority") + _key("member"))
HARMLESS = {
    "metadata pointer": METADATA_POINTER,
    "group pointer": GROUP_POINTER,
    "group member pointer": GROUP_MEMBER_POINTER,
}

_FEE = struct.pack("<QQH", 0, 1_000, 100)
DANGEROUS = {
    "transfer fee": (
        Extension(1, _key("a") + _key("b") + bytes(8) + _FEE + _FEE),
        "MintTransferFee",
    ),
    "transfer hook": (Extension(14, _key("a") + _key("hook")), "MintTransferHook"),
    "permanent delegate": (Extension(12, _key("thief")), "MintPermanentDelegate"),
    "close authority": (Extension(3, _key("a")), "MintCloseAuthority"),
    "default state": (Extension(6, b"\x01"), "MintDefaultAccountState"),
    "frozen by default": (Extension(6, b"\x02"), "MintDefaultAccountState"),
    "pausable": (Extension(26, _key("a") + b"\x00"), "MintPausable"),
    "confidential transfer": (Extension(4, _key("a") + b"\x01" + bytes(32)), "MintConfidential"),
    "confidential fee": (
        Extension(16, _key("a") + bytes(32) + b"\x01" + bytes(64)),
        "MintConfidential",
    ),
    "confidential mint and burn": (Extension(24, bytes(32 + 36 + 64 + 64)), "MintConfidential"),
    "non-transferable": (Extension(9, b""), "MintNonTransferable"),
    "interest": (Extension(10, _key("a") + struct.pack("<qhqh", 0, 5, 0, 5)), "MintAmountScaled"),
    "scaled amount": (
        Extension(25, _key("a") + struct.pack("<dqd", 1.0, 0, 2.0)),
        "MintAmountScaled",
    ),
    "unknown": (Extension(999, bytes(8)), "MintExtensionUnknown"),
    "of an account": (Extension(8, b"\x01"), "MintExtensionUnknown"),
}


def mint_bytes(*extensions: Extension, decimals: int = 6, freezer: Pubkey | None = None) -> bytes:
    """The data of a mint whose authority is the bank."""
    base = _SOME + _key("bank") + struct.pack("<QBB", 0, decimals, 1)
    base += _NONE + bytes(32) if freezer is None else _SOME + bytes(freezer)
    assert len(base) == _MINT_LEN
    if not extensions:
        return base
    values = b"".join(struct.pack("<HH", e.number, len(e.value)) + e.value for e in extensions)
    return base.ljust(_BASE_LEN, b"\x00") + _IS_MINT + values


def put_mint(
    world: World, name: str, data: bytes, program: Pubkey = TOKEN_2022_PROGRAM_ID
) -> Token:
    """Writes a mint past all rules; what it is."""
    address = key_of(f"mint {name}").pubkey()
    world.ledger.set_account(address, lamports=SOL, owner=program, data=data)
    return Token(address, program, data[44])
