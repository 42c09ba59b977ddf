"""The reference's part for disputes until they are decided: claims, demands, evidence, answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.property.model import Now, Step, dispute_of, need
from tests.property.reference_paths import begun, climbed, tree_size
from tests.property.reference_selecting import (
    DEMANDS,
    ON_SELECTIONS,
    ON_TABLES,
    PAIR,
    SelectingRules,
    asked_chunks,
    become,
)
from tests.property.state import Ascent, Dispute, Federation, Round, Submission
from tests.property.trees import CHUNK, MODEL, RECORD, UPDATE, Proof, per_chunk

ON_UPDATES = ("LyingNorm", "FalsePlant", "CopiedUpdate", "Unavailable")
ON_AGGREGATES = ("WrongAggregate", "Unavailable", *ON_SELECTIONS)
DEMANDS_MAX = 255


class DisputeRules(SelectingRules):
    """Claims, demands, evidence, answers."""

    def dispute(self, step: Step, challenger: str) -> tuple[Round, Dispute]:
        """A dispute that must exist, and its round."""
        fed = self.fed(step.fed)
        key = (step.number, step.target, challenger)
        need(step.number in fed.rounds and key in fed.disputes)
        # What was decided may have outlived its target.
        there = (step.number, step.target) in fed.submissions
        need(step.name == "challenge_append" or not step.target or there)
        return fed.rounds[step.number], fed.disputes[key]

    def challenge_open(self, step: Step, now: Now) -> Iterator[None]:
        """Claims, with a bond out of ``tokens``, the fault ``word`` of the update of ``target``.

        Without a target it is the aggregate that is meant; ``place`` is a chunk, or a coordinate.
        """
        round_ = self.round(step)
        target, source = self._target(step), self._payer(step)
        need(step.word not in DEMANDS, "UseDemand")
        self._check_disputable(round_, now)
        self._check_claim(round_, target, step, step.word)
        bond = round_.rules.claim_bond
        self.check_payment(step, source, f"{step.fed}.stake", bond)
        yield
        self._begin(step, step.word, bond, now)

    def demand_open(self, step: Step, now: Now) -> Iterator[None]:
        """Demands, with a bond out of ``tokens``, chunk ``place`` of what ``target`` has posted.

        ``flag``: of what was selected.
        """
        round_ = self.round(step)
        target, source = self._target(step), self._payer(step)
        self._check_disputable(round_, now)
        late = round_.phase == "Challenge" and now.passed(round_.takeover)
        need(not late, "DeadlinePassed")
        kind = DEMANDS[step.flag]
        self._check_claim(round_, target, step, kind)
        counter = target or round_
        need(counter.demands < DEMANDS_MAX, "DemandsExhausted")
        bond = round_.rules.claim_bond * (counter.demands + 1)
        self.check_payment(step, source, f"{step.fed}.stake", bond)
        yield
        counter.demands += 1
        self._begin(step, kind, bond, now)

    def _target(self, step: Step) -> Submission | None:
        fed = self.feds[step.fed]
        need(not step.target or (step.number, step.target) in fed.submissions)
        need((step.number, step.target, step.actor) not in fed.disputes)
        need(self.books.can_open(dispute_of(step.fed, step.number, step.target, step.actor)))
        return fed.submissions.get((step.number, step.target))

    def _payer(self, step: Step) -> str:
        return self.check_target(step, "stake", "stake")

    @staticmethod
    def _check_disputable(round_: Round, now: Now) -> None:
        """Once revealing is over, and while the phase can still wait for a verdict."""
        phases = ("Score", "ScoreReveal", "Tally", "Aggregate", "Challenge")
        need(round_.phase in phases, "WrongPhase")
        end = round_.takeover if round_.phase == "Aggregate" else round_.deadline
        need(not now.passed(end), "DeadlinePassed")

    def _check_claim(self, round_: Round, target: Submission | None, step: Step, kind: str) -> None:
        of_update = target is not None
        need(kind in (ON_UPDATES if of_update else ON_AGGREGATES), "TargetMismatch")
        # Only its members can tell what is wrong with a sum under masks, and nobody who has copied whom.
        hidden = round_.rules.masked and kind in ("WrongAggregate", "CopiedUpdate")
        need(not hidden, "TargetMismatch")
        if kind in ON_SELECTIONS:
            self.check_selection_claim(round_, step, kind)
        else:
            tree = UPDATE if of_update else MODEL
            chunk = step.place // per_chunk(MODEL) if kind == "WrongAggregate" else step.place
            inside = chunk < tree_size(tree, round_.rules)[0] or kind == "CopiedUpdate"
            need(inside, "ChunkOutOfRange")
        if target is None:
            need(round_.phase == "Challenge", "WrongPhase")
            return
        need(target.standing, "WrongSubmissionStatus")
        need(kind != "FalsePlant" or target.status == "Planted", "WrongSubmissionStatus")

    def _begin(self, step: Step, kind: str, bond: int, now: Now) -> None:
        fed = self.feds[step.fed]
        round_, target = fed.rounds[step.number], fed.submissions.get((step.number, step.target))
        self.books.move(self.target(step, "stake"), f"{step.fed}.stake", bond)
        round_.disputes += 1
        if target is not None:
            target.disputes += 1
        padding = kind == "WrongAggregate" and step.place >= round_.rules.parameters
        choice = round_.choice if round_.rules.selects else None
        dispute = Dispute(
            kind=kind,
            place=0 if kind in ("CopiedUpdate", "WrongWeights") else step.place,
            other=step.other if kind in ON_TABLES else 0,
            choice=choice,
            accepted=round_.accepted,
            target=step.target,
            accused=step.target or round_.aggregator,
            challenger=step.actor,
            bond=bond,
            deadline=now.after(round_.rules.dispute),
            attempt=round_.attempt,
            needed=0 if padding or choice else round_.accepted,
            base_root=round_.base.root,
            posted_root=round_.posted.root if round_.posted else bytes(32),
            size=round_.revealed,
        )
        fed.disputes[step.number, step.target, step.actor] = dispute
        more = self._room(dispute, round_)
        dispute.kept = bytearray(more)
        name = dispute_of(step.fed, step.number, step.target, step.actor)
        self.books.open_account(step.actor, name, "challenge", more)

    @staticmethod
    def _room(dispute: Dispute, round_: Round) -> int:
        """Bytes that a dispute's account has behind its fields."""
        kind, count = UPDATE if dispute.target else MODEL, round_.revealed
        _, depth = tree_size(kind, round_.rules)
        if dispute.kind == "Unavailable":
            return CHUNK + depth * RECORD[kind]
        if dispute.kind == "SelectionUnavailable" and dispute.choice is not None:
            return CHUNK + (dispute.choice.chunks - 1).bit_length() * RECORD[MODEL]
        if dispute.kind == "WrongDistance":
            _, depth = tree_size(UPDATE, round_.rules)
            return PAIR + 2 * (depth + 1) * RECORD[UPDATE]
        chunks = CHUNK * len(asked_chunks(dispute, round_.rules))
        of_aggregate = dispute.kind == "WrongAggregate"
        return chunks + ((count + 7) // 8 + 2 * count if of_aggregate else 0)

    def challenge_append(self, step: Step, now: Now) -> Iterator[None]:
        """Shows ``proof``: a chunk of ``part`` (of the update of ``who``) and a path, or more of it."""
        round_, dispute = self.dispute(step, step.actor)
        fed, proof = self.feds[step.fed], step.proof
        need(proof is not None)
        assert proof is not None
        need(not step.who or (step.number, step.who) in fed.submissions)
        whose = fed.submissions.get((step.number, step.who))
        need(dispute.kind not in DEMANDS, "UseDemand")
        self._check_open(dispute, now)
        if whose is not None and dispute.kind == "WrongAggregate":
            need(whose.status == "Revealed", "WrongSubmissionStatus")
        elif whose is not None and dispute.kind != "WrongWeights":
            need(step.who == dispute.target, "WrongSubmission")
        ascent = self._begun(dispute, round_, step.part, step.who, whose, proof)
        need((ascent.part, ascent.whose) == (step.part, step.who), "ProofMalformed")
        ascent, arrived = climbed(ascent, proof.siblings)
        if arrived:
            self._check_root(dispute, ascent, whose)
        if step.part == "Selection":
            need(arrived, "ProofMalformed")
            rules, place = round_.rules, proof.place
            after = self.take_selection(dispute, rules, place, proof.chunk, whose)
            yield
            become(dispute, replace(after, ascent=None))
            return
        if arrived:
            self._check_evidence(dispute, ascent, round_, whose)
        yield
        dispute.ascent = None if arrived else ascent
        if arrived:
            if whose is not None and dispute.kind == "WrongAggregate":
                dispute.weights[step.who] = self.weight_of(dispute, round_.rules, whose)
            self._take(fed, round_, dispute, ascent)

    @staticmethod
    def _begun(
        dispute: Dispute,
        round_: Round,
        part: str,
        whose: str,
        update: Submission | None,
        proof: Proof,
    ) -> Ascent:
        """A path at its leaf, or where it is if there is no chunk to begin with."""
        if proof.chunk:
            return begun(dispute, round_.rules, part, whose, update, proof)
        need(dispute.ascent is not None, "ProofMalformed")
        assert dispute.ascent is not None
        return dispute.ascent

    @staticmethod
    def _check_open(dispute: Dispute, now: Now) -> None:
        need(dispute.verdict == "Open", "ChallengeDecided")
        need(not now.passed(dispute.deadline), "DeadlinePassed")
        need(dispute.evidence == "Incomplete", "EvidenceComplete")

    @staticmethod
    def _check_root(dispute: Dispute, ascent: Ascent, whose: Submission | None) -> None:
        roots = {"Base": (dispute.base_root, 0), "Posted": (dispute.posted_root, 0)}
        if whose is not None:
            roots = {"Update": (whose.update.root, whose.update.norm)}
        if dispute.choice is not None:
            roots["Selection"] = dispute.choice.root, 0
        need(ascent.part in roots, "EvidenceNotAsked")
        need(ascent.node == roots[ascent.part], "ProofMismatch")
        need(not ascent.overflowed or dispute.kind == "LyingNorm", "ProofMismatch")

    def _check_evidence(
        self, dispute: Dispute, ascent: Ascent, round_: Round, whose: Submission | None
    ) -> None:
        of_update = ascent.part == "Update"
        need(of_update or dispute.kind == "WrongAggregate", "EvidenceNotAsked")
        if of_update and dispute.kind == "WrongAggregate" and whose is not None:
            self.check_weight(dispute, round_.rules, whose)
        again = dispute.kind == "WrongAggregate" and ascent.whose in dispute.values
        need(not of_update or not again, "EvidenceRepeated")

    @staticmethod
    def _take(fed: Federation, round_: Round, dispute: Dispute, ascent: Ascent) -> None:
        if dispute.kind != "WrongAggregate":
            dispute.evidence = "Proves" if ascent.faulty or ascent.overflowed else "Refutes"
        elif ascent.part == "Base":
            dispute.base = ascent.value
        elif ascent.part == "Posted":
            dispute.posted = ascent.value
        else:
            dispute.values[ascent.whose] = ascent.value

    def demand_answer(self, step: Step, now: Now) -> Iterator[None]:
        """Shows what ``who`` demanded of ``accused``: ``proof``, a chunk and a path, or more of it.

        Anybody may show all of it at once; only the accused may show it in pieces.
        """
        owner = step.accused.split("/")[-1] or step.actor
        self.person(step.fed, owner)
        round_, dispute = self.dispute(step, step.who)
        fed, proof = self.feds[step.fed], step.proof
        need(proof is not None)
        assert proof is not None
        need(dispute.accused == owner, "WrongChallenge")
        need(dispute.kind in DEMANDS, "WrongChallenge")
        self._check_open(dispute, now)
        whose = fed.submissions.get((step.number, step.target))
        part = "Update" if step.target else "Posted"
        part = "Selection" if dispute.kind == "SelectionUnavailable" else part
        asked = replace(proof, place=0)
        ascent = self._begun(dispute, round_, part, step.target, whose, asked)
        start = CHUNK + ascent.level * RECORD[UPDATE if step.target else MODEL]
        need(start + len(proof.siblings) <= len(dispute.kept), "ProofMalformed")
        ascent, arrived = climbed(ascent, proof.siblings)
        if arrived:
            self._check_root(dispute, ascent, whose)
        need(step.actor == owner or (bool(proof.chunk) and arrived), "NotOwner")
        yield
        dispute.kept[start : start + len(proof.siblings)] = proof.siblings
        dispute.kept[: len(proof.chunk)] = proof.chunk
        dispute.ascent = None if arrived else ascent
        if arrived:
            dispute.evidence = "Refutes"
            self.extend(round_, now)

    @staticmethod
    def extend(round_: Round, now: Now) -> None:
        """Whoever asked for a chunk has time to look at it."""
        if round_.phase == "Challenge":
            time, slot = now.after(round_.rules.dispute)
            round_.deadline = max(time, round_.deadline[0]), max(slot, round_.deadline[1])
