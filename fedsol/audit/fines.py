"""Recomputes what faults cost and what becomes of bonds, from rates and stakes as they were."""

from solders.pubkey import Pubkey

from fedsol.audit.ledger import DEMANDS, Dispute, Ledger, Round
from fedsol.audit.report import Finding, Person
from fedsol.audit.rules import Slash, fine, split
from fedsol.program.events import Event


class Fines:
    """Slashes, bonds, and how what was lost is divided. Who is not there is named by ``presence``."""

    def __init__(self) -> None:
        self.slashes = Finding("slashes are what the rates say", "{} recomputed")
        self.bonds = Finding("bonds are posted and divided by the rules", "{} recomputed")
        self.findings = (self.slashes, self.bonds)

    def see(self, ledger: Ledger, event: Event) -> None:
        """Looks at an event; the ledger is as it was before."""
        if event.name == "ChallengeClosed":
            self._closed(ledger, event)
        round_ = ledger.rounds.get(getattr(event.data, "round", Pubkey.default()))
        if round_ is None:
            return
        rates = ledger.params.slash_rates
        match event.name:
            case "NoRevealFaulted":
                self._fault(ledger, round_, event, rates.no_reveal_bps)
            case "EvaluatorFaulted":
                self._fault(ledger, round_, event, rates.evaluator_bps)
            case "RoundAggregated":
                bond = ledger.params.aggregator_bond
                self.bonds.expect(event.data.bond == bond, f"{_at(round_, event)}: another bond")
            case "ChallengeOpened":
                self._opened(ledger, round_, event)
            case "ChallengeResolved" if event.data.proven:
                self._convicted(ledger, round_, event)
            case "ChallengeResolved":
                self._acquitted(ledger, round_, event)
            case "ChallengeExpired":
                self._expired(ledger, round_, event)

    def _fault(self, ledger: Ledger, round_: Round, event: Event, rate: int) -> None:
        data, person = event.data, ledger.people.get(event.data.participant)
        if person is None:
            return
        params, place = ledger.params, _at(round_, event)
        amount = fine(person, round_.number, rate, params)
        told = Slash(data.slashed, data.to_finder, data.to_treasury, data.burned)
        self.slashes.expect(
            told == split(amount, params),
            f"{place} lost {data.slashed}, the rates make {amount}",
        )
        left = person.stake - min(amount, person.stake)
        self.slashes.expect(data.stake == left, f"{place} has {data.stake} left, not {left}")

    def _opened(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data, unit = event.data, ledger.params.challenge_bond
        demands = 0
        if type(data.kind).__name__ in DEMANDS:
            on_submission = data.target != data.round
            accused = round_.submissions.get(data.accused)
            before = accused.demands if on_submission and accused is not None else round_.demands
            demands = before
        expected = unit * (demands + 1)
        self.bonds.expect(
            data.bond == expected,
            f"{_at(round_, event)}: a bond of {data.bond}, not {expected}",
        )

    def _convicted(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data, params, place = event.data, ledger.params, _at(round_, event)
        dispute, person = ledger.disputes.get(data.challenge), ledger.people.get(data.accused)
        if dispute is None or person is None:
            return
        bond, home = _bonds(round_, dispute, person)
        amount = fine(person, round_.number, params.slash_rates.fraud_bps, params, lost_bond=bond)
        told = Slash(data.slashed, data.to_finder, data.to_treasury, data.burned)
        self.slashes.expect(
            told == split(amount + bond, params),
            f"{place}: {data.accused} lost {data.slashed}, the rates make {amount + bond}",
        )
        left = person.stake - min(amount, person.stake) + home
        self.slashes.expect(data.stake == left, f"{place}: {data.accused} has another stake left")

    def _acquitted(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data, place = event.data, _at(round_, event)
        dispute, person = ledger.disputes.get(data.challenge), ledger.people.get(data.accused)
        if dispute is None or person is None:
            return
        told = Slash(data.slashed, data.to_finder, data.to_treasury, data.burned)
        expected = split(dispute.bond, ledger.params)
        stake = person.stake + expected.to_finder
        self.bonds.expect(
            told == expected and data.stake == stake, f"{place}: the bond was divided otherwise"
        )

    def _expired(self, ledger: Ledger, round_: Round, event: Event) -> None:
        data, place = event.data, _at(round_, event)
        dispute = ledger.disputes.get(data.challenge)
        if dispute is None:
            return
        moot = _is_moot(round_, dispute)
        lost = split(0 if moot else dispute.bond, ledger.params)
        expected = (dispute.bond if moot else 0, lost.to_finder, lost.to_treasury, lost.burned)
        told = (data.returned, data.to_accused, data.to_treasury, data.burned)
        self.bonds.expect(told == expected, f"{place}: the bond was divided otherwise")
        late = moot or data.slot >= dispute.deadline_slot
        self.bonds.expect(late, f"{place}: the claim ended before its time")

    def _closed(self, ledger: Ledger, event: Event) -> None:
        data, dispute = event.data, ledger.disputes.get(event.data.challenge)
        told = (data.paid, data.to_treasury, data.burned)
        known = dispute is not None and dispute.verdict != "Open"
        self.bonds.expect(
            known
            and dispute is not None
            and told == (dispute.payout, dispute.to_treasury, dispute.burned),
            f"{data.challenge} was paid out otherwise than it was decided",
        )


def _bonds(round_: Round, dispute: Dispute, person: Person) -> tuple[int, int]:
    """Of a conviction: the bond that the accused loses, and the bond that comes home to it."""
    standing = round_.standing
    if standing is None:
        return 0, 0
    if dispute.submission is None:
        return standing.bond, 0
    falls = dispute.submission.status == "Revealed" and round_.phase == "Challenge"
    return 0, standing.bond if falls and standing.participant == person.participant else 0


def _is_moot(round_: Round, dispute: Dispute) -> bool:
    if dispute.submission is None:
        return dispute.attempt != round_.attempt
    return not dispute.submission.is_standing


def _at(round_: Round, event: Event) -> str:
    who = getattr(event.data, "participant", None) or event.data.challenge
    return f"round {round_.number}: {who}"
