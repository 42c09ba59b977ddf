"""Evidence in transactions that fit: long paths in pieces, short steps together.

A chunk and the path of a model of millions of parameters are more than the 1,232 bytes that a
transaction may have; two chunks of a small model are less.
"""

from collections.abc import Callable, Sequence

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.chain import MAX_COMPUTE_UNITS, PACKET_SIZE, Draft
from fedsol.errors import TransactionTooLarge

Make = Callable[[bytes, Sequence[bytes]], Instruction]
"""The instruction that shows a chunk (empty where a path goes on) and some siblings."""

_PRICE = 1  # any: so that a transaction that pays for its place fits as well
_LENGTH_BYTE = 1  # siblings can make the length of an instruction's data a byte longer


def pieces_of(
    make: Make, chunk: bytes, siblings: Sequence[bytes], payer: Pubkey
) -> list[Instruction]:
    """The instructions, one for each transaction, that show a chunk and its path.

    The first one carries the chunk; with an empty ``chunk`` a path that was begun goes on.
    """
    found: list[Instruction] = []
    rest = list(siblings)
    while True:
        first = b"" if found else chunk
        room = PACKET_SIZE - transaction_size([make(first, ())], payer) - _LENGTH_BYTE
        fits = room // len(rest[0]) if rest else 0
        found.append(make(first, rest[:fits]))
        rest = rest[fits:]
        if not rest:
            return found


def pack(steps: Sequence[Instruction], payer: Pubkey) -> list[list[Instruction]]:
    """The steps in their order, in as few transactions as they fit.

    Raises TransactionTooLarge if one step alone does not fit.
    """
    packed: list[list[Instruction]] = []
    for step in steps:
        if transaction_size([step], payer) > PACKET_SIZE:
            raise TransactionTooLarge("a step of a dispute does not fit one transaction")
        together = [*packed[-1], step] if packed else [step]
        if packed and transaction_size(together, payer) <= PACKET_SIZE:
            packed[-1] = together
        else:
            packed.append([step])
    return packed


def transaction_size(steps: Sequence[Instruction], payer: Pubkey) -> int:
    """Bytes of the transaction with these steps, with a compute limit and a fee for its place."""
    return Draft(tuple(steps), payer).with_budget(units=MAX_COMPUTE_UNITS, price=_PRICE).size
