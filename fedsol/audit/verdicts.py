"""Decides every dispute again, from the evidence in the ledger alone, and compares the verdicts.

And makes every plant again from its seed. Loads the learning; needs no stored artifact.
"""

from typing import Any

import numpy as np
from solders.pubkey import Pubkey

from fedsol.audit.evidence import Shown, shown_in
from fedsol.audit.ledger import Aggregate, Dispute, Ledger, Round, Submission
from fedsol.audit.report import Check, Finding
from fedsol.audit.selections import (
    posted_weights,
    wrong_distance,
    wrong_selection,
    wrong_weights,
)
from fedsol.errors import FedsolError
from fedsol.learning import Mean, Median, Rule, Scale, TrimmedMean
from fedsol.learning.merkle import UPDATE_VALUES, chunk_sum, update_root
from fedsol.learning.plant import plant_chunk, plant_update
from fedsol.learning.proof import judge_coordinate
from fedsol.learning.selection import MultiKrum, SelectionRule, Weighted
from fedsol.program import addresses as at


def check_verdicts(ledger: Ledger) -> Check:
    """Every dispute that has a verdict, but those that somebody else's had settled before."""
    made = Finding("verdicts follow from the evidence", "{} recomputed")
    for dispute in ledger.decided:
        if dispute.verdict == "Moot":
            continue
        round_ = ledger.rounds[dispute.round]
        try:
            expected = _verdict(ledger, round_, dispute)
        except FedsolError:
            expected = None  # no rule, seed or tree can be what the events say
        told = f"round {round_.number}: {dispute.kind} of {dispute.accused} was {dispute.verdict}"
        why = "no evidence is in the ledger" if expected is None else "it is not so"
        made.expect(expected == dispute.verdict, f"{told}, but {why}")
    return made.check()


def check_plants(ledger: Ledger) -> Check:
    """Every plant that stands is what its seed makes."""
    made = Finding("plants are what their seeds make", "{} recomputed")
    size = ledger.created.data.parameter_count
    for round_ in ledger.rounds.values():
        for one in round_.planted:
            made.expect(
                _is_plant(one, size),
                f"round {round_.number}: {one.participant} planted something else",
            )
    return made.check()


def _is_plant(told: Submission, size: int) -> bool:
    try:
        root = update_root(plant_update(told.seed, told.amplitude, size))
    except FedsolError:
        return False  # from no seed, or of an amplitude that cannot be
    return (root.hash, root.sum) == (told.root, told.norm_squared)


def rule_of(decoded: Any) -> Rule:
    """The rule as an event's decoder gives it: an object of a class that is named like the rule."""
    name = type(decoded).__name__
    plain: dict[str, Rule] = {"Mean": Mean(), "Median": Median()}
    # What selects is a weighted mean of what is selected.
    plain |= {"MultiKrum": Mean(), "Weighted": Mean()}
    # So is what is masked: the mean of its sum.
    plain |= {"Masked": Mean()}
    return TrimmedMean(decoded.trim) if name == "TrimmedMean" else plain[name]


def selection_rule_of(decoded: Any) -> SelectionRule | None:
    """The rule by which submissions are selected; None where all that are accepted count."""
    name = type(decoded).__name__
    if name == "MultiKrum":
        return MultiKrum(decoded.byzantine, decoded.keep)
    return Weighted() if name == "Weighted" else None


def scale_of(params: Any) -> Scale:
    """Fixed-point settings and server learning rate of a federation's rules."""
    return Scale(
        lr_num=params.lr_num,
        lr_den=params.lr_den,
        frac_bits=params.frac_bits,
        update_bits=params.update_bits,
    )


def _verdict(ledger: Ledger, round_: Round, dispute: Dispute) -> str | None:
    """What the evidence makes of a dispute; None if there is not enough of it."""
    size = ledger.created.data.parameter_count
    shown = list(shown_in(dispute, size, update_length=ledger.update_length))
    match dispute.kind:
        case "WrongAggregate":
            proven = _wrong_aggregate(ledger, round_, dispute, shown)
        case "CopiedUpdate":
            # Of a masked update nobody can say whose it was first: it is no fault there.
            proven = None if ledger.is_masked else _copied(round_, dispute.submission)
        case "Unavailable" | "SelectionUnavailable":
            proven = _withheld(dispute, shown)
        case "WrongWeights" | "WrongSelection" | "WrongDistance":
            proven = _wrongly_selected(ledger, dispute, shown)
        case _:
            proven = _faulty_chunk(ledger, dispute, shown)
    if proven is None:
        # Whoever claims a fault and shows nothing in time has lost.
        late = dispute.decided_slot >= dispute.deadline_slot and dispute.kind != "CopiedUpdate"
        return "Acquitted" if late and dispute.verdict == "Acquitted" else None
    return "Convicted" if proven else "Acquitted"


def _wrongly_selected(ledger: Ledger, dispute: Dispute, shown: list[Shown]) -> bool | None:
    rule = selection_rule_of(ledger.params.rule)
    if rule is None:
        return None
    if dispute.kind == "WrongWeights":
        return wrong_weights(dispute, rule, shown)
    if not isinstance(rule, MultiKrum):
        return None
    if dispute.kind == "WrongSelection":
        return wrong_selection(dispute, rule, shown)
    return wrong_distance(dispute, shown, ledger.created.data.parameter_count)


def _copied(round_: Round, copy: Submission | None) -> bool:
    """Whether another submission of the round has the same root and was committed before."""
    if copy is None:
        return False
    node = (copy.root, copy.norm_squared)
    return any((one.root, one.norm_squared) == node and one.is_before(copy) for one in round_.shown)


def _withheld(dispute: Dispute, shown: list[Shown]) -> bool | None:
    """Whether a chunk was not shown in time."""
    if dispute.submission is not None:
        node = (dispute.submission.root, dispute.submission.norm_squared)
        there = any((one.root, one.total) == node and not one.overflowed for one in shown)
    else:
        aggregate = dispute.aggregate
        root = aggregate.root if aggregate is not None else b""
        if dispute.kind == "SelectionUnavailable":
            posted = aggregate.selection if aggregate is not None else None
            root = posted[0] if posted is not None else b""
        there = any(one.root == root for one in shown)
    if there or dispute.answered:
        return False if there and dispute.answered else None
    return True if dispute.decided_slot >= dispute.deadline_slot else None


def _faulty_chunk(ledger: Ledger, dispute: Dispute, shown: list[Shown]) -> bool | None:
    """Whether the first chunk that was shown lies about its norm, or is not what its seed makes."""
    accused, size = dispute.submission, ledger.created.data.parameter_count
    if accused is None:
        return None
    node = (accused.root, accused.norm_squared)
    one = next((one for one in shown if (one.root, one.total) == node), None)
    if one is None:
        return None
    if dispute.kind == "FalsePlant":
        made = plant_chunk(accused.seed, one.index, accused.amplitude, size)
        return one.chunk != made
    # Masked words may be anything.
    largest = 2**15 if ledger.is_masked else ledger.params.qmax
    fair = _is_fair(one, largest, ledger.update_length)
    return not fair or one.declared != chunk_sum(one.chunk) or one.overflowed


def _is_fair(shown: Shown, qmax: int, length: int) -> bool:
    """Whether a chunk's values may stand in an update: within the bound, zero behind the end."""
    values = np.frombuffer(shown.chunk, "<i2").astype(np.int64)
    end = max(0, length - shown.index * UPDATE_VALUES)
    return bool((np.abs(values) <= qmax).all() and not values[end:].any())


def _wrong_aggregate(
    ledger: Ledger, round_: Round, dispute: Dispute, shown: list[Shown]
) -> bool | None:
    """Whether the posted value is another than the rule makes of all accepted ones; None until all
    are shown.
    """
    params, aggregate = ledger.params, dispute.aggregate
    if aggregate is None:
        return None
    posted = _model_value(shown, "Posted", aggregate.root, dispute.place)
    if posted is None:
        return None
    if dispute.place >= ledger.created.data.parameter_count:
        return posted != 0
    base = _model_value(shown, "Base", round_.base_root, dispute.place)
    counted = _counted(aggregate, dispute, shown)
    if counted is None:
        return None
    if not counted:
        return True  # of no weight at all nothing can be made
    values = [_update_value(round_.address, shown, one, dispute.place) for one, _weight in counted]
    known = [value for value in values if value is not None]
    if base is None or len(known) < len(values):
        return None
    weights = [weight for _one, weight in counted]
    expected = judge_coordinate(base, known, weights, rule_of(params.rule), scale_of(params))
    return posted != expected


def _counted(
    aggregate: Aggregate, dispute: Dispute, shown: list[Shown]
) -> list[tuple[Submission, int]] | None:
    """What counts in an aggregate, with its weight; None until the posted weights are shown."""
    if aggregate.selection is None:
        return [(one, one.weight) for one in aggregate.accepted]
    weights = posted_weights(dispute, shown)
    if weights is None:
        return None
    counted = [(one, int(weights[one.index or 0])) for one in aggregate.revealed]
    return [(one, weight) for one, weight in counted if weight]


def _model_value(shown: list[Shown], part: str, root: bytes, coordinate: int) -> int | None:
    chunk = next((one.chunk for one in shown if (one.part, one.root) == (part, root)), None)
    if chunk is None:
        return None
    values = np.frombuffer(chunk, "<i4")
    return int(values[coordinate % values.size])


def _update_value(
    round_: Pubkey, shown: list[Shown], update: Submission, coordinate: int
) -> int | None:
    address = at.submission_address(round_, update.participant)
    node = (update.root, update.norm_squared)
    for one in shown:
        if one.submission == address and (one.root, one.total) == node and not one.overflowed:
            values = np.frombuffer(one.chunk, "<i2")
            return int(values[coordinate % values.size])
    return None
