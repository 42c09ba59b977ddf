"""Steps worth trying: likely ones of every instruction, and the order in which everybody leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.property import moves_disputes, moves_scoring
from tests.property.model import ACTORS, CREATOR, Moment, Now, Step
from tests.property.moves_scoring import last_seat, may_plant, numbers
from tests.property.posting import postings
from tests.property.reference import Reference
from tests.property.state import Federation
from tests.property.updates import WORDS

Proposer = Callable[[Reference, str, str], Iterator[Step]]
_FEDS = tuple(CREATOR)

# What leads out, in the order in which it is tried at the end of a run.
WAY_OUT = (
    "round_advance",
    "submission_score",
    "challenge_resolve",
    "challenge_expire",
    "challenge_close",
    "round_settle",
    "round_abort",
    "fault_no_reveal",
    "fault_evaluator",
    "reward_claim",
    "evaluation_claim",
    "submission_close",
    "evaluation_close",
    "round_close",
    "stake_withdraw",
    "stake_unbond",
    "participant_close",
    "federation_close",
)


def allowed(
    reference: Reference,
    now: Now,
    name: str,
    actors: tuple[str, ...] = ACTORS,
    feds: tuple[str, ...] = _FEDS,
) -> list[Step]:
    """The likely steps of an instruction that must succeed now."""
    proposer = _proposer(name)
    return [
        step
        for fed in feds
        for actor in actors
        for step in proposer(reference, fed, actor)
        if reference.allows(step, now) is None
    ]


def likely(reference: Reference, name: str) -> list[Step]:
    """The likely steps of an instruction, allowed or not."""
    proposer = _proposer(name)
    found = [s for fed in _FEDS for actor in ACTORS for s in proposer(reference, fed, actor)]
    word = "CopiedUpdate" if name == "challenge_open" else "good"
    return found or [Step(name, fed, CREATOR[fed], 1, "alice", word=word) for fed in _FEDS]


def _proposer(name: str) -> Proposer:
    for module in (moves_scoring, moves_disputes):
        if hasattr(module, name):
            proposer: Proposer = getattr(module, name)
            return proposer
    own: Proposer = globals()[f"_{name}"]
    return own


def moments(reference: Reference) -> list[Moment]:
    """Every deadline that somebody waits for."""
    found: set[Moment] = set()
    for fed in reference.feds.values():
        for round_ in fed.rounds.values():
            found |= {round_.deadline, round_.takeover}
        for person in fed.people.values():
            found |= {entry.release for entry in person.queue if entry.amount}
        found |= {one.deadline for one in fed.disputes.values() if one.verdict == "Open"}
    return sorted(found - {(0, 0)})


def _federation_create(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    if actor == CREATOR[fed]:
        yield Step("federation_create", fed, actor)


def _federation_fund(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    reward = reference.rules[fed].reward
    yield from (Step("federation_fund", fed, actor, amount=n) for n in (1, reward, 3 * reward + 1))


def _federation_pause(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    if actor == CREATOR[fed] and fed in reference.feds:
        yield Step("federation_pause", fed, actor, flag=not reference.feds[fed].paused)


def _federation_close(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield Step("federation_close", fed, actor)


def _participant_register(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("participant_register", fed, actor, roles=r) for r in (1, 4, 5, 7))


def _participant_close(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    found = reference.feds.get(fed)
    for who in found.people if found else ():
        yield Step("participant_close", fed, actor, who=who)


def _stake_deposit(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    rules = reference.rules[fed]
    for amount in (1, rules.min_stake, rules.seat, 3 * rules.seat + 7):
        yield Step("stake_deposit", fed, actor, amount=amount)


def _stake_unbond(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    found = reference.feds.get(fed)
    if found and actor in found.people:
        stake, last = found.people[actor].stake, last_seat(fed, found, actor)
        for amount in sorted({1, stake // 3, max(0, stake - found.rules.min_stake), stake}):
            yield Step("stake_unbond", fed, actor, amount=amount, last=last)


def _stake_withdraw(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield Step("stake_withdraw", fed, actor)


def _round_open(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    if fed in reference.feds:
        number = reference.feds[fed].round + 1
        yield from (Step("round_open", fed, actor, number, who=who) for who in ("", actor))


def _round_commit(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    for number in numbers(reference, fed):
        found = reference.feds[fed]
        for word in (*("good",) * 8, *WORDS):
            yield Step("round_commit", fed, actor, number, word=word)
        if may_plant(fed, found, number, actor):
            secret = found.people[actor].secret
            for kind in (*("plant",) * 12, "spoiled", "spoiled"):
                yield Step("round_commit", fed, actor, number, word=f"{kind} {secret}")
        for (at, owner), other in found.submissions.items():
            if at == number and owner != actor and not other.author:
                for _ in range(3):
                    yield Step("round_commit", fed, actor, number, owner, word=other.word)


def _round_join(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("round_join", fed, actor, n) for n in numbers(reference, fed))


def _round_reveal(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    for number in numbers(reference, fed):
        own = reference.feds[fed].submissions.get((number, actor))
        if own is not None:
            yield Step("round_reveal", fed, actor, number, own.author, word=own.word)
        for word in ("good", "edge"):
            yield Step("round_reveal", fed, actor, number, word=word)
        if own is not None and own.status == "Shared":
            yield from _masked(reference.feds[fed], fed, actor, number)


def _masked(found: Federation, fed: str, actor: str, number: int) -> Iterator[Step]:
    """Any words at all; also such as others have shown, if somebody has waited for them."""
    for word in (*("good",) * 6, *WORDS):
        yield Step("round_reveal", fed, actor, number, word=word)
    for (at, owner), other in found.submissions.items():
        if at == number and owner != actor and other.revealed:
            author = other.author or owner
            yield Step("round_reveal", fed, actor, number, author, word=other.word)


def _round_share(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("round_share", fed, actor, n) for n in numbers(reference, fed))


def _round_object(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    for n in numbers(reference, fed):
        who = reference.feds[fed].rounds[n].aggregator or "bob"
        yield Step("round_object", fed, actor, n, aggregator=f"{fed}/{who}")


def _round_advance(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("round_advance", fed, actor, n) for n in numbers(reference, fed))


def _round_aggregate(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    for number in numbers(reference, fed):
        found = reference.feds[fed]
        round_ = found.rounds[number]
        if round_.phase != "Aggregate" or not round_.quorum:
            yield Step("round_aggregate", fed, actor, number)
            continue
        for step in postings(found, number, Step("round_aggregate", fed, actor, number)):
            right = step.word == "good"
            yield step if right else replace(step, amount=0)


def _round_settle(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    for n in numbers(reference, fed):
        who = reference.feds[fed].rounds[n].aggregator or "bob"
        yield Step("round_settle", fed, actor, n, who=who)


def _round_abort(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("round_abort", fed, actor, n) for n in numbers(reference, fed))


def _fault_no_reveal(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    found = reference.feds.get(fed)
    for number, who in found.submissions if found else ():
        last = last_seat(fed, found, who) if found else ""
        yield Step("fault_no_reveal", fed, actor, number, who=who, last=last)


def _reward_claim(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("reward_claim", fed, actor, n) for n in numbers(reference, fed))


def _submission_close(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    found = reference.feds.get(fed)
    for number, who in found.submissions if found else ():
        yield Step("submission_close", fed, actor, number, who=who)


def _round_close(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    for number in numbers(reference, fed):
        payer = reference.feds[fed].rounds[number].payer
        yield Step("round_close", fed, actor, number, who=payer)
