"""The reference's part for federations and people: create, fund, pause, close, join, leave."""

from __future__ import annotations

from collections.abc import Iterator

from tests.property.books import Books
from tests.property.model import BPS, CREATOR, U64, VAULTS, Now, Refused, Rules, Step, need
from tests.property.state import Evaluation, Federation, Person, Round, Submission
from tests.property.updates import first_model

# What can be wrong with a new federation, and how the program calls it.
BAD_CREATIONS = {
    "name": "NameInvalid",
    "window": "WindowOutOfBounds",
    "dispute": "WindowOutOfBounds",
    "unbonding": "UnbondingTooShort",
    "submissions": "SubmissionsOutOfBounds",
    "stake": "StakeTooLow",
    "bond": "BondTooLow",
    "claim bond": "BondTooLow",
    "bits": "FixedPointOutOfBounds",
    "norm": "NormBoundZero",
    "trim": "TrimTooLarge",
    "lr": "LearningRateOutOfBounds",
    "evaluators": "EvaluatorsOutOfBounds",
    "scoring": "ScoringOutOfBounds",
    "rate": "SlashRateOutOfBounds",
    "fraud": "SlashRateOutOfBounds",
    "split": "SlashSplitOutOfBounds",
    "count": "ParameterCountOutOfBounds",
}


class Shared:
    """What all parts of the reference look up."""

    books: Books
    rules: dict[str, Rules]
    mints_of: dict[str, tuple[str, str]]
    feds: dict[str, Federation]

    def fed(self, name: str) -> Federation:
        """A federation that must exist."""
        need(name in self.feds)
        return self.feds[name]

    def person(self, fed: str, owner: str) -> Person:
        """A participant that must exist."""
        people = self.fed(fed).people
        need(owner in people)
        return people[owner]

    def target(self, step: Step, kind: str) -> str:
        """The token account that a step names, or else its actor's own."""
        if step.tokens:
            return step.tokens
        stake, reward = self.mints_of[step.fed]
        return f"{step.actor}:{stake if kind == 'stake' else reward}"

    def check_target(self, step: Step, kind: str, *vaults: str) -> str:
        """A token account that exists, has the right mint and is none of the step's vaults."""
        target = self.target(step, kind)
        mint = self.mints_of[step.fed][0 if kind == "stake" else 1]
        need(self.books.mint_of(target) != "")
        need(target not in {f"{step.fed}.{vault}" for vault in vaults})
        need(self.books.mint_of(target) == mint, "WrongMint")
        return target

    def submission(self, step: Step, owner: str) -> tuple[Person, Round, Submission]:
        """A participant, a round and its submission there, which must exist."""
        person, fed = self.person(step.fed, owner), self.feds[step.fed]
        need(step.number in fed.rounds and (step.number, owner) in fed.submissions)
        return person, fed.rounds[step.number], fed.submissions[step.number, owner]

    def evaluation(self, step: Step, owner: str) -> tuple[Person, Round, Evaluation]:
        """A participant, a round and its evaluation there, which must exist."""
        person, fed = self.person(step.fed, owner), self.feds[step.fed]
        need(step.number in fed.rounds and (step.number, owner) in fed.evaluations)
        return person, fed.rounds[step.number], fed.evaluations[step.number, owner]

    def check_payment(self, step: Step, source: str, vault: str, amount: int) -> None:
        """Whether the actor can pay an amount out of a token account."""
        need(self.books.tokens[vault] + amount <= U64, "Overflow")
        need(source.split(":")[0] == step.actor)
        need(self.books.tokens[source] >= amount)

    def check_last(self, step: Step, person: str, left: int) -> None:
        """Whether somebody with so little stake left can be taken off the list of aggregators."""
        fed = self.feds[step.fed]
        if person in fed.seats and left < fed.rules.seat and fed.seats[-1] != person:
            need(step.last == f"{step.fed}/{fed.seats[-1]}", "WrongLastAggregator")

    def check_last_account(self, step: Step, person: str) -> None:
        """Whether the account passed as last aggregator is somebody else's."""
        if step.last:
            self.person(*step.last.split("/"))
            need(step.last != f"{step.fed}/{person}")

    def check_last_home(self, step: Step) -> None:
        """Whether it belongs to this federation; the program looks at it after all other accounts."""
        if step.last:
            need(step.last.split("/")[0] == step.fed, "WrongFederation")

    def leave_seat(self, fed: Federation, person: str, now: Now) -> None:
        """Takes somebody off the list if the stake is too small; the last one moves there."""
        if person in fed.seats and fed.people[person].stake < fed.rules.seat:
            last = fed.seats.pop()
            if last != person:
                fed.seats[fed.seats.index(person)] = last
                fed.people[last].seated_slot = now.slot

    def take_seat(self, fed: Federation, person: str, now: Now) -> None:
        """Appends somebody to the list if role and stake allow it."""
        someone = fed.people[person]
        if someone.roles & 4 and someone.stake >= fed.rules.seat and person not in fed.seats:
            fed.seats.append(person)
            someone.seated_slot = now.slot


class PeopleRules(Shared):
    """Federations and people."""

    def federation_create(self, step: Step, now: Now) -> Iterator[None]:
        """``word`` says what is wrong with it, ``good`` for nothing."""
        need(step.fed not in self.feds)
        accounts = [step.fed, *(f"{step.fed}.{vault}" for vault in VAULTS)]
        need(step.word == "name" or all(map(self.books.can_open, accounts)))
        if step.word != "good":
            raise Refused(BAD_CREATIONS[step.word])
        yield
        stake, reward = self.mints_of[step.fed]
        rules = self.rules[step.fed]
        model = first_model(step.fed, rules)
        self.feds[step.fed] = Federation(rules, stake, reward, model)
        self.books.open_account(step.actor, step.fed, "federation")
        for vault, mint in (("stake", stake), ("reward", reward), ("treasury", stake)):
            self.books.open_vault(step.actor, f"{step.fed}.{vault}", mint)

    def federation_fund(self, step: Step, now: Now) -> Iterator[None]:
        """Adds ``amount`` to what rounds may pay, out of ``tokens``."""
        fed = self.fed(step.fed)
        source = self.check_target(step, "reward", "reward")
        need(step.amount > 0, "AmountZero")
        self.check_payment(step, source, f"{step.fed}.reward", step.amount)
        yield
        self.books.move(source, f"{step.fed}.reward", step.amount)
        fed.available += step.amount

    def federation_pause(self, step: Step, now: Now) -> Iterator[None]:
        """``flag``: whether to pause or to resume."""
        fed = self.fed(step.fed)
        need(step.actor == CREATOR[step.fed], "NotCreator")
        yield
        fed.paused = step.flag

    def federation_close(self, step: Step, now: Now) -> Iterator[None]:
        """All that is left goes to the creator."""
        fed = self.fed(step.fed)
        need(step.actor == CREATOR[step.fed], "NotCreator")
        need(not fed.people and not fed.rounds and not fed.active, "FederationInUse")
        need(fed.owed == 0 and fed.reserved == 0 and not fed.disputes, "FederationInUse")
        yield
        for vault in ("stake", "treasury", "reward"):
            self.books.close_vault(f"{step.fed}.{vault}", step.actor)
        self.books.close_account(step.fed, step.actor)
        del self.feds[step.fed]

    def participant_register(self, step: Step, now: Now) -> Iterator[None]:
        """``word``: whether the right agreement is signed; ``roles`` are role bits."""
        fed = self.fed(step.fed)
        need(step.actor not in fed.people)
        need(self.books.can_open(f"{step.fed}/{step.actor}"))
        need(not fed.paused, "FederationPaused")
        need(step.word == "good", "AgreementMismatch")
        need(1 <= step.roles <= 7, "RolesInvalid")
        yield
        fed.people[step.actor] = Person(step.roles)
        self.books.open_account(step.actor, f"{step.fed}/{step.actor}", "participant")

    def participant_close(self, step: Step, now: Now) -> Iterator[None]:
        """``who`` leaves, with nothing staked, locked or to do; a pause lets anybody see to it."""
        person, fed = self.person(step.fed, step.who), self.feds[step.fed]
        need(step.actor == step.who or fed.paused, "CloserNotAllowed")
        idle = person.slashable == 0 and person.locked == 0 and person.duties == 0
        need(idle and step.who not in fed.seats, "ParticipantInUse")
        yield
        del fed.people[step.who]
        self.books.close_account(f"{step.fed}/{step.who}", step.who)


def rounded_up(amount: int, bps: int) -> int:
    """What somebody loses."""
    return -(-amount * bps // BPS)


def rounded_down(amount: int, bps: int) -> int:
    """What somebody receives."""
    return amount * bps // BPS
