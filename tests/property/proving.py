"""What can be proved of a round by somebody who has seen everything, and with which paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.property.reference_paths import kind_of
from tests.property.state import Dispute, Federation, Round, Submission
from tests.property.trees import (
    MODEL,
    RECORD,
    UPDATE,
    Proof,
    Tree,
    per_chunk,
    value_in,
    values_in,
)
from tests.property.updates import next_model
from tests.vectors.generate import plant_chunk

Claim = tuple[str, int]


def accepted(fed: Federation, number: int) -> list[tuple[str, Submission]]:
    """The submissions that count in a round's aggregate, in the order of their index."""
    found = [
        (owner, one)
        for (at, owner), one in fed.submissions.items()
        if at == number and one.status == "Revealed"
    ]
    return sorted(found, key=lambda pair: pair[1].index)


def faults_of_update(fed: Federation, number: int, owner: str) -> list[Claim]:
    """Every fault of a submission that a path proves, with its chunk."""
    submission, rules = fed.submissions[number, owner], fed.rules
    found: list[Claim] = [("CopiedUpdate", 0)] if original_of(fed, number, owner) else []
    tree = submission.update.tree
    for index, chunk in enumerate(tree.chunks if tree else ()):
        values = values_in(chunk, UPDATE)
        real = max(0, rules.parameters - index * per_chunk(UPDATE))
        wide = any(abs(v) > rules.qmax for v in values[:real]) or any(values[real:])
        if wide or (tree and tree.sums[index] != sum(v * v for v in values)):
            found.append(("LyingNorm", index))
        if submission.status == "Planted":
            loud = submission.amplitude
            if plant_chunk(submission.seed, index, loud, rules.parameters) != chunk:
                found.append(("FalsePlant", index))
    return found


def original_of(fed: Federation, number: int, owner: str) -> str:
    """Whose earlier submission has the same root; empty if none has."""
    own = fed.submissions.get((number, owner))
    for (at, other), one in fed.submissions.items():
        equal = own and at == number and one.revealed and one.update == own.update
        if own and equal and (one.slot, one.index) < (own.slot, own.index):
            return other
    return ""


def faults_of_aggregate(fed: Federation, number: int) -> list[Claim]:
    """The coordinates at which a posted model differs from what the rule makes."""
    round_ = fed.rounds[number]
    if round_.posted is None or round_.posted.tree is None or round_.base.tree is None:
        return []
    updates = tuple(one.update for _, one in accepted(fed, number))
    right = next_model(round_.base, updates, round_.rules, "good").tree
    if right is None or any(update.tree is None for update in updates):
        return []
    found = []
    for index, (posted, made) in enumerate(
        zip(round_.posted.tree.chunks, right.chunks, strict=True)
    ):
        first = index * per_chunk(MODEL)
        places = range(first, first + per_chunk(MODEL)) if posted != made else ()
        found += [c for c in places if value_in(posted, c, MODEL) != value_in(made, c, MODEL)]
    return [("WrongAggregate", place) for place in found[:2]]


def pieces(fed: Federation, number: int, dispute: Dispute) -> Iterator[tuple[str, str, Proof]]:
    """What of a dispute's evidence is still missing: part, whose, and paths right and altered."""
    round_ = fed.rounds.get(number)
    for part, whose in _missing(fed, number, dispute) if round_ else ():
        kind = kind_of(part)
        tree = _tree(fed, number, dispute, part, whose)
        by_coordinate = dispute.kind == "WrongAggregate"
        index = dispute.place // per_chunk(kind) if by_coordinate else dispute.place
        if tree is None or index >= len(tree.chunks):
            continue
        begun = dispute.ascent
        level = begun.level if begun and (begun.part, begun.whose) == (part, whose) else None
        yield from ((part, whose, proof) for proof in _forms(tree, index, level))


def _missing(fed: Federation, number: int, dispute: Dispute) -> Iterator[tuple[str, str]]:
    if dispute.kind == "Unavailable":
        yield ("Update", dispute.target) if dispute.target else ("Posted", "")
    elif dispute.kind != "WrongAggregate":
        yield "Update", dispute.target
    else:
        yield from (("Base", ""),) if dispute.base is None else ()
        yield from (("Posted", ""),) if dispute.posted is None else ()
        for owner, _ in accepted(fed, number):
            yield from (("Update", owner),) if owner not in dispute.values else ()


def _tree(fed: Federation, number: int, dispute: Dispute, part: str, whose: str) -> Tree | None:
    round_: Round = fed.rounds[number]
    if part == "Update":
        found = fed.submissions.get((number, whose))
        return found.update.tree if found else None
    model = round_.base if part == "Base" else round_.posted
    return model.tree if model is not None else None


def _forms(tree: Tree, index: int, level: int | None) -> Iterator[Proof]:
    """The whole path; its beginning; its rest, where it was begun; and what is not quite a path."""
    whole, size = tree.proof(index), RECORD[tree.kind]
    yield from (whole, whole, whole)
    if whole.siblings:
        yield replace(whole, siblings=whole.siblings[:size], label="begun")
    if level is not None:
        yield Proof(b"", whole.siblings[level * size :], label=f"rest from {level}")
    yield replace(whole, chunk=bytes([whole.chunk[0] ^ 1]) + whole.chunk[1:], label="other chunk")
    yield replace(whole, chunk=whole.chunk[:-1], label="cut chunk")
    yield replace(whole, declared=whole.declared + 1 - 2 * (whole.declared > 0), label="other sum")
    yield replace(whole, siblings=whole.siblings + bytes(size), label="long path")
    yield replace(whole, siblings=whole.siblings + b"\0", label="torn path")
    if whole.siblings:
        bent = (
            whole.siblings[:-size] + bytes([whole.siblings[-size] ^ 1]) + whole.siblings[1 - size :]
        )
        yield replace(whole, siblings=bent, label="other sibling")
