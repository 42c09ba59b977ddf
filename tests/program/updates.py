"""Numbers behind the roots of a world: what people learn and aggregators post, each with its tree.

``open_world(real=True)`` makes a world with ``numbers``; without them its roots lead nowhere. Every
person has learnt something by default, and aggregators post what the rule makes of it, until a test
says otherwise: ``learn`` gives somebody other values or another tree, ``post`` another model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fedsol.artifacts import artifact_hash, encode_model, encode_update
from fedsol.learning import Evidence, Tree, aggregate, model_tree, update_tree
from fedsol.learning.merkle import model_chunk, update_chunk
from fedsol.learning.plant import plant_update
from fedsol.learning.selection import Selection, select
from fedsol.program import Submission
from fedsol.program.commitment import Update, plant_seed
from fedsol.program.params import SELECTING
from fedsol.roles.rules import rule_of, scale_of, selection_rule_of
from tests.program.naming import digest

if TYPE_CHECKING:
    from tests.world import World

_VALUES_IN_CHUNK = {np.dtype(np.int16): 128, np.dtype(np.int32): 64}


@dataclass(frozen=True)
class Shown:
    """Values (int16[d] of an update, int32[d] of a model) and the tree that is claimed of them."""

    values: NDArray[Any]
    tree: Tree

    @property
    def root(self) -> bytes:
        """The root's hash."""
        return self.tree.root.hash

    @property
    def data(self) -> bytes:
        """The bytes that would be stored."""
        encode = encode_update if self.values.dtype == np.int16 else encode_model
        return encode(self.values)

    @property
    def artifact(self) -> bytes:
        """SHA-256 of the stored bytes."""
        return artifact_hash(self.data)

    @property
    def update(self) -> Update:
        """What a trainer commits to."""
        return Update(self.root, self.tree.root.sum, self.artifact)

    def chunk(self, index: int) -> bytes:
        """A chunk's 256 bytes."""
        of = update_chunk if self.values.dtype == np.int16 else model_chunk
        return of(self.values, index)

    def path(self, index: int) -> tuple[bytes, ...]:
        """A chunk's sibling records from the leaf up."""
        return self.tree.prove(index).siblings

    def sum_of(self, index: int) -> int:
        """The Σ q² that a chunk's leaf declares."""
        return int.from_bytes(self.tree.levels[0][index][32:].tobytes(), "little")

    def evidence(self, coordinate: int) -> Evidence:
        """The chunk that holds a coordinate, with its path; also of padding."""
        index, offset = divmod(coordinate, _VALUES_IN_CHUNK[self.values.dtype])
        return Evidence(index, offset, self.chunk(index), self.path(index))


@dataclass
class Numbers:
    """Everybody's numbers: updates by person and round, models by round (0: the first one),
    selections by round.

    With ``halves`` updates are masked words, so many int16 of noise for each parameter, and the model
    that is posted is any: no program can tell.
    """

    size: int
    halves: int = 0
    updates: dict[tuple[str, int], Shown] = field(default_factory=dict)
    models: dict[int, Shown] = field(default_factory=dict)
    selections: dict[int, Selection] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = _draw(self.size, np.int32, 100_000, "the first model")
        self.models[0] = Shown(values, model_tree(values))

    def learnt(self, who: str, number: int) -> Shown:
        """What a person has learnt in a round."""
        if (who, number) not in self.updates:
            self.learn(who, number, self._drawn(who, number))
        return self.updates[who, number]

    def learn(
        self, who: str, number: int, values: NDArray[np.int16], tree: Tree | None = None
    ) -> Shown:
        """From now on a person has learnt these values, and claims that tree (its own unless given)."""
        self.updates[who, number] = Shown(values, tree or update_tree(values))
        return self.updates[who, number]

    def _drawn(self, who: str, number: int) -> NDArray[np.int16]:
        if self.halves:
            return _noise(self.size * self.halves, who, number)
        return _draw(self.size, np.int16, 20, who, number)

    def interleaved(self, first: str, second: str, number: int) -> bytes:
        """Two people's updates as a challenger streams them: chunk by chunk in turn."""
        pair = self.learnt(first, number), self.learnt(second, number)
        chunks = range(pair[0].tree.chunks)
        return b"".join(shown.chunk(index) for index in chunks for shown in pair)

    def plant(self, world: World, who: str, amplitude: int, number: int | None = None) -> Shown:
        """From now on what a person has learnt is the noise of its secret for the round."""
        number = number or world.number
        seed = plant_seed(world.secret(who, number), world.round_at(number))
        return self.learn(who, number, plant_update(seed, amplitude, self.size))

    def post(self, number: int, values: NDArray[np.int32]) -> Shown:
        """From now on this is the model that the round's aggregators post."""
        self.models[number] = Shown(values, model_tree(values))
        return self.models[number]

    def posted(self, world: Any, number: int) -> Shown:
        """The model that is posted in a round: what was said, or what the rule makes of it."""
        return self.models.get(number) or self.true_model(world, number)

    def true_model(self, world: Any, number: int) -> Shown:
        """What the rule makes of the submissions that are accepted now, or of those that are selected."""
        if self.halves:
            values = _draw(self.size, np.int32, 100_000, "unmasked", number)
            return Shown(values, model_tree(values))
        round_ = world.read_round(number)
        accepted = self._accepted(world, number)
        weights = [submission.weight for submission, _shown in accepted]
        if round_.params.rule.kind in SELECTING:
            chosen = self.chosen(world, number).weights
            weights = [int(chosen[submission.index]) for submission, _shown in accepted]
        if not any(weights):
            return self.base(number)
        values = aggregate(
            self.base(number).values,
            np.stack([shown.values for _submission, shown in accepted]),
            np.array(weights, np.uint32),
            rule_of(round_.params.rule),
            scale_of(round_),
        )
        return Shown(values, model_tree(values))

    def choose(self, number: int, selection: Selection) -> Selection:
        """From now on this is the selection that the round's aggregators post."""
        self.selections[number] = selection
        return selection

    def chosen(self, world: Any, number: int) -> Selection:
        """The selection that is posted in a round: what was said, or the true one."""
        return self.selections.get(number) or self.true_selection(world, number)

    def true_selection(self, world: Any, number: int) -> Selection:
        """What Multi-Krum selects of the submissions that are accepted now; else each weighs the same."""
        round_ = world.read_round(number)
        accepted = self._accepted(world, number)
        indices = [submission.index for submission, _shown in accepted]
        rule = selection_rule_of(round_.params.rule)
        assert rule is not None
        updates = np.stack([shown.values for _submission, shown in accepted])
        return select(rule, updates, indices, round_.revealed)

    def _accepted(self, world: Any, number: int) -> list[tuple[Submission, Shown]]:
        return [
            (submission, self.learnt(name, number))
            for name in world.submitted(number)
            if (submission := _submission(world, name, number)).status.kind == "Revealed"
        ]

    def base(self, number: int) -> Shown:
        """The model before a round: the first one, or what the round before it settled on."""
        return self.models[number - 1]


def _submission(world: Any, name: str, number: int) -> Submission:
    found: Submission = world.decode(Submission, world.submission_at(name, number))
    return found


def _noise(size: int, *words: object) -> NDArray[np.int16]:
    """Any int16 that follow from the words; both ends are among them."""
    least, most = -(2**15), 2**15 - 1
    seed = int.from_bytes(digest("noise", *words), "little")
    drawn = np.random.default_rng(seed).integers(least, most, size, np.int16, endpoint=True)
    drawn[:2] = (least, most)[: min(2, size)]
    return drawn


def _draw(size: int, dtype: Any, bound: int, *words: object) -> NDArray[Any]:
    """Values within ± bound that follow from the words."""
    seed = int.from_bytes(digest("values", *words), "little")
    return np.random.default_rng(seed).integers(-bound, bound, size, dtype, endpoint=True)
