"""The reference's part for how disputes end: convicted, acquitted, moot, and what is paid."""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.model import MINTS_OF, Now, Step, dispute_of, need
from tests.property.reference_disputes import DisputeRules
from tests.property.reference_people import rounded_down
from tests.property.reference_selecting import DEMANDS, has_selection
from tests.property.state import Dispute, Federation, Person, Round, Submission
from tests.property.updates import next_value


class VerdictRules(DisputeRules):
    """Verdicts."""

    def challenge_resolve(self, step: Step, now: Now) -> Iterator[None]:
        """Decides what ``who`` claims of ``target``.

        ``accused``, ``original``, ``aggregator`` and ``last`` are the accounts that are passed.
        """
        round_, dispute = self.dispute(step, step.who)
        fed = self.feds[step.fed]
        self._check_accounts(step, round_, dispute)
        target = fed.submissions.get((step.number, step.target))
        need(dispute.verdict == "Open", "ChallengeDecided")
        need(not self.moot(round_, dispute, target), "ChallengeMoot")
        proven = self._verdict(step, dispute, target, now)
        if proven:
            yield from self._convict(step, round_, dispute, now)
        else:
            yield
            self.forfeit(fed, round_, dispute)
        self._count_out(round_, target)

    def _check_accounts(self, step: Step, round_: Round, dispute: Dispute) -> None:
        given = [name for name in (step.accused, step.aggregator, step.last) if name]
        for name in given:
            self.person(*name.split("/"))
        need(len(set(given)) == len(given))
        if step.original:
            round_name, owner = step.original.split("/")
            fed, number = round_name.split("#")
            need((int(number), owner) in self.fed(fed).submissions)
        self._check_accused(step, dispute)
        if step.original:
            need(round_name == f"{step.fed}#{step.number}", "WrongSubmission")
        if step.aggregator:
            need(step.aggregator == f"{step.fed}/{round_.aggregator}", "WrongAggregator")
        self.check_last_home(step)

    @staticmethod
    def _check_accused(step: Step, dispute: Dispute) -> None:
        need(step.accused.split("/")[0] == step.fed)
        need(step.accused == f"{step.fed}/{dispute.accused}", "WrongChallenge")

    @staticmethod
    def moot(round_: Round, dispute: Dispute, target: Submission | None) -> bool:
        """Whether what it is about has fallen already."""
        if target is not None:
            return not target.standing
        return dispute.attempt != round_.attempt

    def _verdict(self, step: Step, dispute: Dispute, target: Submission | None, now: Now) -> bool:
        if dispute.kind == "WrongAggregate":
            return self._is_wrong(self.feds[step.fed].rounds[step.number], step, dispute)
        if dispute.kind == "CopiedUpdate":
            assert target is not None
            need(bool(step.original), "EvidenceMissing")
            _, owner = step.original.split("/")
            first = self.feds[step.fed].submissions[step.number, owner]
            equal = (first.update.root, first.update.norm) == (
                target.update.root,
                target.update.norm,
            )
            earlier = (first.slot, first.index) < (target.slot, target.index)
            need(first.revealed and equal and earlier, "NotACopy")
            return True
        if dispute.kind in ("WrongWeights", "WrongSelection"):
            return self.judge_selection(dispute, self.feds[step.fed].rounds[step.number].rules)
        if dispute.kind in DEMANDS:
            shown = dispute.evidence == "Refutes"
            need(shown or now.passed(dispute.deadline), "DeadlineNotPassed")
            return not shown
        need(dispute.evidence != "Incomplete", "EvidenceMissing")
        return dispute.evidence == "Proves"

    def _is_wrong(self, round_: Round, step: Step, dispute: Dispute) -> bool:
        """Whether the posted value is not what the rule makes; behind the last parameter: zero."""
        if dispute.evidence == "Proves":
            return True  # nobody has a weight
        need(dispute.posted is not None, "EvidenceMissing")
        if dispute.place >= round_.rules.parameters:
            return dispute.posted != 0
        need(self.complete(round_, dispute), "EvidenceMissing")
        assert dispute.base is not None
        submissions = self.feds[step.fed].submissions
        order = sorted(dispute.values, key=lambda owner: submissions[step.number, owner].index)
        column = [dispute.values[owner] for owner in order]
        weights = [dispute.weights[owner] for owner in order]
        return next_value(dispute.base, column, round_.rules, weights) != dispute.posted

    def _convict(self, step: Step, round_: Round, dispute: Dispute, now: Now) -> Iterator[None]:
        """The accused is fined, and loses its bond if its aggregate was wrong; what it posted falls.

        An accepted submission takes a standing aggregate with it: then the aggregator gets its bond
        back, and its place in the list.
        """
        fed, rules, name = self.feds[step.fed], round_.rules, dispute.accused
        person, target = fed.people[name], fed.submissions.get((step.number, step.target))
        standing = round_.phase == "Challenge"
        falls = target is None or (target.status == "Revealed" and standing)
        lost = round_.bond if target is None else 0
        poster = round_.aggregator if falls and target is not None else ""
        amount = self._fine_beside(person, step.number, lost, rules.fraud, rules.cap)
        if poster and poster != name:
            need(step.aggregator != "", "WrongAggregator")
        left = person.stake - min(amount, person.stake) + (round_.bond if poster == name else 0)
        self._check_leaving(step, fed, poster if poster != name else "", left)
        yield
        if target is None:
            self.lose_bond(person, round_, step.number)
        else:
            self._fault(round_, target, now)
        self.take_fine(person, step.number, amount)
        if poster:
            self.return_bond(fed, round_)
            if poster != name:
                self.take_seat(fed, poster, now)
        self.leave_seat(fed, name, now)
        if falls:
            self._reopen(round_, now)
        finder = rounded_down(amount + lost, rules.finder)
        dispute.verdict, dispute.payout = "Convicted", dispute.bond + finder
        dispute.to_treasury = rounded_down(amount + lost, rules.treasury)
        dispute.burned = amount + lost - finder - dispute.to_treasury

    def _fine_beside(self, person: Person, number: int, lost: int, rate: int, cap: int) -> int:
        """The fine of somebody that loses a bond besides; of the bond itself it takes nothing."""
        person.bonded -= lost
        try:
            return self.fine_of(person, number, rate, cap)
        finally:
            person.bonded += lost

    def _check_leaving(self, step: Step, fed: Federation, returning: str, left: int) -> None:
        """Whether the account of whoever is last, once the aggregator is back, was passed."""
        _, name = step.accused.split("/")
        seats = list(fed.seats)
        back = fed.people.get(returning)
        if back is not None and returning not in seats:
            stake = back.stake + back.bonded
            seats += [returning] if back.roles & 4 and stake >= fed.rules.seat else []
        if name in seats and left < fed.rules.seat and seats[-1] != name:
            given = step.last or step.aggregator
            need(given == f"{step.fed}/{seats[-1]}", "WrongLastAggregator")

    @staticmethod
    def lose_bond(person: Person, round_: Round, number: int) -> None:
        person.slashed += round_.bond
        person.bonded -= round_.bond
        person.duties -= 1
        person.barred = number

    def _fault(self, round_: Round, target: Submission, now: Now) -> None:
        """Takes a submission out of its round; it needs no score any more.

        Nobody may have been able to aggregate what counted until now: there is time for it again.
        """
        if target.status == "Revealed" and round_.phase == "Aggregate":
            self.start_aggregation(round_, now)
        # It excuses a mistake about itself: there is none while nobody was judged by it.
        judged = target.scored
        if round_.rules.scored and not target.scored:
            target.scored = True
            round_.scored += 1
        elif target.status == "Revealed":
            round_.score_total -= target.score
        round_.accepted -= target.status == "Revealed"
        round_.planted -= target.status == "Planted"
        round_.false_plants += target.status == "Planted" and judged
        target.status = "Faulted"

    def _reopen(self, round_: Round, now: Now) -> None:
        round_.attempt += 1
        round_.posted, round_.choice, round_.bond, round_.aggregator = None, None, 0, ""
        round_.objectors = set()
        self.start_aggregation(round_, now)

    @staticmethod
    def forfeit(fed: Federation, round_: Round, dispute: Dispute) -> None:
        """The bond of a claim that was wrong is divided; the accused gets the finder's part."""
        finder = rounded_down(dispute.bond, round_.rules.finder)
        person = fed.people[dispute.accused]
        person.stake += finder
        person.won += finder
        dispute.verdict, dispute.payout = "Acquitted", 0
        dispute.to_treasury = rounded_down(dispute.bond, round_.rules.treasury)
        dispute.burned = dispute.bond - finder - dispute.to_treasury

    @staticmethod
    def _count_out(round_: Round, target: Submission | None) -> None:
        round_.disputes -= 1
        if target is not None:
            target.disputes -= 1

    def challenge_expire(self, step: Step, now: Now) -> Iterator[None]:
        """Ends what ``who`` claims of ``target`` without a verdict; ``accused`` may be left out.

        The bond comes back if what it is about has fallen already, and is forfeited otherwise.
        """
        round_, dispute = self.dispute(step, step.who)
        fed = self.feds[step.fed]
        if step.accused:
            self.person(*step.accused.split("/"))
            self._check_accused(step, dispute)
        target = fed.submissions.get((step.number, step.target))
        need(dispute.verdict == "Open", "ChallengeDecided")
        moot = self.moot(round_, dispute, target)
        if not moot:
            need(dispute.kind not in DEMANDS, "UseDemand")
            need(not self.complete(round_, dispute), "EvidenceComplete")
            need(now.passed(dispute.deadline), "DeadlineNotPassed")
            need(step.accused != "", "WrongChallenge")
        yield
        if moot:
            dispute.verdict, dispute.payout = "Moot", dispute.bond
        else:
            self.forfeit(fed, round_, dispute)
        self._count_out(round_, target)

    @staticmethod
    def complete(round_: Round, dispute: Dispute) -> bool:
        """Whether all is here that a verdict needs: then it is no longer lost by waiting."""
        known = has_selection(dispute, round_.rules)
        if dispute.kind in ("WrongWeights", "WrongSelection") and known:
            return True
        if dispute.kind != "WrongAggregate" or dispute.evidence != "Incomplete":
            return dispute.evidence != "Incomplete"
        all_values = known and len(dispute.values) == dispute.needed and dispute.base is not None
        padding = dispute.place >= round_.rules.parameters
        return dispute.posted is not None and (padding or all_values)

    def challenge_close(self, step: Step, now: Now) -> Iterator[None]:
        """Pays what a decided dispute of ``who`` leaves: to ``tokens`` of the challenger, and so on."""
        fed, key = self.fed(step.fed), (step.number, step.target, step.who)
        need(key in fed.disputes)
        dispute = fed.disputes[key]
        tokens = self.payee(step)
        need(self.books.mint_of(tokens) != "")
        need(tokens not in (f"{step.fed}.stake", f"{step.fed}.treasury"))
        need(self.books.mint_of(tokens) == fed.stake_mint, "WrongMint")
        need(tokens.split(":")[0] == step.who, "WrongChallenge")
        need(dispute.verdict != "Open", "ChallengeUndecided")
        yield
        vault = f"{step.fed}.stake"
        self.books.move(vault, tokens, dispute.payout)
        self.books.move(vault, f"{step.fed}.treasury", dispute.to_treasury)
        self.books.burn(vault, dispute.burned)
        fed.treasury += dispute.to_treasury
        del fed.disputes[key]
        self.books.close_account(dispute_of(step.fed, *key), step.who)

    @staticmethod
    def payee(step: Step) -> str:
        """The token account that a step names, or else the challenger's own."""
        return step.tokens or f"{step.who}:{MINTS_OF[step.fed][0]}"
