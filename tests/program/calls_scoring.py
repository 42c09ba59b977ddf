"""The instructions of scoring as methods of a world."""

from __future__ import annotations

from collections.abc import Sequence

from fedsol.program import instructions as build
from tests.program.call import Call
from tests.program.calling import Calling

AMPLITUDE = 40
"""How large planted noise is unless told otherwise."""


class ScoringCalls(Calling):
    """One method for each instruction of scoring, under its name."""

    def score_commit(
        self,
        who: str,
        *,
        number: int | None = None,
        scores: Sequence[int] | None = None,
        salt: bytes | None = None,
        commitment: bytes | None = None,
        displaced: str | None = None,
    ) -> Call:
        """Commits to the person's ``scores`` under ``salt``, or to given bytes."""
        number = number or self.number
        hidden = commitment or self.scores_commitment(who, number, scores=scores, salt=salt)
        made = build.score_commit(
            self.ref.address,
            number,
            self.owner(who),
            hidden,
            displaced=self.evaluation_at(displaced, number) if displaced else None,
        )
        return self.call("score_commit", made, who)

    def score_reveal(
        self,
        who: str,
        *,
        number: int | None = None,
        scores: Sequence[int] | None = None,
        salt: bytes | None = None,
        start: int = 0,
        whole: bool = True,
    ) -> Call:
        """Shows ``scores`` from ``start`` on; the salt comes with them unless not ``whole``."""
        number = number or self.number
        scores = self.scores(number) if scores is None else scores
        salt = (salt or self.salt(who, number)) if whole else None
        made = build.score_reveal(
            self.ref.address, number, self.owner(who), scores, start=start, salt=salt
        )
        return self.call("score_reveal", made, who)

    def submission_score(
        self, who: str, evaluators: Sequence[str] | None = None, *, number: int | None = None
    ) -> Call:
        """Scores a person's submission, with everybody whose scores were shown unless told."""
        number = number or self.number
        named = self.shown(number) if evaluators is None else evaluators
        people = [self.person(one) for one in named]
        made = build.submission_score(self.ref.address, number, self.person(who), people)
        return self.call("submission_score", made)

    def audit_arm(
        self, who: str, *, secret: bytes | None = None, commitment: bytes | None = None
    ) -> Call:
        """Arms a person with its ``secret`` for the running round, or with given bytes."""
        hidden = commitment or self.audit_commitment(who, secret or self.secret(who))
        made = build.audit_arm(self.ref.address, self.owner(who), hidden)
        return self.call("audit_arm", made, who)

    def audit_reveal(
        self,
        who: str,
        *,
        number: int | None = None,
        secret: bytes | None = None,
        amplitude: int = AMPLITUDE,
    ) -> Call:
        """Tells that a person's submission was planted with its ``secret`` for that round."""
        number = number or self.number
        secret = secret or self.secret(who, number)
        made = build.audit_reveal(self.ref.address, number, self.owner(who), secret, amplitude)
        return self.call("audit_reveal", made, who)

    def fault_evaluator(
        self, finder: str, who: str, *, number: int | None = None, last: str | None = None
    ) -> Call:
        made = build.fault_evaluator(
            self.ref,
            number or self.number,
            self.owner(finder),
            self.person(who),
            last_aggregator=self.person(last) if last else None,
        )
        return self.call("fault_evaluator", made, finder)

    def evaluation_claim(self, who: str, *, number: int | None = None) -> Call:
        made = build.evaluation_claim(self.ref, number or self.number, self.owner(who))
        return self.call("evaluation_claim", made, who)

    def evaluation_close(self, who: str, *, number: int | None = None) -> Call:
        made = build.evaluation_close(self.ref.address, number or self.number, self.owner(who))
        return self.call("evaluation_close", made)
