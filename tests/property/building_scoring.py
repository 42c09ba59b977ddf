"""The instructions of evaluators and of those who plant, for steps of the reference."""

from __future__ import annotations

from solders.instruction import Instruction

from fedsol.program import instructions as build
from fedsol.program.commitment import Place, audit_commitment, scores_commitment
from tests.property.model import Step, digest
from tests.property.names import address, last_of, reference_of, tokens_of
from tests.property.updates import secret_of


def scores_salt(step: Step) -> bytes:
    """The salt of the actor's commitment to scores."""
    return digest("scores", step.fed, step.number, step.actor, step.word)


class BuildsScoring:
    """One method per instruction."""

    genesis: bytes

    def place(self, step: Step) -> Place:
        """The place that the actor's commitments in a round are made for."""
        person = address(f"{step.fed}/{step.actor}")
        return Place(self.genesis, address(step.fed), step.number, person)

    def _score_commit(self, step: Step) -> Instruction:
        made = scores_commitment(self.place(step), step.scores, scores_salt(step))
        displaced = address(f"{step.fed}#{step.number}~{step.who}") if step.who else None
        me = address(step.actor)
        return build.score_commit(address(step.fed), step.number, me, made, displaced=displaced)

    def _score_reveal(self, step: Step) -> Instruction:
        salt = scores_salt(step) if step.flag else None
        fed, me = address(step.fed), address(step.actor)
        return build.score_reveal(fed, step.number, me, step.scores, start=step.amount, salt=salt)

    def _audit_arm(self, step: Step) -> Instruction:
        fed, person = address(step.fed), address(f"{step.fed}/{step.actor}")
        secret = secret_of(step.fed, step.actor, step.word)
        made = audit_commitment(self.genesis, fed, person, secret)
        return build.audit_arm(fed, address(step.actor), made)

    def _audit_reveal(self, step: Step) -> Instruction:
        secret, me = secret_of(step.fed, step.actor, step.word), address(step.actor)
        return build.audit_reveal(address(step.fed), step.number, me, secret, step.amount)

    def _submission_score(self, step: Step) -> Instruction:
        person = address(f"{step.fed}/{step.who}")
        evaluators = [address(f"{step.fed}/{owner}") for owner in step.evaluators]
        return build.submission_score(address(step.fed), step.number, person, evaluators)

    def _fault_evaluator(self, step: Step) -> Instruction:
        return build.fault_evaluator(
            reference_of(step.fed, step.actor),
            step.number,
            address(step.actor),
            address(f"{step.fed}/{step.who}"),
            last_aggregator=last_of(step),
            tokens=tokens_of(step),
        )

    def _evaluation_claim(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.evaluation_claim(ref, step.number, me, tokens=tokens_of(step))

    def _evaluation_close(self, step: Step) -> Instruction:
        return build.evaluation_close(address(step.fed), step.number, address(step.who))
