"""How a path is climbed from a chunk to a root, in as many steps as one likes."""

from __future__ import annotations

from dataclasses import replace

from tests.property.model import Rules, need
from tests.property.reference_selecting import ON_SELECTIONS, asked_chunks
from tests.property.state import Ascent, Dispute, Submission
from tests.property.trees import (
    CHUNK,
    MODEL,
    RECORD,
    UPDATE,
    Proof,
    chunk_count,
    leaf,
    parent,
    per_chunk,
    value_in,
    values_in,
)
from tests.vectors.generate import EMPTY, plant_chunk


def kind_of(part: str) -> str:
    """The kind of tree that a part belongs to."""
    return UPDATE if part == "Update" else MODEL


def tree_size(kind: str, rules: Rules) -> tuple[int, int]:
    """How many chunks a tree has, and how deep it is."""
    count = chunk_count(kind, rules.update_size if kind == UPDATE else rules.parameters)
    return count, (count - 1).bit_length()


def begun(
    dispute: Dispute, rules: Rules, part: str, whose: str, update: Submission | None, proof: Proof
) -> Ascent:
    """A path at its leaf, and what its chunk says.

    A leaf's sum is its chunk's, but for a lying norm: there it is what its author declared.
    """
    need(len(proof.chunk) == CHUNK, "ProofMalformed")
    kind = kind_of(part)
    index = _index_of(dispute, rules, part, proof.place)
    by_coordinate = dispute.kind == "WrongAggregate" and part != "Selection"
    values = values_in(proof.chunk, UPDATE)
    true_sum = sum(v * v for v in values) if kind == UPDATE else 0
    declared, faulty, value = true_sum, False, 0
    if by_coordinate:
        value = value_in(proof.chunk, dispute.place, kind)
    elif dispute.kind == "LyingNorm":
        declared = proof.declared
        real = max(0, rules.update_size - index * per_chunk(UPDATE))
        wide = any(abs(v) > rules.bound for v in values[:real]) or any(values[real:])
        faulty = declared != true_sum or wide
    elif dispute.kind == "FalsePlant":
        need(update is not None, "EvidenceNotAsked")
        assert update is not None
        made = plant_chunk(update.seed, index, update.amplitude, rules.parameters)
        faulty = made != proof.chunk
    node = leaf(index, proof.chunk), declared
    count, _ = tree_size(kind, rules)
    if part == "Selection" and dispute.choice is not None:
        count = dispute.choice.chunks
    return Ascent(part, whose, node, index, count, value=value, faulty=faulty)


def _index_of(dispute: Dispute, rules: Rules, part: str, place: int) -> int:
    """The chunk in which a dispute's evidence lies."""
    if part == "Selection":
        asked = asked_chunks(dispute, rules)
        need(place < len(asked), "EvidenceNotAsked")
        return asked[place]
    need(dispute.kind not in ("CopiedUpdate", *ON_SELECTIONS), "EvidenceNotAsked")
    by_coordinate = dispute.kind == "WrongAggregate"
    return dispute.place // per_chunk(kind_of(part)) if by_coordinate else dispute.place


def climbed(ascent: Ascent, siblings: bytes) -> tuple[Ascent, bool]:
    """The same path past some siblings, and whether it has arrived at the top.

    Where a node has no neighbour, the empty leaf must stand in.
    """
    kind = kind_of(ascent.part)
    size = RECORD[kind]
    count = ascent.chunks
    depth = (count - 1).bit_length()
    need(len(siblings) % size == 0, "ProofMalformed")
    for start in range(0, len(siblings), size):
        need(ascent.level < depth, "ProofMalformed")
        piece = siblings[start : start + size]
        other = piece[:32], int.from_bytes(piece[32:], "little")
        alone = ascent.position == (count - 1) >> ascent.level and ascent.position % 2 == 0
        need(not alone or other == EMPTY, "ProofMismatch")
        pair = (other, ascent.node) if ascent.position % 2 else (ascent.node, other)
        over = pair[0][1] + pair[1][1] >= 2**64
        ascent = replace(
            ascent,
            node=parent(*pair, kind),
            position=ascent.position // 2,
            level=ascent.level + 1,
            overflowed=ascent.overflowed or over,
        )
    return ascent, ascent.level == depth
