"""Steps worth trying: likely ones of every instruction, and the order in which everybody leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.property.model import ACTORS, CREATOR, Federation, Moment, Now, Step
from tests.property.reference import Reference

Proposer = Callable[[Reference, str, str], Iterator[Step]]
_FEDS = tuple(CREATOR)

# What leads out, in the order in which it is tried at the end of a run.
WAY_OUT = (
    "round_advance",
    "round_settle",
    "round_abort",
    "fault_no_reveal",
    "reward_claim",
    "submission_close",
    "round_close",
    "stake_withdraw",
    "stake_unbond",
    "participant_close",
    "federation_close",
)


def allowed(
    reference: Reference, now: Now, name: str, actors: tuple[str, ...] = ACTORS
) -> list[Step]:
    """The likely steps of an instruction that must succeed now."""
    proposer: Proposer = globals()[f"_{name}"]
    return [
        step
        for fed in _FEDS
        for actor in actors
        for step in proposer(reference, fed, actor)
        if reference.allows(step, now) is None
    ]


def likely(reference: Reference, name: str) -> list[Step]:
    """The likely steps of an instruction, allowed or not."""
    proposer: Proposer = globals()[f"_{name}"]
    found = [s for fed in _FEDS for actor in ACTORS for s in proposer(reference, fed, actor)]
    return found or [Step(name, fed, CREATOR[fed], number=1, who="alice") for fed in _FEDS]


def moments(reference: Reference) -> list[Moment]:
    """Every deadline that somebody waits for."""
    found: set[Moment] = set()
    for fed in reference.feds.values():
        for round_ in fed.rounds.values():
            found |= {round_.deadline, round_.takeover}
        for person in fed.people.values():
            found |= {entry.release for entry in person.queue if entry.amount}
    return sorted(found - {(0, 0)})


def last_seat(fed_name: str, fed: Federation, leaver: str) -> str:
    """The account to pass as last aggregator, if somebody else is the last."""
    return f"{fed_name}/{fed.seats[-1]}" if fed.seats and fed.seats[-1] != leaver else ""


def _numbers(reference: Reference, fed: str) -> list[int]:
    return sorted(reference.feds[fed].rounds) if fed in reference.feds else []


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
    for number in _numbers(reference, fed):
        for word in ("short", "edge", "edge", "edge", "edge", "long"):
            yield Step("round_commit", fed, actor, number, word=word)


def _round_reveal(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    for number in _numbers(reference, fed):
        for word in ("short", "edge", "long"):
            yield Step("round_reveal", fed, actor, number, word=word)


def _round_advance(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("round_advance", fed, actor, n) for n in _numbers(reference, fed))


def _round_aggregate(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("round_aggregate", fed, actor, n) for n in _numbers(reference, fed))


def _round_settle(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    for n in _numbers(reference, fed):
        who = reference.feds[fed].rounds[n].aggregator or "bob"
        yield Step("round_settle", fed, actor, n, who=who)


def _round_abort(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("round_abort", fed, actor, n) for n in _numbers(reference, fed))


def _fault_no_reveal(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    found = reference.feds.get(fed)
    for number, who in found.submissions if found else ():
        last = last_seat(fed, found, who) if found else ""
        yield Step("fault_no_reveal", fed, actor, number, who=who, last=last)


def _reward_claim(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    yield from (Step("reward_claim", fed, actor, n) for n in _numbers(reference, fed))


def _submission_close(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    found = reference.feds.get(fed)
    for number, who in found.submissions if found else ():
        yield Step("submission_close", fed, actor, number, who=who)


def _round_close(reference: Reference, fed: str, actor: str) -> Iterator[Step]:
    for number in _numbers(reference, fed):
        payer = reference.feds[fed].rounds[number].payer
        yield Step("round_close", fed, actor, number, who=payer)
