"""What is wrong with an aggregate: the posted model against what the rule makes of the updates.

The rule is computed fast over all coordinates; the one that is to be challenged is computed again
by the exact reference, before a bond hangs on it. Nothing here reads or sends.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.errors import LearningError
from fedsol.learning import Rule, Scale, aggregate, judge_coordinate, model_tree, update_tree
from fedsol.learning.merkle import (
    EMPTY_HASH,
    MODEL_VALUES,
    UPDATE_VALUES,
    Tree,
    model_chunk,
    update_chunk,
    verify_model,
)
from fedsol.learning.proof import first_difference
from fedsol.program import instructions as ix
from fedsol.roles.claims import Claim, Doubt, Exhibit, Proof
from fedsol.roles.disputes import Shown

Model = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Recount:
    """A round's aggregate, computed anew.

    ``base`` is int32[d]; ``updates`` (int16[n, d]), ``weights`` (uint32[n]), ``submissions`` and
    ``indices`` are in the order of the accepted submissions. ``accused`` is who posted ``posted``.
    ``selected`` is where the weights come from, if a selection was posted: what shows it.
    """

    base: Model
    updates: NDArray[np.int16]
    weights: NDArray[np.uint32]
    rule: Rule
    scale: Scale
    submissions: tuple[Pubkey, ...]
    indices: tuple[int, ...]
    accused: Pubkey
    posted: bytes
    selected: tuple[Exhibit, ...] = ()

    @cached_property
    def expected(self) -> Model:
        """The model that the rule makes (int32[d])."""
        return aggregate(self.base, self.updates, self.weights, self.rule, self.scale)

    @cached_property
    def tree(self) -> Tree:
        """The expected model's tree."""
        return model_tree(self.expected)

    @property
    def is_right(self) -> bool:
        """Whether the posted root is the expected one."""
        return self.tree.record == self.posted

    @property
    def right(self) -> Model | None:
        """The posted model, if it is what the rule makes."""
        return self.expected if self.is_right else None

    def holds(self, shown: Shown) -> bool:
        """Whether a chunk is the posted model's, by its path."""
        return verify_model(self.posted, self.tree.chunks, shown.chunk, shown.path)

    def check(self, values: Model | None, shown: Sequence[Shown]) -> Claim | None:
        """What is wrong with the posted model, if anything.

        ``values`` (int32[d]) are those of its published bytes, None if they cannot be had or do not
        have the posted root; ``shown`` is what its author showed on demand.
        """
        if self.is_right:
            return None
        if values is not None:
            coordinate = first_difference(self.expected, values)
            if coordinate is None:
                raise LearningError("equal models have different roots")
            chunk = coordinate // MODEL_VALUES
            path = model_tree(values).prove(chunk).siblings
            return self.prove(coordinate, Shown(chunk, model_chunk(values, chunk), path))
        for one in shown:
            place = _first_wrong(model_chunk(self.expected, one.index), one.chunk)
            if place is not None:
                return self.prove(one.index * MODEL_VALUES + place, one)
        why = "it is wrong, and its bytes cannot be had"
        return Doubt(self.accused, None, self._suspect(shown), why, narrows=True)

    def prove(self, coordinate: int, posted: Shown) -> Proof:
        """The proof that one coordinate of the posted model is wrong.

        Raises LearningError if the exact reference finds it right.
        """
        kind = ix.wrong_aggregate(coordinate)
        if coordinate >= self.base.size:
            return Proof(kind, self.accused, None, (Exhibit(ix.POSTED, posted),))
        self._confirm(coordinate, posted)
        chunk = coordinate // MODEL_VALUES
        base = Shown(
            chunk, model_chunk(self.base, chunk), model_tree(self.base).prove(chunk).siblings
        )
        models = (Exhibit(ix.BASE, base), Exhibit(ix.POSTED, posted))
        values = self._values(coordinate)
        return Proof(kind, self.accused, None, (*self.selected, *values, *models))

    def _values(self, coordinate: int) -> list[Exhibit]:
        """The coordinate's value in every update that counts, with its chunk's path."""
        chunk = coordinate // UPDATE_VALUES
        found = []
        for address, index, values, weight in zip(
            self.submissions, self.indices, self.updates, self.weights, strict=True
        ):
            if not weight:
                continue
            path = update_tree(values).prove(chunk).siblings
            shown = Shown(chunk, update_chunk(values, chunk), path)
            found.append(Exhibit(ix.UPDATE, shown, address, index))
        return found

    def _confirm(self, coordinate: int, posted: Shown) -> None:
        exact = judge_coordinate(
            int(self.base[coordinate]),
            self.updates[:, coordinate].tolist(),
            self.weights.tolist(),
            self.rule,
            self.scale,
        )
        claimed = int(np.frombuffer(posted.chunk, "<i4")[coordinate % MODEL_VALUES])
        if exact == claimed:
            raise LearningError(
                f"coordinate {coordinate} is {claimed}, as the reference says",
                hint="This is a bug in fedsol: the fast rule differs from the reference; report it.",
            )

    def _suspect(self, shown: Sequence[Shown]) -> int:
        """A chunk that may be wrong: from the smallest part of the model that must be."""
        suspects = range(self.tree.chunks)
        for one in shown:
            found = self._wrong_part(one)
            suspects = min(suspects, found, key=len) if found is not None else suspects
        known = {one.index for one in shown}
        unknown = [chunk for chunk in suspects if chunk not in known]
        return secrets.choice(unknown)

    def _wrong_part(self, shown: Shown) -> range | None:
        """The chunks under the lowest sibling of a shown path that is not the expected tree's."""
        pairs = zip(shown.siblings, self.tree.prove(shown.index).siblings, strict=True)
        for level, (theirs, true) in enumerate(pairs):
            if theirs != true and true != EMPTY_HASH:
                first = (shown.index >> level ^ 1) << level
                return range(first, min(first + (1 << level), self.tree.chunks))
        return None


def _first_wrong(expected: bytes, shown: bytes) -> int | None:
    """The first of a chunk's 64 places at which it is not the expected one, padding included."""
    differ = np.flatnonzero(np.frombuffer(expected, "<i4") != np.frombuffer(shown, "<i4"))
    return int(differ[0]) if differ.size else None
