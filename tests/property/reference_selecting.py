"""The reference's part for evidence about selections: their chunks, and the distance of two updates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.property.model import Now, Rules, Step, need
from tests.property.reference_scoring import ScoringRules
from tests.property.selections import (
    DISTANCES,
    WEIGHTS,
    chunk_of_row,
    comes_before,
    table_chunks,
    unfit,
)
from tests.property.state import Dispute, Round, Submission
from tests.property.trees import CHUNK, UPDATE, chunk_count, tree_of, values_in
from tests.vectors.generate_selection import NO_DISTANCE

PAIR = 2 * CHUNK
ON_TABLES = ("WrongSelection", "WrongDistance")
ON_SELECTIONS = ("WrongWeights", "SelectionUnavailable", *ON_TABLES)
DEMANDS = ("Unavailable", "SelectionUnavailable")


def asked_chunks(dispute: Dispute, rules: Rules) -> list[int]:
    """The chunks of the posted selection that a dispute asks for, by place."""
    if dispute.choice is None:
        return []
    rule, count = rules.rule, dispute.size
    weights, each = table_chunks(rule, count)
    if dispute.kind == "WrongDistance":
        return [chunk_of_row(rule, count, dispute.place) + dispute.other // DISTANCES]
    if dispute.kind == "SelectionUnavailable":
        return [dispute.place]
    rows = (dispute.place, dispute.other) if dispute.kind == "WrongSelection" else ()
    starts = [chunk_of_row(rule, count, row) for row in rows]
    some = dispute.kind in ("WrongAggregate", "WrongWeights", "WrongSelection")
    return [*range(weights if some else 0), *(s + i for s in starts for i in range(each))]


def has_selection(dispute: Dispute, rules: Rules) -> bool:
    """Whether every chunk that it asks for is here."""
    return dispute.choice is None or len(dispute.shown) == len(asked_chunks(dispute, rules))


def numbers_in(chunks: list[bytes], width: int) -> list[int]:
    """Unsigned numbers of so many bytes."""
    data = b"".join(chunks)
    cells = (data[at : at + width] for at in range(0, len(data), width))
    return [int.from_bytes(cell, "little") for cell in cells]


def shown_weights(dispute: Dispute, rules: Rules) -> list[int]:
    """The posted weights, once they are here."""
    count = table_chunks(rules.rule, dispute.size)[0]
    return numbers_in([dispute.shown[place] for place in range(count)], 4)


class SelectingRules(ScoringRules):
    """Selections."""

    @staticmethod
    def check_selection_claim(round_: Round, step: Step, kind: str) -> None:
        """What can be claimed of a selection lies within its table."""
        rules, rows = round_.rules, round_.revealed
        need(
            rules.rule == "multi_krum" or (rules.selects and kind not in ON_TABLES),
            "TargetMismatch",
        )
        columns = table_chunks(rules.rule, rows)[1] * DISTANCES
        inside = {
            "WrongWeights": True,
            "WrongSelection": step.place < rows and step.other < rows,
            "WrongDistance": step.place < rows and step.other < columns,
            "SelectionUnavailable": step.place < chunk_of_row(rules.rule, rows, rows),
        }
        need(inside[kind], "ChunkOutOfRange")

    def take_selection(
        self, dispute: Dispute, rules: Rules, place: int, chunk: bytes, named: Submission | None
    ) -> Dispute:
        """The dispute with a chunk of the selection whose path has arrived."""
        if dispute.kind == "WrongDistance":
            entry = numbers_in([chunk], 8)[dispute.other % DISTANCES]
            padding = dispute.other >= dispute.size
            measured = 0 if padding else dispute.measured
            return self.compared(replace(dispute, entry=entry, measured=measured))
        need(place not in dispute.shown, "EvidenceRepeated")
        after = replace(dispute, shown={**dispute.shown, place: chunk})
        if dispute.kind == "WrongWeights" and named is not None:
            need(named.revealed and named.status != "Revealed", "WrongSubmissionStatus")
            weights = dict(enumerate(numbers_in([chunk], 4), place * WEIGHTS))
            after.evidence = "Proves" if weights.get(named.index) else after.evidence
        if dispute.kind == "WrongAggregate" and has_selection(after, rules):
            after.needed = sum(weight > 0 for weight in shown_weights(after, rules))
            after.evidence = after.evidence if after.needed else "Proves"
        return after

    @staticmethod
    def compared(dispute: Dispute) -> Dispute:
        """With a verdict on the entry, once the entry and the distance are here."""
        if dispute.entry is None or dispute.measured is None:
            return dispute
        equal = dispute.entry == dispute.measured
        return replace(dispute, evidence="Refutes" if equal else "Proves")

    def challenge_measure(self, step: Step, now: Now) -> Iterator[None]:
        """Shows ``data``, which follows ``place`` bytes of two updates, chunk by chunk in turn.

        With the ``pair`` of their owners what was compared counts.
        """
        fed, key = self.fed(step.fed), (step.number, "", step.actor)
        need(key in fed.disputes)
        for owner in step.pair:
            need((step.number, owner) in fed.submissions)
        dispute, round_ = fed.disputes[key], fed.rounds.get(step.number)
        need(dispute.verdict == "Open", "ChallengeDecided")
        assert round_ is not None
        need(not now.passed(dispute.deadline), "DeadlinePassed")
        need(dispute.evidence == "Incomplete", "EvidenceComplete")
        need(dispute.kind == "WrongDistance", "EvidenceNotAsked")
        stream = dispute.stream if step.place else b""
        need(step.place == len(stream), "EvidenceOutOfOrder")
        length = PAIR * chunk_count(UPDATE, round_.rules.parameters)
        need(len(stream) + len(step.data) <= length, "ProofMalformed")
        after = replace(dispute, stream=stream + step.data)
        if step.pair:
            first, second = (fed.submissions[step.number, owner] for owner in step.pair)
            measured = self._measured(after, round_.rules, first, second)
            after = self.compared(replace(after, measured=measured))
        yield
        become(dispute, after)

    @staticmethod
    def _measured(dispute: Dispute, rules: Rules, first: Submission, second: Submission) -> int:
        """The distance of two updates that were read to their ends."""
        need(dispute.measured is None, "EvidenceRepeated")
        named = first.revealed and second.revealed
        named = named and (first.index, second.index) == (dispute.place, dispute.other)
        need(named, "WrongSubmission")
        if not first.status == second.status == "Revealed":
            return NO_DISTANCE
        if dispute.place == dispute.other:
            return 0
        length = PAIR * chunk_count(UPDATE, rules.parameters)
        need(len(dispute.stream) == length, "EvidenceMissing")
        for offset, one in enumerate((first, second)):
            values = streamed(dispute.stream, offset)
            tree = tree_of(UPDATE, values, rules.parameters, lies={})
            need(tree.root == (one.update.root, one.update.norm), "ProofMismatch")
        return distance_in(dispute.stream, rules)

    @staticmethod
    def judge_selection(dispute: Dispute, rules: Rules) -> bool:
        """Whether what is here of a selection shows a fault."""
        need(dispute.evidence == "Proves" or has_selection(dispute, rules), "EvidenceMissing")
        if dispute.evidence == "Proves":
            return True
        weights = shown_weights(dispute, rules)
        if dispute.kind == "WrongWeights":
            return unfit(tuple(weights), dispute.size, rules)
        first, each = table_chunks(rules.rule, dispute.size)
        rows = [
            tuple(numbers_in([dispute.shown[start + i] for i in range(each)], 8))
            for start in (first, first + each)
        ]
        before = comes_before(
            (rows[1], dispute.other),
            (rows[0], dispute.place),
            dispute.size,
            dispute.accepted - 2,
        )
        return weights[dispute.place] != 0 and weights[dispute.other] == 0 and before

    @staticmethod
    def weight_of(dispute: Dispute, rules: Rules, one: Submission) -> int:
        """What a submission's value weighs in the posted selection; one where nothing is selected."""
        return shown_weights(dispute, rules)[one.index] if dispute.choice is not None else 1

    def check_weight(self, dispute: Dispute, rules: Rules, one: Submission) -> None:
        """A value is evidence once the weights are here, and where it has one."""
        if dispute.choice is not None:
            need(has_selection(dispute, rules), "EvidenceMissing")
            need(self.weight_of(dispute, rules, one) > 0, "EvidenceNotAsked")


def become(dispute: Dispute, after: Dispute) -> None:
    """Makes a dispute what it has become; whoever holds it sees that."""
    vars(dispute).update(vars(after))


def streamed(stream: bytes, offset: int) -> list[int]:
    """The values of the first (0) or second (1) of two updates in what was shown of both."""
    starts = range(offset * CHUNK, len(stream), PAIR)
    return [v for at in starts for v in values_in(stream[at : at + CHUNK], UPDATE)]


def distance_in(stream: bytes, rules: Rules) -> int:
    """Σ (a - b)² over the whole pairs of chunks that are there."""
    known = stream[: len(stream) // PAIR * PAIR]
    first, second = (streamed(known, offset)[: rules.parameters] for offset in (0, 1))
    return sum((a - b) ** 2 for a, b in zip(first, second, strict=True))
