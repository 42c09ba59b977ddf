"""Merkle trees of models and updates in plain Python, and paths in them, right or wrong.

A definition of its own, from the text of ``docs/`` alone: the package's trees are not used. A leaf may
declare any sum, so that updates can lie.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

CHUNK = 256
UPDATE, MODEL = "update", "model"
WIDTH = {UPDATE: 2, MODEL: 4}
RECORD = {UPDATE: 40, MODEL: 32}
_EMPTY = hashlib.sha256(b"\0\xff\xff\xff\xff").digest(), 0

Node = tuple[bytes, int]


@dataclass(frozen=True)
class Proof:
    """A chunk with its declared sum and sibling records, as somebody shows them; ``label`` says how."""

    chunk: bytes = field(repr=False)
    siblings: bytes = field(repr=False)
    declared: int = 0
    label: str = "whole"
    # Of a selection: which of the chunks that are asked for.
    place: int = 0


@dataclass(frozen=True)
class Tree:
    """The tree over some chunks whose leaves declare some sums (zeros, in a model's tree)."""

    kind: str
    chunks: tuple[bytes, ...] = field(repr=False)
    sums: tuple[int, ...]

    @cached_property
    def levels(self) -> list[list[Node]]:
        """All levels, leaves first, each filled up to an even number but the last."""
        leaves = enumerate(zip(self.chunks, self.sums, strict=True))
        levels = [[(leaf(index, chunk), total) for index, (chunk, total) in leaves]]
        while len(levels[-1]) > 1:
            if len(levels[-1]) % 2:
                levels[-1].append(_EMPTY)
            pairs = zip(levels[-1][::2], levels[-1][1::2], strict=True)
            levels.append([parent(left, right, self.kind) for left, right in pairs])
        return levels

    @property
    def root(self) -> Node:
        """The root's hash and sum."""
        return self.levels[-1][0]

    def proof(self, index: int) -> Proof:
        """The whole path of a chunk."""
        inner = enumerate(self.levels[:-1])
        siblings = b"".join(record(level[(index >> i) ^ 1], self.kind) for i, level in inner)
        return Proof(self.chunks[index], siblings, self.sums[index])

    def value(self, coordinate: int) -> int:
        """The value at a coordinate, behind the last parameter as well."""
        return value_in(self.chunks[coordinate // per_chunk(self.kind)], coordinate, self.kind)


@dataclass(frozen=True)
class Model:
    """A posted model: its root, and its values and tree, unless nobody has them."""

    root: bytes
    tree: Tree | None = field(default=None, repr=False)
    values: tuple[int, ...] = field(default=(), repr=False)


def per_chunk(kind: str) -> int:
    """How many values a chunk holds."""
    return CHUNK // WIDTH[kind]


def chunk_count(kind: str, parameters: int) -> int:
    """How many chunks hold so many values."""
    return -(-parameters // per_chunk(kind))


def leaf(index: int, chunk: bytes) -> bytes:
    """A leaf's hash."""
    return hashlib.sha256(b"\0" + index.to_bytes(4, "little") + chunk).digest()


def record(node: Node, kind: str) -> bytes:
    """What of a node its parent hashes."""
    return node[0] + (node[1].to_bytes(8, "little") if kind == UPDATE else b"")


def parent(left: Node, right: Node, kind: str) -> Node:
    """The node above two; a sum that does not fit 64 bits loses what is above them."""
    body = b"\1" + record(left, kind) + record(right, kind)
    return hashlib.sha256(body).digest(), (left[1] + right[1]) % 2**64


def tree_of(kind: str, values: Sequence[int], parameters: int, *, lies: dict[int, int]) -> Tree:
    """The tree of values; ``lies`` are the leaves that declare another sum than Σ q²."""
    width, size = WIDTH[kind], per_chunk(kind)
    count = chunk_count(kind, parameters)
    parts = [values[i * size : (i + 1) * size] for i in range(count)]
    chunks = [b"".join(v.to_bytes(width, "little", signed=True) for v in part) for part in parts]
    sums = [sum(v * v for v in part) if kind == UPDATE else 0 for part in parts]
    declared = tuple(lies.get(index, total) for index, total in enumerate(sums))
    return Tree(kind, tuple(chunk.ljust(CHUNK, b"\0") for chunk in chunks), declared)


def model_of(values: Sequence[int], parameters: int) -> Model:
    """A model whose values everybody has."""
    tree = tree_of(MODEL, values, parameters, lies={})
    return Model(tree.root[0], tree, tuple(values))


def values_in(chunk: bytes, kind: str) -> list[int]:
    """All values of a chunk."""
    width = WIDTH[kind]
    cells = (chunk[i : i + width] for i in range(0, CHUNK, width))
    return [int.from_bytes(cell, "little", signed=True) for cell in cells]


def value_in(chunk: bytes, coordinate: int, kind: str) -> int:
    """The value of a coordinate in its chunk."""
    return values_in(chunk, kind)[coordinate % per_chunk(kind)]
