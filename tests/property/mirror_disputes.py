"""An evaluation's and a dispute's fields, as the program has them and as the reference has them."""

from __future__ import annotations

from typing import Any

from fedsol.program import Challenge
from fedsol.program import Evaluation as Evaluated
from tests.property.model import Moment, Rules
from tests.property.names import address
from tests.property.reference_selecting import DEMANDS, asked_chunks, distance_in
from tests.property.state import Dispute, Evaluation
from tests.property.trees import CHUNK
from tests.property.view import Raw, tail_of

# Kinds whose account holds, behind its fields, nothing but chunks that were shown.
_KEPT = (*DEMANDS, "WrongWeights", "WrongSelection")


def evaluation_fields(account: Any, raw: Raw) -> tuple[Any, ...]:
    """The fields of an evaluation, with the scores that it has shown."""
    tail = tail_of(raw, Evaluated)
    shown = [int.from_bytes(tail[i : i + 2], "little") for i in range(0, len(tail), 2)]
    place = (account.status.kind, account.seat, account.place, account.ticket)
    stake = (account.weight, account.liability)
    return (*place, *stake, account.credits, account.strikes, account.missed, shown)


def expected_evaluation(own: Evaluation) -> tuple[Any, ...]:
    """The same of the reference."""
    place = (own.status, own.seat, own.place, own.ticket)
    stake = (own.weight, own.liability)
    return (*place, *stake, own.credits, own.strikes, own.missed, own.shown)


def challenge_fields(account: Any, raw: Raw) -> tuple[Any, ...]:
    """The fields of a dispute, with the chunk that it has shown if it is a demand."""
    kind, where = account.kind.kind, dict(vars(account.kind))
    del where["kind"]
    place = (*where.values(), 0, 0)[:2]
    state = (account.evidence.kind, account.verdict.kind)
    money = (account.bond, account.payout, account.to_treasury, account.burned)
    deadline: Moment = (account.deadline.time, account.deadline.slot)
    who = (account.accused, account.target, account.attempt)
    values = (account.needed, account.have, account.weighted_sum, account.base, account.posted)
    roots = (bytes(account.base_root), bytes(account.posted_root))
    climb = account.ascent.climb.level if account.ascent else None
    kept = tail_of(raw, Challenge) if kind in _KEPT else b""
    selected = _selected(account.selected)
    return ((kind, place), *state, *money, deadline, *who, *values, *roots, climb, kept, *selected)


def _selected(known: Any) -> tuple[Any, ...]:
    if known is None:
        return (None,)
    compared = (known.entry, known.measured, known.position, known.distance)
    return (bytes(known.root), known.accepted, known.shown, *compared)


def expected_dispute(fed: str, number: int, own: Dispute, rules: Rules) -> tuple[Any, ...]:
    """The same of the reference."""
    money = (own.bond, own.payout, own.to_treasury, own.burned)
    target = address(f"{fed}#{number}/{own.target}" if own.target else f"{fed}#{number}")
    who = (address(f"{fed}/{own.accused}"), target, own.attempt)
    total = sum(value * own.weights[owner] for owner, value in own.values.items())
    values = (own.needed, len(own.values), total, own.base, own.posted)
    roots = (own.base_root, own.posted_root)
    climb = own.ascent.level if own.ascent else None
    kept = bytes(own.kept) if own.kind in DEMANDS else b""
    if own.kind in ("WrongWeights", "WrongSelection"):
        asked = range(len(asked_chunks(own, rules)))
        kept = b"".join(own.shown.get(place, bytes(CHUNK)) for place in asked)
    state = (own.evidence, own.verdict)
    return (
        *((own.kind, (own.place, own.other)), *state, *money, own.deadline),
        *(*who, *values, *roots, climb, kept, *_expected_selected(own, rules)),
    )


def _expected_selected(own: Dispute, rules: Rules) -> tuple[Any, ...]:
    if own.choice is None:
        return (None,)
    shown = sum(1 << place for place in own.shown)
    compared = (own.entry, own.measured, len(own.stream), distance_in(own.stream, rules))
    return (own.choice.root, own.accepted, shown, *compared)
