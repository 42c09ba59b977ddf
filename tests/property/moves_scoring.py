"""Likely steps of evaluators, and of those who plant."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.property.model import BPS, Step
from tests.property.reference import Reference
from tests.property.reference_scoring import picked
from tests.property.state import Federation
from tests.property.updates import SECRETS, plant_amplitude

MANNERS = ("fair", "fair", "fair", "lazy", "wild")


def numbers(reference: Reference, fed: str) -> list[int]:
    """The rounds of a federation that have an account."""
    return sorted(reference.feds[fed].rounds) if fed in reference.feds else []


def last_seat(fed_name: str, fed: Federation, leaver: str) -> str:
    """The account to pass as last aggregator, if somebody else is the last."""
    return f"{fed_name}/{fed.seats[-1]}" if fed.seats and fed.seats[-1] != leaver else ""


def scores_of(fed: Federation, number: int, owner: str, manner: str) -> tuple[int, ...]:
    """An evaluator's scores, by the manner in which it works."""
    chance = Random(f"{number} {owner} {manner}")
    shown = [s for (at, _), s in fed.submissions.items() if at == number and s.revealed]
    made = []
    for submission in sorted(shown, key=lambda one: one.index):
        worth = {"good": 6_000}.get(submission.word, 800)
        if submission.word.split()[0] in ("plant", "spoiled"):
            worth = 0
        guess = {"fair": worth + chance.randrange(900), "lazy": 5_000}
        made.append(guess.get(manner, chance.choice((0, BPS, chance.randrange(BPS)))))
    return tuple(made)


def score_commit(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """Scores in every manner; whoever has the highest ticket loses its seat where all are taken."""
    for number in numbers(reference, fed):
        found = reference.feds[fed]
        round_, worst = found.rounds[number], ""
        if len(round_.panel) >= round_.rules.max_evaluators:
            worst = round_.panel[round_.tickets.index(max(round_.tickets))]
        for manner in MANNERS if round_.phase == "Score" else ("fair",):
            scores = scores_of(found, number, actor, manner)
            yield Step("score_commit", fed, actor, number, worst, word=manner, scores=scores)


def score_reveal(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """All at once, or the first ones, or the rest."""
    found = reference.feds.get(fed)
    for (number, owner), own in found.evaluations.items() if found else ():
        if owner == actor:
            first, rest = own.scores[:1], own.scores[1:]
            for scores, start, whole in ((own.scores, 0, True), (first, 0, False), (rest, 1, True)):
                yield Step(
                    *("score_reveal", fed, actor, number),
                    word=own.word,
                    scores=scores,
                    amount=start,
                    flag=whole,
                )


def audit_arm(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """Whoever is not armed, with one of few secrets."""
    found = reference.feds.get(fed)
    person = found.people.get(actor) if found else None
    if person is not None and not person.secret:
        yield from (Step("audit_arm", fed, actor, word=secret) for secret in SECRETS)


def may_plant(fed_name: str, fed: Federation, number: int, owner: str) -> bool:
    """Whether somebody is armed, and picked to plant in a round."""
    person, round_ = fed.people.get(owner), fed.rounds[number]
    armed = person is not None and person.secret and person.armed_slot < round_.parent[1]
    return bool(armed) and picked(round_, fed_name, owner, person.secret if person else "")


def audit_reveal(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """With the secret that somebody is armed with, whether it planted or not."""
    for number in numbers(reference, fed):
        person = reference.feds[fed].people.get(actor)
        if person is not None and person.secret:
            loud = plant_amplitude(reference.feds[fed].rules)
            for amount in (loud, loud, loud + 1):
                word = person.secret
                yield Step("audit_reveal", fed, actor, number, word=word, amount=amount)


def submission_score(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """With every evaluation that was shown."""
    found = reference.feds.get(fed)
    for number, who in found.submissions if found else ():
        if found and number in found.rounds:
            shown = tuple(found.rounds[number].shown)
            yield Step("submission_score", fed, actor, number, who, evaluators=shown)


def fault_evaluator(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """Of every evaluation."""
    found = reference.feds.get(fed)
    for number, who in found.evaluations if found else ():
        last = last_seat(fed, found, who) if found else ""
        yield Step("fault_evaluator", fed, actor, number, who, last=last)


def evaluation_claim(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """Of every round."""
    yield from (Step("evaluation_claim", fed, actor, n) for n in numbers(reference, fed))


def evaluation_close(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    """Of every evaluation."""
    found = reference.feds.get(fed)
    for number, who in found.evaluations if found else ():
        yield Step("evaluation_close", fed, actor, number, who)
