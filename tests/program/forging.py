"""Updates that lie: sum trees that their values do not have.

Each function yields values (int16[d]) and a tree whose root a cheater may commit to. The bytes that
are published are the values'; the lie is in the tree, or in what the values hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from fedsol.learning import Tree
from fedsol.learning.merkle import EMPTY_HASH, UPDATE_VALUES, chunk_sum, leaf_hash, update_chunk

Values = NDArray[np.int16]


def chunks_of(values: Values) -> list[bytes]:
    """An update's chunks."""
    return [update_chunk(values, i) for i in range(-(-values.size // UPDATE_VALUES))]


def sum_tree(
    chunks: Sequence[bytes],
    *,
    leaves: Mapping[int, int] | None = None,
    nodes: Mapping[tuple[int, int], int] | None = None,
    stand_in: bytes = EMPTY_HASH + bytes(8),
) -> Tree:
    """The sum tree of chunks (256 bytes each), with lies.

    ``leaves`` declare other sums than their chunks have, by index; ``nodes`` other sums than their
    children's, by level (leaves are 0) and place. ``stand_in`` is what an odd node is paired with.
    Sums are taken modulo 2**64.
    """
    lies = {(0, index): total for index, total in (leaves or {}).items()} | dict(nodes or {})
    level = [
        _record(leaf_hash(i, chunk), lies.get((0, i), chunk_sum(chunk)))
        for i, chunk in enumerate(chunks)
    ]
    levels = []
    while len(level) > 1:
        level += [stand_in] * (len(level) % 2)
        levels.append(level)
        height = len(levels)
        level = [
            _record(
                sha256(b"\x01" + left + right).digest(),
                lies.get((height, place), _sum(left) + _sum(right)),
            )
            for place, (left, right) in enumerate(zip(level[::2], level[1::2], strict=True))
        ]
    levels.append(level)
    stacked = (np.frombuffer(b"".join(one), np.uint8).reshape(-1, 40) for one in levels)
    return Tree(tuple(stacked), len(chunks))


def _sum(record: bytes) -> int:
    return int.from_bytes(record[32:], "little")


def _record(digest: bytes, total: int) -> bytes:
    return digest + (total % 2**64).to_bytes(8, "little")
