"""What aggregators select where the rule asks for it, by word: rightly, or in a way that is a fault.

A definition of its own, one integer at a time, with nothing of the package's. Weights come first, then
row by row the squared distances; each padded with zeros to whole chunks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tests.property.model import Rules, digest
from tests.property.trees import CHUNK, MODEL, Tree
from tests.property.updates import Update, values_of
from tests.vectors.generate_selection import NO_DISTANCE, distance

WEIGHTS, DISTANCES = 64, 32  # in a chunk
# How an aggregator selects; each rule has no more than some of the faults.
WORDS = ("good", "heavy", "favour", "off", "self", "stray", "fallen", "behind", "none", "lost")
Row = tuple[int, ...]


@dataclass(frozen=True)
class Choice:
    """A posted selection: its root, and its weights, rows and tree, unless nobody has them.

    ``right``: whether it is what the rule asks for, by definition.
    """

    root: bytes
    right: bool
    chunks: int
    weights: Row = ()
    table: tuple[Row, ...] = field(default=(), repr=False)
    tree: Tree | None = field(default=None, repr=False)


def whole(values: Sequence[int], per_chunk: int) -> Row:
    """Values with the zeros that fill their last chunk."""
    return (*values, *[0] * (-len(values) % per_chunk))


def table_chunks(rule: str, count: int) -> tuple[int, int]:
    """Chunks of the weights of so many submissions, and of each row."""
    rows = -(-count // DISTANCES) if rule == "multi_krum" else 0
    return -(-count // WEIGHTS), rows


def chunk_of_row(rule: str, count: int, row: int) -> int:
    """The first chunk of a row; of the row behind the last one: how many chunks there are."""
    weights, each = table_chunks(rule, count)
    return weights + row * each


def score(row: Sequence[int], own: int, count: int, neighbours: int) -> int | None:
    """The sum of the nearest distances to others; None if there are not as many."""
    known = sorted(d for at, d in enumerate(row[:count]) if at != own and d != NO_DISTANCE)
    return sum(known[:neighbours]) if len(known) >= neighbours else None


def comes_before(
    second: tuple[Row, int], first: tuple[Row, int], count: int, neighbours: int
) -> bool:
    """Whether a row comes before another one; one without a score comes before none."""
    ranks = [score(row, own, count, neighbours) for row, own in (second, first)]
    if ranks[0] is None:
        return False
    return ranks[1] is None or (ranks[0], second[1]) < (ranks[1], first[1])


def unfit(weights: Row, count: int, rules: Rules) -> bool:
    """Whether no rule gives such weights, padding included."""
    if any(weights[count:]):
        return True
    if rules.rule == "weighted":
        return sum(weights) == 0
    return sum(weights) != rules.keep or max(weights) > 1


@lru_cache(maxsize=4096)
def choice_of(updates: tuple[Update | None, ...], rules: Rules, word: str) -> Choice:
    """What is selected of the revealed updates, by index; None for those that are not accepted."""
    count = len(updates)
    accepted = [at for at, one in enumerate(updates) if one is not None]
    right, table = _rightly(updates, accepted, rules)
    chunks = chunk_of_row(rules.rule, count, count)
    if word == "lost":
        return Choice(digest("lost", *accepted, *right), False, chunks)
    weights, rows = _wrongly(right, table, accepted, word)
    same = (weights, rows) == (right, table)
    fits = not unfit(weights, count, rules) and all(weights[at] == 0 for at in _others(updates))
    words = [value.to_bytes(4, "little") for value in weights]
    words += [value.to_bytes(8, "little") for row in rows for value in row]
    data = b"".join(words)
    parts = tuple(data[at : at + CHUNK] for at in range(0, len(data), CHUNK))
    tree = Tree(MODEL, parts, (0,) * len(parts))
    made = Choice(tree.root[0], same, chunks, weights, rows, tree)
    return replace(made, right=fits) if rules.rule == "weighted" else made


def _others(updates: Sequence[Update | None]) -> list[int]:
    return [at for at, one in enumerate(updates) if one is None]


def _rightly(
    updates: Sequence[Update | None], accepted: list[int], rules: Rules
) -> tuple[Row, tuple[Row, ...]]:
    count = len(updates)
    if rules.rule == "weighted":
        return whole([at + 1 if at in accepted else 0 for at in range(count)], WEIGHTS), ()
    values = [values_of(one, rules) if one else [] for one in updates]
    table = tuple(
        whole(
            [
                distance(values[i], values[j]) if {i, j} <= set(accepted) else NO_DISTANCE
                for j in range(count)
            ],
            DISTANCES,
        )
        for i in range(count)
    )
    neighbours = len(accepted) - 2
    ranked = sorted(accepted, key=lambda at: (score(table[at], at, count, neighbours) or 0, at))
    kept = ranked[: rules.keep]
    return whole([int(at in kept) for at in range(count)], WEIGHTS), table


def _wrongly(
    right: Row, table: tuple[Row, ...], accepted: list[int], word: str
) -> tuple[Row, tuple[Row, ...]]:
    """The right selection with the fault that a word names, where it has a place."""
    weights, rows = list(right), [list(row) for row in table]
    count = max(len(rows), max(accepted) + 1)
    kept = [at for at in accepted if weights[at]]
    passed = [at for at in accepted if not weights[at]]
    out = [at for at in range(count) if at not in accepted]
    if word == "heavy" and rows:
        weights[kept[0]] += 1
    elif word == "favour" and passed:
        weights[kept[-1]], weights[passed[-1]] = 0, 1
    elif word == "off" and rows:
        rows[accepted[0]][accepted[-1]] += 1
    elif word == "self" and rows:
        rows[accepted[-1]][accepted[-1]] = 1
    elif word == "stray" and rows:
        rows[accepted[0]][-1] = 7
    elif word == "fallen" and out:
        weights[kept[0]], weights[out[0]] = 0, 1
    elif word == "behind":
        weights[-1] = 1
    elif word == "none":
        weights = [0] * len(weights)
    return tuple(weights), tuple(tuple(row) for row in rows)
