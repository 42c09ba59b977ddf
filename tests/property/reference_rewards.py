"""The reference's part for what a settled round pays, and for closing what is done."""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.model import Now, Step, need
from tests.property.reference_people import Shared, rounded_down
from tests.property.state import Evaluation, Federation, Round, Submission


class RewardRules(Shared):
    """Shares, claims and closings."""

    @staticmethod
    def divide_pool(fed: Federation, round_: Round) -> None:
        """What a round that settles owes: to evaluators, to plants, to accepted submissions by score.

        A plant gets what an accepted submission would get on average. Nothing is owed to nobody.
        """
        points = round_.score_total if round_.rules.scored else round_.accepted
        evaluators = rounded_down(round_.pool, round_.rules.evaluator_pay)
        round_.evaluator_pool = evaluators if round_.credit_total else 0
        rest = round_.pool - round_.evaluator_pool
        round_.plant_share = rest // (round_.accepted + round_.planted)
        plants = round_.plant_share * round_.planted
        round_.score_pool = rest - plants if points else 0
        round_.share = round_.score_pool // round_.accepted
        round_.unpaid = round_.evaluator_pool + plants + round_.score_pool
        round_.claims_left = round_.accepted + round_.planted + len(round_.shown)
        fed.owed += round_.unpaid
        fed.available += round_.pool - round_.unpaid

    @staticmethod
    def pay_of(round_: Round, submission: Submission) -> int:
        """What a submission earned, rounded down."""
        if submission.status == "Planted":
            return round_.plant_share
        if not round_.rules.scored:
            return round_.score_pool // round_.accepted
        return round_.score_pool * submission.score // (round_.score_total or 1)

    @staticmethod
    def claim(fed: Federation, round_: Round, amount: int) -> None:
        """Counts a claim; the last one leaves what rounding left to later rounds."""
        fed.owed -= amount
        round_.unpaid -= amount
        round_.claims_left -= 1
        if round_.claims_left == 0:
            fed.owed -= round_.unpaid
            fed.available += round_.unpaid
            round_.unpaid = 0

    def reward_claim(self, step: Step, now: Now) -> Iterator[None]:
        """Pays the actor's share of a settled round to ``tokens``."""
        person, round_, submission = self.submission(step, step.actor)
        target = self.check_target(step, "reward", "reward")
        need(round_.phase == "Settled", "WrongPhase")
        need(not submission.claimed, "AlreadyClaimed")
        need(submission.status in ("Revealed", "Planted"), "WrongSubmissionStatus")
        yield
        amount = self.pay_of(round_, submission)
        submission.claimed = True
        self.claim(self.feds[step.fed], round_, amount)
        person.rewarded += amount
        self.books.give(f"{step.fed}.reward", target, amount)

    def submission_close(self, step: Step, now: Now) -> Iterator[None]:
        """Closes the submission of ``who``; a round that is gone asks nothing.

        A share that nobody claims is forfeited: in a paused federation, once its round may close.
        """
        person, fed = self.person(step.fed, step.who), self.feds[step.fed]
        key = (step.number, step.who)
        need(key in fed.submissions)
        submission, round_ = fed.submissions[key], fed.rounds.get(step.number)
        need(submission.disputes == 0, "DisputesOpen")
        unclaimed = False
        if round_ is not None:
            need(round_.ended, "RoundNotEnded")
            paid = submission.status in ("Revealed", "Planted") and round_.phase == "Settled"
            unclaimed = paid and not submission.claimed
            abandoned = fed.paused and now.passed(round_.deadline)
            excused = not submission.hidden or round_.full
            need(excused and (not unclaimed or abandoned), "SubmissionInUse")
        yield
        if round_ is not None and submission.revealed:
            round_.closed += 1
            if unclaimed:
                self.claim(fed, round_, 0)
        person.locked -= submission.liability
        person.duties -= 1
        del fed.submissions[key]
        self.books.close_account(f"{step.fed}#{step.number}/{step.who}", step.who)

    def evaluation_claim(self, step: Step, now: Now) -> Iterator[None]:
        """Pays the actor for the credits of its scores to ``tokens``; whoever is at fault gets none."""
        person, round_, evaluation = self.evaluation(step, step.actor)
        target = self.check_target(step, "reward", "reward")
        need(round_.phase == "Settled", "WrongPhase")
        shown = evaluation.status == "Revealed"
        need(shown and not self.at_fault(round_, evaluation), "WrongEvaluationStatus")
        yield
        amount = round_.evaluator_pool * evaluation.credits // (round_.credit_total or 1)
        evaluation.status = "Done"
        self.claim(self.feds[step.fed], round_, amount)
        person.rewarded += amount
        self.books.give(f"{step.fed}.reward", target, amount)

    def evaluation_close(self, step: Step, now: Now) -> Iterator[None]:
        """Closes the evaluation of ``who``, once nothing is asked of it or owed to it."""
        person, round_, evaluation = self.evaluation(step, step.who)
        fed, status = self.feds[step.fed], evaluation.status
        free = round_.phase == "Aborted" and not self.at_fault(round_, evaluation)
        over = round_.phase == "Settled" and now.passed(round_.deadline)
        abandoned = fed.paused and over and status == "Revealed"
        done = status in ("Done", "Faulted", "Displaced")
        need(done or free or abandoned, "EvaluationInUse")
        yield
        if abandoned:
            self.claim(fed, round_, 0)
        round_.evaluations -= 1
        person.locked -= evaluation.liability
        person.duties -= 1
        del fed.evaluations[step.number, step.who]
        self.books.close_account(f"{step.fed}#{step.number}~{step.who}", step.who)

    @staticmethod
    def at_fault(round_: Round, evaluation: Evaluation) -> bool:
        """Whether an evaluator was silent; or, once the round has ended, mostly wrong or fooled.

        Every plant that was proved to be none excuses one mistake about plants, with its strike.
        """
        if evaluation.status == "Committed":
            return round_.scores_closed
        excused = min(evaluation.missed, round_.false_plants)
        fooled = evaluation.missed > excused
        wrong = fooled or evaluation.strikes - excused > evaluation.credits
        return evaluation.status == "Revealed" and round_.ended and wrong
