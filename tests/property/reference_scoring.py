"""The reference's part for evaluators, plants and scores."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from tests.property.model import BPS, EVALUATOR, TRAINER, Now, Step, need
from tests.property.names import address
from tests.property.reference_money import MoneyRules
from tests.property.reference_rounds import RoundRules
from tests.property.state import Evaluation, Round, Submission
from tests.property.updates import plant_seed, secret_of

Vote = tuple[int, int]


def ticket_of(round_: Round, fed: str, owner: str) -> int:
    """A participant's ticket for an evaluator's seat; lower is better."""
    drawn = hashlib.sha256(round_.beacon + bytes(address(f"{fed}/{owner}"))).digest()
    return int.from_bytes(drawn[:8], "little")


def picked(round_: Round, fed: str, owner: str, secret: str) -> bool:
    """Whether the beacon of the round before picks a secret to plant."""
    lot = hashlib.sha256(round_.parent[0] + secret_of(fed, owner, secret)).digest()
    one_in = round_.rules.audit_one_in
    return one_in > 0 and int.from_bytes(lot[:16], "little") % one_in == 0


def median(votes: list[Vote]) -> int | None:
    """The lowest score up to which at least half of all weight lies; none without votes."""
    total = sum(weight for _, weight in votes)
    reached = [m for m, _ in votes if 2 * sum(w for score, w in votes if score <= m) >= total]
    return min(reached, default=None)


class ScoringRules(MoneyRules, RoundRules):
    """Evaluators, plants and scores."""

    def score_commit(self, step: Step, now: Now) -> Iterator[None]:
        """Commits to ``scores``; ``who`` is the evaluator passed as the one to lose its seat."""
        round_, person = self.round(step), self.person(step.fed, step.actor)
        fed, key = self.feds[step.fed], (step.number, step.actor)
        need(key not in fed.evaluations)
        need(self.books.can_open(f"{step.fed}#{step.number}~{step.actor}"))
        need(not step.who or (step.number, step.who) in fed.evaluations)
        need(bool(person.roles & EVALUATOR), "RoleMissing")
        need(round_.phase == "Score", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        need(round_.drawn, "BeaconNotDrawn")
        need(person.stake_slot < round_.beacon_slot, "StakeTooFresh")
        ticket, seat = ticket_of(round_, step.fed, step.actor), len(round_.panel)
        full = seat >= round_.rules.max_evaluators
        if full:
            seat = round_.tickets.index(max(round_.tickets))
            need(ticket < round_.tickets[seat], "EvaluatorsFull")
            need(step.who == round_.panel[seat], "WrongEvaluation")
        need(person.stake >= person.locked + round_.rules.min_stake, "StakeInsufficient")
        yield
        if full:
            fed.evaluations[step.number, step.who].status = "Displaced"
        round_.panel[seat : seat + 1], round_.tickets[seat : seat + 1] = [step.actor], [ticket]
        round_.evaluations += 1
        liability = round_.rules.min_stake
        person.locked += liability
        person.duties += 1
        fed.evaluations[key] = Evaluation(
            word=step.word,
            scores=step.scores,
            seat=seat,
            ticket=ticket,
            weight=person.stake,
            liability=liability,
            shown=[0] * round_.revealed,
        )
        name = f"{step.fed}#{step.number}~{step.actor}"
        self.books.open_account(step.actor, name, "evaluation", 2 * round_.revealed)

    def score_reveal(self, step: Step, now: Now) -> Iterator[None]:
        """Shows ``scores`` from number ``amount`` on; ``flag``: with the salt, as the last ones."""
        person, round_, evaluation = self.evaluation(step, step.actor)
        need(round_.phase == "ScoreReveal", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        need(evaluation.status == "Committed", "WrongEvaluationStatus")
        end = step.amount + len(step.scores)
        fits = not step.scores or end <= len(evaluation.shown)
        need(fits and max(step.scores, default=0) <= BPS, "ScoresOutOfRange")
        whole = list(evaluation.shown)
        whole[step.amount : end] = step.scores
        right = (step.word, tuple(whole)) == (evaluation.word, evaluation.scores)
        need(not step.flag or right, "CommitmentMismatch")
        yield
        evaluation.shown = whole
        if step.flag:
            evaluation.status, evaluation.place = "Revealed", len(round_.shown)
            round_.shown.append(step.actor)
            person.locked -= evaluation.liability
            evaluation.liability = 0

    def audit_arm(self, step: Step, now: Now) -> Iterator[None]:
        """Binds the actor to the secret that ``word`` names."""
        person, fed = self.person(step.fed, step.actor), self.feds[step.fed]
        need(not fed.paused, "FederationPaused")
        need(bool(person.roles & TRAINER), "RoleMissing")
        yield
        person.secret, person.armed_slot = step.word, now.slot

    def audit_reveal(self, step: Step, now: Now) -> Iterator[None]:
        """Tells that the actor's update was made of the secret ``word``, as loud as ``amount``."""
        person, round_, submission = self.submission(step, step.actor)
        need(round_.phase == "Tally", "WrongPhase")
        need(not now.passed(round_.deadline), "DeadlinePassed")
        need(submission.status == "Revealed", "WrongSubmissionStatus")
        need(bool(step.word) and person.secret == step.word, "AuditMismatch")
        need(person.armed_slot < round_.parent[1], "AuditTooFresh")
        need(picked(round_, step.fed, step.actor, step.word), "AuditNotPicked")
        yield
        person.secret = ""
        round_.accepted -= 1
        round_.planted += 1
        submission.status, submission.amplitude = "Planted", step.amount
        submission.seed = plant_seed(step.fed, step.number, step.actor, step.word)

    def submission_score(self, step: Step, now: Now) -> Iterator[None]:
        """Scores the submission of ``who`` by the scores of ``evaluators``: of all, by place."""
        round_, fed = self.round(step), self.feds[step.fed]
        need((step.number, step.who) in fed.submissions)
        submission = fed.submissions[step.number, step.who]
        need(round_.phase == "Tally", "WrongPhase")
        need(now.passed(round_.deadline), "DeadlineNotPassed")
        need(submission.standing and not submission.scored, "WrongSubmissionStatus")
        need(len(step.evaluators) == len(round_.shown), "EvaluationsMissing")
        need(list(step.evaluators) == round_.shown)
        yield
        others = self.others(round_, step.who)
        votes = {owner: fed.evaluations[step.number, owner] for owner in others}
        result = self._result(round_, submission, list(votes.values()))
        for vote in votes.values():
            near = abs(vote.scores[submission.index] - result) <= round_.rules.band
            vote.credits += near
            vote.strikes += not near
            vote.missed += not near and submission.status == "Planted"
            round_.credit_total += near
        submission.scored, submission.score = True, result
        round_.scored += 1
        if submission.status == "Planted":
            return
        if result < round_.rules.floor:
            submission.status = "Rejected"
            round_.accepted -= 1
        else:
            round_.score_total += result

    @staticmethod
    def others(round_: Round, who: str) -> list[str]:
        """Whose scores count for somebody's submission: everybody's but its own author's."""
        return [owner for owner in round_.shown if owner != who]

    @staticmethod
    def _result(round_: Round, submission: Submission, votes: list[Evaluation]) -> int:
        """The median of all others' scores; a plant's worth is nothing, and nobody's word is fair."""
        if submission.status == "Planted":
            return 0
        found = median([(vote.scores[submission.index], vote.weight) for vote in votes])
        return round_.rules.floor if found is None else found

    def fault_evaluator(self, step: Step, now: Now) -> Iterator[None]:
        """Slashes ``who`` for its evaluation; the finder's part goes to ``tokens``."""
        person, round_, evaluation = self.evaluation(step, step.who)
        fed, rules = self.feds[step.fed], round_.rules
        self.check_last_account(step, step.who)
        target = self.check_target(step, "stake", "stake", "treasury")
        self.check_last_home(step)
        need(self.at_fault(round_, evaluation), "EvaluatorNotAtFault")
        fine = self.fine_of(person, step.number, rules.evaluator_rate, rules.cap)
        self.check_last(step, step.who, person.stake - min(fine, person.stake))
        yield
        if round_.phase == "Settled" and evaluation.status == "Revealed":
            self.claim(fed, round_, 0)
        person.locked -= evaluation.liability
        evaluation.status, evaluation.liability = "Faulted", 0
        self.fine(step, round_, fine, target, now)
