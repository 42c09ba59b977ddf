"""What can be proved of a round by somebody who has seen everything, and with which paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.property.model import Rules
from tests.property.reference_paths import kind_of
from tests.property.reference_selecting import (
    DEMANDS,
    ON_SELECTIONS,
    SelectingRules,
    asked_chunks,
    has_selection,
)
from tests.property.selections import choice_of, comes_before, unfit
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
from tests.property.updates import Update, next_model
from tests.vectors.generate import plant_chunk

Claim = tuple[str, int, int]


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
    # Under masks nothing tells who has copied whom.
    copied = not rules.masked and original_of(fed, number, owner)
    found: list[Claim] = [("CopiedUpdate", 0, 0)] if copied else []
    tree = submission.update.tree
    for index, chunk in enumerate(tree.chunks if tree else ()):
        values = values_in(chunk, UPDATE)
        real = max(0, rules.update_size - index * per_chunk(UPDATE))
        wide = any(abs(v) > rules.bound for v in values[:real]) or any(values[real:])
        if wide or (tree and tree.sums[index] != sum(v * v for v in values)):
            found.append(("LyingNorm", index, 0))
        if submission.status == "Planted":
            loud = submission.amplitude
            if plant_chunk(submission.seed, index, loud, rules.parameters) != chunk:
                found.append(("FalsePlant", index, 0))
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
    if round_.rules.masked:
        return []
    counting = accepted(fed, number)
    updates, weights = tuple(one.update for _, one in counting), weights_of(round_, counting)
    if weights is None:
        return []
    right = next_model(round_.base, updates, round_.rules, "good", weights).tree
    if right is None or any(update.tree is None for update in updates):
        return []
    found = []
    for index, (posted, made) in enumerate(
        zip(round_.posted.tree.chunks, right.chunks, strict=True)
    ):
        first = index * per_chunk(MODEL)
        places = range(first, first + per_chunk(MODEL)) if posted != made else ()
        found += [c for c in places if value_in(posted, c, MODEL) != value_in(made, c, MODEL)]
    return [("WrongAggregate", place, 0) for place in found[:2]]


def weights_of(round_: Round, counting: list[tuple[str, Submission]]) -> tuple[int, ...] | None:
    """What the accepted submissions weigh; empty: all alike. None if nobody knows, or none does."""
    if round_.choice is None:
        return ()
    if round_.choice.tree is None:
        return None
    weights = tuple(round_.choice.weights[one.index] for _, one in counting)
    return weights if any(weights) else None


def revealed_updates(fed: Federation, number: int) -> tuple[Update | None, ...]:
    """All that was revealed in a round, by index; None for what is not accepted."""
    found: list[Update | None] = [None] * fed.rounds[number].revealed
    for _, one in accepted(fed, number):
        found[one.index] = one.update
    return tuple(found)


def faults_of_selection(fed: Federation, number: int) -> list[Claim]:
    """Everything that can be proved wrong about a posted selection, by its definition."""
    round_ = fed.rounds[number]
    posted, rules, count = round_.choice, round_.rules, round_.revealed
    if posted is None or posted.tree is None or round_.phase != "Challenge":
        return []
    updates = revealed_updates(fed, number)
    fallen = [at for at, one in enumerate(updates) if one is None and posted.weights[at]]
    wrong = unfit(posted.weights, count, rules) or fallen
    found: list[Claim] = [("WrongWeights", 0, 0)] if wrong else []
    right = choice_of(updates, rules, "good")
    kept = [at for at in range(count) if posted.weights[at]]
    rows = list(enumerate(posted.table))
    known = sum(one is not None for one in updates) - 2
    found += [
        ("WrongSelection", one, other)
        for one, row in rows
        for other, second in rows
        if one in kept and other not in kept
        if comes_before((second, other), (row, one), count, known)
    ]
    found += [
        ("WrongDistance", at, column)
        for at, row in rows
        for column, entry in enumerate(row)
        if entry != right.table[at][column]
    ]
    return found


def pieces(fed: Federation, number: int, dispute: Dispute) -> Iterator[tuple[str, str, Proof]]:
    """What of a dispute's evidence is still missing: part, whose, and paths right and altered."""
    round_ = fed.rounds.get(number)
    for part, whose in _missing(fed, number, dispute) if round_ else ():
        if part == "Selection":
            yield from _selected(dispute, fed.rules, whose)
            continue
        kind = kind_of(part)
        tree = _tree(fed, number, dispute, part, whose)
        by_coordinate = dispute.kind == "WrongAggregate"
        index = dispute.place // per_chunk(kind) if by_coordinate else dispute.place
        if tree is None or index >= len(tree.chunks):
            continue
        begun = dispute.ascent
        level = begun.level if begun and (begun.part, begun.whose) == (part, whose) else None
        yield from ((part, whose, proof) for proof in _forms(tree, index, level))


def _selected(dispute: Dispute, rules: Rules, whose: str) -> Iterator[tuple[str, str, Proof]]:
    """Of a posted selection: the chunks that are asked for and not here."""
    tree = dispute.choice.tree if dispute.choice else None
    begun = dispute.ascent.level if dispute.ascent else None
    for place, index in enumerate(asked_chunks(dispute, rules)):
        if tree is not None and place not in dispute.shown:
            forms = _forms(tree, index, begun if dispute.kind in DEMANDS else None)
            yield from (("Selection", whose, replace(form, place=place)) for form in forms)


def _missing(fed: Federation, number: int, dispute: Dispute) -> Iterator[tuple[str, str]]:
    if dispute.kind == "Unavailable":
        yield ("Update", dispute.target) if dispute.target else ("Posted", "")
    elif dispute.kind == "WrongWeights":
        yield from (("Selection", owner) for owner in _fallen(fed, number, dispute))
        yield "Selection", ""
    elif dispute.kind in ON_SELECTIONS:
        yield from (("Selection", ""),) if dispute.entry is None else ()
    elif dispute.kind != "WrongAggregate":
        yield "Update", dispute.target
    elif not has_selection(dispute, fed.rules):
        yield "Selection", ""
    else:
        yield from (("Base", ""),) if dispute.base is None else ()
        yield from (("Posted", ""),) if dispute.posted is None else ()
        for owner, one in accepted(fed, number):
            counts = SelectingRules.weight_of(dispute, fed.rules, one) > 0
            yield from (("Update", owner),) if counts and owner not in dispute.values else ()


def _fallen(fed: Federation, number: int, dispute: Dispute) -> Iterator[str]:
    """Whose submissions have a weight and are not accepted."""
    weights = dispute.choice.weights if dispute.choice else ()
    for (at, owner), one in fed.submissions.items():
        if at == number and one.revealed and one.status != "Revealed" and weights:
            yield from (owner,) if weights[one.index] else ()


def stream_of(fed: Federation, number: int, dispute: Dispute) -> tuple[tuple[str, ...], bytes]:
    """The owners of the two updates whose distance is claimed to be wrong, and both, chunk by chunk.

    No bytes where none are to be compared.
    """
    owners = {
        one.index: owner
        for (at, owner), one in fed.submissions.items()
        if at == number and one.revealed
    }
    pair = (owners.get(dispute.place, ""), owners.get(dispute.other, ""))
    both = [fed.submissions[number, owner] for owner in pair if owner]
    trees = [one.update.tree for one in both if one.status == "Revealed"]
    if len(trees) < 2 or dispute.place == dispute.other or None in trees:
        return (pair, b"") if all(pair) else ((), b"")
    first, second = (tree.chunks for tree in trees if tree is not None)
    return pair, b"".join(a + b for a, b in zip(first, second, strict=True))


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
