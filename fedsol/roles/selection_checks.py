"""What is wrong with a posted selection: its weights, its choice, its distances.

The cheapest proof is taken: weights need a few chunks, a choice two rows of the table, a distance
both updates. Nothing here reads or sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.learning import model_tree
from fedsol.learning.merkle import CHUNK_BYTES, EMPTY_HASH, UPDATE_VALUES, chunk_count, update_chunk
from fedsol.learning.selection import (
    DISTANCES,
    WEIGHTS,
    MultiKrum,
    Selection,
    SelectionRule,
    first_chunk_of_row,
    score,
    select,
    selection_chunks,
)
from fedsol.program import instructions as ix
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.roles.claims import Claim, Doubt, Exhibit, Proof, Stream
from fedsol.roles.disputes import Shown

Chunks = Mapping[int, Shown]
"""What is known of a posted selection, by chunk."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A round's selection, judged anew.

    ``updates`` (int16[n, d]) and ``indices`` are of the accepted submissions, ``addresses`` of all
    that were revealed, by index. ``accused`` is who posted ``posted``, the root.
    """

    rule: SelectionRule
    updates: NDArray[np.int16]
    indices: tuple[int, ...]
    addresses: tuple[Pubkey, ...]
    accused: Pubkey
    posted: bytes

    @property
    def count(self) -> int:
        """Revealed submissions."""
        return len(self.addresses)

    @property
    def chunks(self) -> int:
        """Chunks of the selection."""
        return selection_chunks(self.count, with_table=self.has_table)

    @property
    def has_table(self) -> bool:
        """Whether distances belong to it."""
        return isinstance(self.rule, MultiKrum)

    @cached_property
    def expected(self) -> Selection | None:
        """What the rule selects; None where the weights are the aggregator's word."""
        if not self.has_table:
            return None
        return select(self.rule, self.updates, self.indices, self.count)

    @property
    def is_right(self) -> bool:
        """Whether the posted root is the expected one."""
        return self.expected is not None and self.expected.tree.record == self.posted

    def read(self, data: bytes) -> Chunks | None:
        """Every chunk of the posted selection, out of its bytes; None if they are others."""
        if len(data) != self.chunks * CHUNK_BYTES:
            return None
        tree = model_tree(np.frombuffer(data, np.int32))
        if tree.record != self.posted:
            return None
        cut = (data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES))
        return {i: Shown(i, chunk, tree.prove(i).siblings) for i, chunk in enumerate(cut)}

    def whole(self, known: Chunks) -> bytes | None:
        """The posted selection's bytes: computed if it is right, else of all its chunks."""
        if self.is_right and self.expected is not None:
            return self.expected.encoded
        if not all(chunk in known for chunk in range(self.chunks)):
            return None
        return b"".join(known[chunk].chunk for chunk in range(self.chunks))

    def check(self, known: Chunks) -> Claim | None:
        """What is wrong with the posted selection, if anything, by what is known of it."""
        if self.is_right:
            return None
        weights = self.weights(known)
        found = None if weights is None else self._wrong_weights(weights, known)
        if isinstance(self.rule, MultiKrum):
            if found is None and weights is not None:
                found = self._wrong_selection(self.rule, weights, known)
            found = found or self._wrong_distance(known)
        return found or self._doubt(known)

    def weights(self, known: Chunks) -> NDArray[np.uint32] | None:
        """The posted weights with their padding (uint32[whole chunks]); None until all are known."""
        places = range(chunk_count(self.count, WEIGHTS))
        if self.is_right and self.expected is not None:
            return np.frombuffer(self.expected.encoded, "<u4", len(places) * WEIGHTS)
        if not all(place in known for place in places):
            return None
        return np.frombuffer(b"".join(known[place].chunk for place in places), "<u4")

    def weight_exhibits(self, known: Chunks) -> tuple[Exhibit, ...]:
        """The posted weights as evidence; only when they are known."""
        if self.is_right and self.expected is not None:
            tree, chunk = self.expected.tree, self.expected.chunk
            places = range(chunk_count(self.count, WEIGHTS))
            known = {i: Shown(i, chunk(i), tree.prove(i).siblings) for i in places}
        return self._exhibits(range(chunk_count(self.count, WEIGHTS)), known)

    def _exhibits(self, chunks: Sequence[int], known: Chunks) -> tuple[Exhibit, ...]:
        return tuple(
            Exhibit(ix.SELECTION, known[chunk], place=place) for place, chunk in enumerate(chunks)
        )

    def _proof(
        self,
        kind: ChallengeKindKind,
        exhibits: tuple[Exhibit, ...],
        stream: Stream | None = None,
    ) -> Proof:
        return Proof(kind, self.accused, None, exhibits, stream=stream)

    def _wrong_weights(self, weights: NDArray[np.uint32], known: Chunks) -> Proof | None:
        total = int(weights.sum(dtype=np.uint64))
        unfit = total == 0 or bool(weights[self.count :].any())
        if isinstance(self.rule, MultiKrum):
            unfit |= total != self.rule.keep or bool((weights > 1).any())
        if unfit:
            return self._proof(ix.wrong_weights(), self.weight_exhibits(known))
        for index in np.flatnonzero(weights).tolist():
            if index not in self.indices:
                place = index // WEIGHTS
                shown = Exhibit(
                    ix.SELECTION, known[place], self.addresses[index], index, place=place
                )
                return self._proof(ix.wrong_weights(), (shown,))
        return None

    def _row(self, row: int, known: Chunks) -> NDArray[np.uint64] | None:
        """A posted row with its padding; None until all of it is known."""
        chunks = self._row_chunks(row)
        if not all(chunk in known for chunk in chunks):
            return None
        return np.frombuffer(b"".join(known[chunk].chunk for chunk in chunks), "<u8")

    def _row_chunks(self, row: int) -> range:
        first = first_chunk_of_row(self.count, row)
        return range(first, first + chunk_count(self.count, DISTANCES))

    def _wrong_selection(
        self, rule: MultiKrum, weights: NDArray[np.uint32], known: Chunks
    ) -> Proof | None:
        """Two of which the posted table itself says that the other one comes first."""
        neighbours = len(self.indices) - rule.byzantine - 2
        kept, passed = [], []
        for index in self.indices:
            row = self._row(index, known)
            if row is None:
                continue
            found = score(row[: self.count], index, neighbours)
            if weights[index]:
                kept.append((found is None, found or 0, index))
            elif found is not None:
                passed.append((False, found, index))
        if not kept or not passed or min(passed) > max(kept):
            return None
        selected, before = max(kept)[2], min(passed)[2]
        chunks = [
            *range(chunk_count(self.count, WEIGHTS)),
            *self._row_chunks(selected),
            *self._row_chunks(before),
        ]
        return self._proof(ix.wrong_selection(selected, before), self._exhibits(chunks, known))

    def _wrong_distance(self, known: Chunks) -> Proof | None:
        """The first entry that is known and is not the distance."""
        assert self.expected is not None
        first, per_row = first_chunk_of_row(self.count, 0), chunk_count(self.count, DISTANCES)
        for chunk in range(first, self.chunks):
            if chunk not in known or known[chunk].chunk == self.expected.chunk(chunk):
                continue
            posted, true = (
                np.frombuffer(one, "<u8")
                for one in (known[chunk].chunk, self.expected.chunk(chunk))
            )
            row, part = divmod(chunk - first, per_row)
            column = part * DISTANCES + int(np.flatnonzero(posted != true)[0])
            exhibits = self._exhibits([chunk], known)
            return self._proof(ix.wrong_distance(row, column), exhibits, self._stream(row, column))
        return None

    def _stream(self, row: int, column: int) -> Stream | None:
        """What shows the distance: nothing for padding, no bytes where one is not accepted."""
        if column >= self.count:
            return None
        pair = (self.addresses[row], self.addresses[column])
        if row == column or not {row, column} <= set(self.indices):
            return Stream(b"", pair)
        both = [self.updates[self.indices.index(index)] for index in (row, column)]
        chunks = range(chunk_count(both[0].size, UPDATE_VALUES))
        return Stream(b"".join(update_chunk(one, i) for i in chunks for one in both), pair)

    def _doubt(self, known: Chunks) -> Doubt | None:
        """The chunk that would tell more; None where nothing more can be told."""
        missing = [i for i in range(chunk_count(self.count, WEIGHTS)) if i not in known]
        chunk = missing[0] if missing else self._suspect(known)
        if chunk is None:
            return None
        why = "what it selects cannot be had"
        return Doubt(self.accused, None, chunk, why, narrows=True, of_selection=True)

    def _suspect(self, known: Chunks) -> int | None:
        """An unknown chunk under the smallest part of the tree that must be wrong."""
        if self.expected is None:
            return None
        suspects: Sequence[int] = range(self.chunks)
        for shown in known.values():
            true = self.expected.tree.prove(shown.index).siblings
            for level, pair in enumerate(zip(shown.siblings, true, strict=True)):
                if pair[0] != pair[1] and pair[1] != EMPTY_HASH:
                    first = (shown.index >> level ^ 1) << level
                    part = range(first, min(first + (1 << level), self.chunks))
                    suspects = min(suspects, part, key=len)
                    break
        return next((chunk for chunk in suspects if chunk not in known), None)
