"""What is wrong with an update: its values against its root, its bound and, if planted, its seed.

Nothing here reads or sends; what an author ``shown`` on demand comes in beside the published bytes.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.learning import faulty_leaf, lying_range, plant_chunk, plant_update, update_tree
from fedsol.learning.merkle import (
    UPDATE_VALUES,
    Path,
    Root,
    Tree,
    chunk_count,
    chunk_sum,
    fold,
    leaf_hash,
    update_chunk,
    verify_update,
)
from fedsol.program import Round, Submission
from fedsol.reading import is_masked, update_length
from fedsol.roles.claims import Claim, Doubt, Proof, copied_update, false_plant, lying_norm
from fedsol.roles.disputes import Shown, is_standing
from fedsol.roles.scene import Scene

Values = NDArray[np.int16]


@dataclass(frozen=True)
class Posted:
    """What a submission says of its update on chain.

    ``size`` is the number of values, ``qmax`` their bound (masked words have none but their width),
    ``plant`` the seed and amplitude of a planted update.
    """

    address: Pubkey
    participant: Pubkey
    root: Root
    size: int
    qmax: int
    plant: tuple[bytes, int] | None

    @classmethod
    def of(cls, address: Pubkey, submission: Submission, round_: Round) -> "Posted":
        """From the accounts."""
        planted = submission.status.kind == "Planted"
        masked = is_masked(round_.params)
        return cls(
            address,
            submission.participant,
            Root(bytes(submission.root), submission.norm_squared),
            update_length(round_),
            2**15 if masked else round_.params.qmax,
            (bytes(submission.plant_seed), submission.plant_amplitude) if planted else None,
        )

    @property
    def chunks(self) -> int:
        """How many chunks the update has."""
        return chunk_count(self.size, UPDATE_VALUES)

    def holds(self, shown: Shown) -> bool:
        """Whether a chunk is the update's, by its path."""
        return verify_update(self.root, self.chunks, shown.chunk, shown.path)


def find_copies(scene: Scene) -> list[Proof]:
    """Every submission whose root an earlier one has, too; none in a masked round.

    Nothing binds a masked update to its author before it is shown: a copy is left out of the sum, and
    the program takes no claim about it.
    """
    if is_masked(scene.round.params):
        return []
    return [
        copied_update(one.participant, address, original)
        for address, one in scene.submissions.items()
        if is_standing(one) and (original := scene.original_of(address)) is not None
    ]


def check_update(posted: Posted, values: Values | None, shown: Sequence[Shown]) -> Claim | None:
    """What is wrong with an update, if anything.

    ``values`` (int16[size]) are those of the published bytes, None if they cannot be had; ``shown``
    is what the author showed on demand.
    """
    for one in shown:
        found = _check_chunk(posted, one)
        if found is not None:
            return found
    planted = _plant_of(posted)
    if planted is not None and update_tree(planted).root == posted.root:
        return None
    known = known_values(posted, values, shown)
    if known is None:
        why = "its bytes cannot be had"
        return Doubt(
            posted.participant, posted.address, _unshown(posted, shown), why, narrows=False
        )
    tree = update_tree(known)
    if tree.root == posted.root:
        return _check_content(posted, known, tree, planted)
    return _check_tree(posted, known, tree, shown)


def known_values(posted: Posted, values: Values | None, shown: Sequence[Shown]) -> Values | None:
    """The update as far as one can know it: what was published, or all of it as it was shown."""
    if len({one.index for one in shown}) == posted.chunks:
        joined = b"".join(one.chunk for one in sorted(shown, key=lambda one: one.index))
        return np.frombuffer(joined, "<i2")[: posted.size].astype(np.int16)
    if values is None or any(update_chunk(values, one.index) != one.chunk for one in shown):
        return None
    return values


def _check_chunk(posted: Posted, shown: Shown) -> Proof | None:
    """What one shown chunk proves by itself."""
    values = np.frombuffer(shown.chunk, "<i2").astype(np.int64)
    real = max(0, posted.size - shown.index * UPDATE_VALUES)
    if (np.abs(values) > posted.qmax).any() or values[real:].any():
        return lying_norm(posted.participant, posted.address, shown, chunk_sum(shown.chunk))
    if posted.plant is not None:
        seed, amplitude = posted.plant
        if plant_chunk(seed, shown.index, amplitude, posted.size) != shown.chunk:
            return false_plant(posted.participant, posted.address, shown)
    return None


def _check_content(
    posted: Posted, values: Values, tree: Tree, planted: Values | None
) -> Proof | None:
    """What values that have the posted root prove."""
    unfair = faulty_leaf(values, posted.qmax)
    if unfair is not None:
        shown = _shown(values, tree, unfair)
        return lying_norm(posted.participant, posted.address, shown, chunk_sum(shown.chunk))
    if planted is None:
        return None
    differ = np.flatnonzero(values != planted)
    chunk = int(differ[0]) // UPDATE_VALUES
    return false_plant(posted.participant, posted.address, _shown(values, tree, chunk))


def _check_tree(posted: Posted, values: Values, tree: Tree, shown: Sequence[Shown]) -> Claim:
    """What values prove that do not have the posted root: its sums lie, or they are others."""
    if tree.chunks == 1:
        if tree.root.hash == posted.root.hash:
            only = _shown(values, tree, 0)
            return lying_norm(posted.participant, posted.address, only, posted.root.sum)
        return _doubt(posted, 0)
    suspects = range(tree.chunks)
    for one in shown:
        found = lying_range(values, one.path)
        if found is None:
            continue
        proof = _lying_leaf(posted, values, tree, one) if len(found) == 1 else None
        if proof is not None:
            return proof
        suspects = min(suspects, found, key=len)
    known = {one.index for one in shown}
    # A lie about the norm needs a leaf with something to hide: the longest one has most of it.
    sums = tree.levels[0].view("<u8")[:, 4]
    chunk = max((i for i in suspects if i not in known), key=lambda i: int(sums[i]))
    return _doubt(posted, chunk)


def _lying_leaf(posted: Posted, values: Values, tree: Tree, shown: Shown) -> Proof | None:
    """The proof that the one leaf lies which ``shown``'s first wrong sibling stands for."""
    pairs = zip(shown.siblings, tree.prove(shown.index).siblings, strict=True)
    level = next(level for level, (theirs, true) in enumerate(pairs) if theirs != true)
    index = (shown.index >> level ^ 1) << level
    beside = tree.levels[level][shown.index >> level].tobytes()
    below = tree.prove(index).siblings[:level]
    path = Path(index, (*below, beside, *shown.siblings[level + 1 :]))
    declared = int.from_bytes(shown.siblings[level][32:], "little")
    chunk = update_chunk(values, index)
    record = leaf_hash(index, chunk) + declared.to_bytes(8, "little")
    if fold(record, path, tree.chunks) != posted.root.hash + posted.root.sum.to_bytes(8, "little"):
        return None
    leaf = Shown(index, chunk, path.siblings)
    return lying_norm(posted.participant, posted.address, leaf, declared)


def _plant_of(posted: Posted) -> Values | None:
    if posted.plant is None:
        return None
    return plant_update(*posted.plant, posted.size)


def _shown(values: Values, tree: Tree, index: int) -> Shown:
    return Shown(index, update_chunk(values, index), tree.prove(index).siblings)


def _unshown(posted: Posted, shown: Sequence[Shown]) -> int:
    """A chunk that was not shown yet, and that nobody can foresee."""
    known = {one.index for one in shown}
    while (chunk := secrets.randbelow(posted.chunks)) in known:
        pass
    return chunk


def _doubt(posted: Posted, chunk: int) -> Doubt:
    why = "its bytes do not have its root"
    return Doubt(posted.participant, posted.address, chunk, why, narrows=True)
