"""Likely steps of challengers, right and wrong ones, and of those whom they challenge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.property.model import Step
from tests.property.proving import accepted as accepted
from tests.property.proving import (
    faults_of_aggregate,
    faults_of_selection,
    faults_of_update,
    original_of,
    pieces,
    stream_of,
)
from tests.property.reference import Reference
from tests.property.reference_paths import tree_size
from tests.property.reference_selecting import DEMANDS
from tests.property.state import Dispute
from tests.property.trees import MODEL, UPDATE

Place = tuple[int, str, str]
PIECE = 700  # bytes of two updates in a transaction: not a whole number of chunks
# Before these are over, nothing is there that could be disputed.
HIDDEN = ("Commit", "Share", "Reveal")
# What somebody claims of a selection without looking at it.
_LIES = (
    *(("WrongWeights", 0, 0), ("WrongSelection", 0, 1), ("WrongSelection", 2, 0)),
    *(("WrongDistance", 0, 1), ("WrongDistance", 1, 1), ("WrongDistance", 2, 31)),
)


def challenge_open(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """True claims by anybody, and false ones by dave and eve."""
    found = reference.feds.get(fed)
    for number, round_ in found.rounds.items() if found else ():
        if found is None or round_.ended or round_.phase in HIDDEN:
            continue
        claims = [("", *claim) for claim in faults_of_aggregate(found, number)] * 3
        claims += [("", *claim) for claim in faults_of_selection(found, number)] * 3
        rules, lies = round_.rules, actor in ("dave", "eve")
        for (at, owner), submission in found.submissions.items():
            if at == number and submission.standing:
                true = faults_of_update(found, number, owner)
                claims += [(owner, *claim) for claim in true] * 3
                if lies:
                    chunk = tree_size(UPDATE, rules)[0] - 1
                    kind = "FalsePlant" if submission.status == "Planted" else "CopiedUpdate"
                    claims += [(owner, "LyingNorm", chunk, 0), (owner, kind, 0, 0)]
        for place in (0, rules.parameters - 1, rules.parameters) if lies else ():
            claims.append(("", "WrongAggregate", place, 0))
        claims += [("", *claim) for claim in _LIES] if lies and rules.selects else []
        step = Step("challenge_open", fed, actor, number)
        for target, kind, place, other in claims:
            yield replace(step, word=kind, target=target, place=place, other=other)


def demand_open(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """The first chunk, or the last, of everything."""
    found = reference.feds.get(fed)
    for number, round_ in found.rounds.items() if found else ():
        if found is None or round_.ended or round_.phase in HIDDEN:
            continue
        owners = [owner for at, owner in found.submissions if at == number]
        for target in ("", "", *owners):
            count, _ = tree_size(UPDATE if target else MODEL, round_.rules)
            for chunk in sorted({0, count - 1}):
                yield Step("demand_open", fed, actor, number, target=target, place=chunk)
        for chunk in (0, 1, round_.revealed) if round_.rules.selects else ():
            yield Step("demand_open", fed, actor, number, place=chunk, flag=True)


def challenge_append(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """What is missing of the evidence; whole or in pieces, right or altered."""
    found = reference.feds.get(fed)
    for (number, target, who), dispute in found.disputes.items() if found else ():
        if found is None or who != actor or dispute.kind in ("CopiedUpdate", *DEMANDS):
            continue
        for part, whose, proof in pieces(found, number, dispute):
            yield Step(
                *("challenge_append", fed, actor, number, whose),
                target=target,
                part=part,
                proof=proof,
            )


def challenge_measure(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """The next bytes of two updates; from elsewhere, altered, too early, or of others."""
    found = reference.feds.get(fed)
    for (number, _, who), dispute in found.disputes.items() if found else ():
        if found is None or who != actor or dispute.kind != "WrongDistance":
            continue
        pair, data = stream_of(found, number, dispute)
        at = len(dispute.stream)
        last = at + PIECE >= len(data)
        step = Step("challenge_measure", fed, actor, number, place=at)
        right = replace(step, data=data[at : at + PIECE], pair=pair if last else ())
        yield from (right, right, right)
        yield replace(right, place=0, data=data[:PIECE], pair=())
        yield replace(right, pair=pair)
        yield replace(right, pair=pair[::-1])
        yield replace(right, place=at + 1)
        yield replace(right, data=bytes(len(right.data)))
        yield replace(right, data=right.data + b"\0")


def demand_answer(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """What was demanded, by the accused or by others; whole or in pieces, right or altered."""
    found = reference.feds.get(fed)
    for (number, target, who), dispute in found.disputes.items() if found else ():
        if found is None or dispute.kind not in DEMANDS:
            continue
        accused = f"{fed}/{dispute.accused}"
        for _, _, proof in pieces(found, number, dispute):
            yield Step(
                *("demand_answer", fed, actor, number, who),
                target=target,
                proof=proof,
                accused=accused,
            )


def challenge_resolve(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """Of every dispute, with all accounts that it needs."""
    found = reference.feds.get(fed)
    for place in found.disputes if found else ():
        if found and place[0] in found.rounds:
            yield resolving(reference, fed, place, actor)


def challenge_expire(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """Of every dispute."""
    found = reference.feds.get(fed)
    for place, dispute in found.disputes.items() if found else ():
        yield expiring(fed, place, dispute, actor)
        yield replace(expiring(fed, place, dispute, actor), accused="")


def challenge_close(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """Of every dispute."""
    found = reference.feds.get(fed)
    for number, target, who in found.disputes if found else ():
        yield Step("challenge_close", fed, actor, number, who, target=target)


def deciding(reference: Reference, fed: str, place: Place, actor: str) -> list[Step]:
    """The steps that may decide a dispute."""
    dispute = reference.feds[fed].disputes[place]
    end = expiring(fed, place, dispute, actor)
    return [resolving(reference, fed, place, actor), end, replace(end, accused="")]


def expiring(fed: str, place: Place, dispute: Dispute, actor: str) -> Step:
    """The end of a dispute without a verdict."""
    number, target, who = place
    accused = f"{fed}/{dispute.accused}"
    return Step("challenge_expire", fed, actor, number, who, target=target, accused=accused)


def resolving(reference: Reference, fed: str, place: Place, actor: str) -> Step:
    """The verdict on a dispute, with the accounts that it needs.

    An aggregator that gets its bond back may become the last of the list, and then serves as that.
    """
    number, target, who = place
    found = reference.feds[fed]
    round_, dispute = found.rounds[number], found.disputes[place]
    submission = found.submissions.get((number, target))
    falls = submission is not None and submission.status == "Revealed"
    poster = round_.aggregator if falls and round_.phase == "Challenge" else ""
    poster = "" if poster == dispute.accused else poster
    seats = list(found.seats)
    back = found.people.get(poster)
    if back is not None and poster not in seats and back.roles & 4:
        seats += [poster] if back.stake + back.bonded >= found.rules.seat else []
    last = seats[-1] if seats and seats[-1] not in (poster, dispute.accused) else ""
    original = original_of(found, number, target) if dispute.kind == "CopiedUpdate" else ""
    return Step(
        *("challenge_resolve", fed, actor, number, who),
        target=target,
        accused=f"{fed}/{dispute.accused}",
        original=f"{fed}#{number}/{original}" if original else "",
        aggregator=f"{fed}/{poster}" if poster else "",
        last=f"{fed}/{last}" if last else "",
    )
