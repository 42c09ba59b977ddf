"""What trainers commit to and aggregators post, by word: honest work, and every kind that is a fault."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from random import Random

from tests.property.model import U64, Rules, digest
from tests.property.names import address
from tests.property.trees import (
    MODEL,
    UPDATE,
    Model,
    Tree,
    chunk_count,
    model_of,
    per_chunk,
    tree_of,
    values_in,
)
from tests.vectors.generate import aggregated, plant_chunk

# Every word of a trainer but ``plant …`` and ``spoiled …``, which name the secret of a plant.
WORDS = ("good", "edge", "long", "lying", "wide", "padded", "wrapped", "lost")
SECRETS = ("s0", "s1", "s2")
BITS = (2, 4)  # behind the binary point of a model and of an update: so rounding matters
_ROOM = 1_000  # a norm bound from which on there is room for more than one value


@dataclass(frozen=True)
class Update:
    """An update: the root that is committed, its norm², and its tree, unless nobody has it."""

    root: bytes
    norm: int
    tree: Tree | None = field(default=None, repr=False)


def secret_of(fed: str, owner: str, name: str) -> bytes:
    """The secret with which somebody is armed to plant."""
    return digest("secret", fed, owner, name)


def plant_seed(fed: str, number: int, owner: str, name: str) -> bytes:
    """The seed of what such a secret plants in a round."""
    return hashlib.sha256(secret_of(fed, owner, name) + bytes(address(f"{fed}#{number}"))).digest()


def plant_amplitude(rules: Rules) -> int:
    """How loud a plant is that stays within the norm bound."""
    return 2 if rules.norm >= _ROOM else 1


@lru_cache(maxsize=4096)
def update_of(fed: str, number: int, author: str, word: str, rules: Rules) -> Update:
    """The update that an author makes in a round under a word."""
    if word == "lost":
        return Update(digest("lost", fed, number, author), 1)
    tree = _tree(fed, number, author, word, rules)
    return Update(*tree.root, tree)


def _tree(fed: str, number: int, author: str, word: str, rules: Rules) -> Tree:
    kind, _, secret = word.partition(" ")
    if secret:
        return _plant(plant_seed(fed, number, author, secret), kind == "spoiled", rules)
    chance = Random(f"{fed} {number} {author} {word}")
    values = _noise(chance, rules) if rules.masked else _honest(chance, rules)
    lies: dict[int, int] = {}
    if word in ("edge", "long"):
        # Of one value in the first chunk: its leaf makes up for the rest of the bound.
        values = [1] + [0] * (rules.update_size - 1)
        lies = {0: rules.norm + (word == "long")}
    elif word == "wide":
        # Under masks the largest there is, which is honest.
        values[-1] = -rules.bound if rules.masked else rules.bound + 1
    elif word == "padded":
        values.append(1)
    elif word == "wrapped" and rules.update_size > per_chunk(UPDATE):
        values[per_chunk(UPDATE)] = 1
        lies = {0: U64}
    elif word != "good":
        values[0] = 1
        lies = {0: sum(v * v for v in values[: per_chunk(UPDATE)]) - 1}
    room = chunk_count(UPDATE, rules.update_size) * per_chunk(UPDATE)
    return tree_of(UPDATE, values[:room], rules.update_size, lies=lies)


def _noise(chance: Random, rules: Rules) -> list[int]:
    """Masked words: nobody can tell what is in them."""
    return [chance.randrange(-(2**15), 2**15) for _ in range(rules.update_size)]


def _honest(chance: Random, rules: Rules) -> list[int]:
    values = [0] * rules.parameters
    if rules.norm < _ROOM:
        values[chance.randrange(rules.parameters)] = chance.choice((-1, 1))
    else:
        for _ in range(10):
            values[chance.randrange(rules.parameters)] = chance.randint(-9, 9)
    return values


def _plant(seed: bytes, spoiled: bool, rules: Rules) -> Tree:
    amplitude = plant_amplitude(rules)
    count = chunk_count(UPDATE, rules.parameters)
    values = []
    for index in range(count):
        values += values_in(plant_chunk(seed, index, amplitude, rules.parameters), UPDATE)
    values[0] += spoiled
    return tree_of(UPDATE, values, rules.parameters, lies={})


@lru_cache(maxsize=1024)
def first_model(fed: str, rules: Rules) -> Model:
    """The model that a federation starts with."""
    chance = Random(f"first model of {fed}")
    values = [chance.randint(-50, 50) for _ in range(rules.parameters)]
    # So that a step may reach the end of the integers.
    values[0] = chance.choice((2**31 - 1, -(2**31), 0))
    return model_of(values, rules.parameters)


def next_value(base: int, column: list[int], rules: Rules, weights: Sequence[int] = ()) -> int:
    """What the federation's rule makes of one coordinate: the model's next value there.

    ``weights`` are those of a selection; without any, all count alike.
    """
    vector = {
        "values": column,
        "weights": list(weights) or [1] * len(column),
        "rule": "mean" if rules.selects or rules.masked else rules.rule,
        "trim": rules.trim,
        "lr": [1, 1],
        "bits": list(BITS),
        "model": base,
    }
    found = aggregated(vector)
    assert found is not None
    return found


@lru_cache(maxsize=4096)
def next_model(
    base: Model, updates: tuple[Update, ...], rules: Rules, word: str, weights: tuple[int, ...] = ()
) -> Model:
    """What an aggregator posts: ``good``, ``padded``, ``lost``, or ``wrong`` and a coordinate.

    What nobody has counts as zeros: whoever aggregates it cannot be right. Where a selection gives
    nobody a weight, the model stays.
    """
    if word == "lost":
        return Model(digest("lost", base.root, *(update.root for update in updates)))
    zeros = [0] * rules.parameters
    before = list(base.values) or zeros
    rows = [values_of(update, rules) for update in updates]
    moves = not weights or any(weights)
    columns = ([row[c] for row in rows] for c in range(rules.parameters))
    after = [
        next_value(value, column, rules, weights) if moves and any(column) else value
        for value, column in zip(before, columns, strict=True)
    ]
    kind, _, place = word.partition(" ")
    if kind == "wrong":
        after[int(place) % len(after)] ^= 1
    made = model_of(after, rules.parameters)
    if kind == "padded" and rules.parameters % per_chunk(MODEL):
        tree = tree_of(MODEL, [*after, 1], rules.parameters, lies={})
        made = replace(made, root=tree.root[0], tree=tree)
    return made


def values_of(update: Update, rules: Rules) -> list[int]:
    """The values of an update; zeros where nobody has them."""
    if update.tree is None:
        return [0] * rules.parameters
    found = [v for chunk in update.tree.chunks for v in values_in(chunk, UPDATE)]
    return found[: rules.parameters]
