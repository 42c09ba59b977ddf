"""Arguments of every kind, right or wrong, for the instructions of a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.property.model import ACTORS, U64, Rules, Step
from tests.property.moves_scoring import MANNERS
from tests.property.reference_people import BAD_CREATIONS
from tests.property.selections import Choice
from tests.property.trees import CHUNK, Proof
from tests.property.updates import SECRETS
from tests.property.updates import WORDS as UPDATES

KINDS = (
    *("WrongAggregate", "LyingNorm", "CopiedUpdate", "FalsePlant", "Unavailable"),
    *("WrongWeights", "WrongSelection", "WrongDistance", "SelectionUnavailable"),
)
# What ``word`` may be, where it is not the word of an update.
WORDS: dict[str, tuple[str, ...]] = {
    "participant_register": ("good", "window"),
    "score_commit": MANNERS,
    "score_reveal": MANNERS,
    "audit_arm": SECRETS,
    "audit_reveal": SECRETS,
    "challenge_open": KINDS,
}
EDGES = (0, 1, 2, 999, 1_000, 1_500, 2**63, U64 - 1, U64)
# Amounts that are narrower than 64 bits: an index, how loud a plant is, and how many updates.
NARROW = {
    "score_reveal": (0, 0, 1, 2, 2**32 - 1),
    "audit_reveal": (0, 1, 2, 3, 32_767),
    "round_aggregate": (0, 1, 2, 3, 2**32 - 1),
}
PLACES = (0, 1, 2, 3, 63, 64, 127, 128, 199, 200, 255, 256, 2**32 - 1)

# The fields of a step that mean something to its instruction.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "federation_fund": ("amount", "tokens"),
    "federation_pause": ("flag",),
    "federation_close": ("amount",),
    "participant_register": ("roles", "word"),
    "participant_close": ("who",),
    "stake_deposit": ("amount", "tokens"),
    "stake_unbond": ("amount", "last"),
    "stake_withdraw": ("tokens",),
    "round_open": ("number", "who"),
    "round_commit": ("number", "word", "who"),
    "round_join": ("number",),
    "round_share": ("number", "word"),
    "round_reveal": ("number", "word", "who"),
    "round_advance": ("number",),
    "score_commit": ("number", "word", "who", "scores"),
    "score_reveal": ("number", "word", "amount", "flag", "scores"),
    "audit_arm": ("word",),
    "audit_reveal": ("number", "word", "amount"),
    "submission_score": ("number", "who", "evaluators"),
    "round_aggregate": ("number", "amount", "choice"),
    "round_object": ("number", "aggregator"),
    "challenge_open": ("number", "target", "word", "place", "other", "tokens"),
    "challenge_append": ("number", "target", "part", "who", "proof"),
    "challenge_measure": ("number", "place", "data", "pair"),
    "challenge_resolve": ("number", "target", "who", "accused", "original", "aggregator", "last"),
    "challenge_expire": ("number", "target", "who", "accused"),
    "challenge_close": ("number", "target", "who", "tokens"),
    "demand_open": ("number", "target", "place", "flag", "tokens"),
    "demand_answer": ("number", "target", "who", "proof", "accused"),
    "round_settle": ("number", "who"),
    "round_abort": ("number",),
    "fault_no_reveal": ("number", "who", "last", "tokens"),
    "fault_evaluator": ("number", "who", "last", "tokens"),
    "reward_claim": ("number", "tokens"),
    "evaluation_claim": ("number", "tokens"),
    "submission_close": ("number", "who"),
    "evaluation_close": ("number", "who"),
    "round_close": ("number", "who"),
}
# Where ``who`` may be nobody.
_MAY_BE_NOBODY = ("round_open", "round_commit", "round_reveal", "score_commit", "challenge_append")

# Rules under which federations are made.
RULES = st.builds(
    Rules,
    score=st.sampled_from([(0, 0), (9, 5), (9, 5)]),
    min_submissions=st.sampled_from([1, 1, 1, 2, 3]),
    max_submissions=st.integers(3, 4),
    min_stake=st.sampled_from([1, 1_000, 1_001]),
    bond=st.sampled_from([1, 500]),
    claim_bond=st.sampled_from([1, 2, 51]),
    reward=st.sampled_from([0, 1, 100, 101, 10**5]),
    norm=st.sampled_from([1, 1_000, U64 - 1]),
    qmax=st.sampled_from([9, 20]),
    parameters=st.sampled_from([1, 40, 128, 130, 200, 300]),
    rule=st.sampled_from(["mean", "median", "trimmed_mean"]),
    min_evaluators=st.sampled_from([1, 1, 2]),
    max_evaluators=st.integers(2, 3),
    evaluator_pay=st.sampled_from([0, 1_000, 5_000]),
    floor=st.sampled_from([0, 1_000, 5_000]),
    band=st.sampled_from([0, 1_000, 10_000]),
    audit_one_in=st.sampled_from([0, 1, 1, 2]),
    rate=st.sampled_from([100, 2_500, 3_333]),
    evaluator_rate=st.sampled_from([100, 3_333]),
    fraud=st.sampled_from([100, 5_001, 7_500]),
    cap=st.sampled_from([7_500, 9_999, 10_000]),
    finder=st.sampled_from([0, 1, 3_333, 5_000]),
    treasury=st.sampled_from([0, 1, 3_334, 4_000]),
)


def selecting(rules: Rules) -> Rules:
    """The same with a rule that selects; Multi-Krum with as many submissions as it needs."""
    if rules.rule == "trimmed_mean":
        return replace(rules, rule="weighted", score=(0, 0))
    keep = 1 + (rules.rule == "mean")
    return replace(rules, rule="multi_krum", keep=keep, min_submissions=3, score=(0, 0))


def masking(rules: Rules) -> Rules:
    """The same under masks, in words of 16 bits and of 32; one in three has no room for all four."""
    qmax = 32_767 if rules.qmax == 9 else 20
    most = 3 if rules.rule == "mean" else rules.max_submissions
    changes = {"min_submissions": 3, "max_submissions": most, "score": (0, 0)}
    return replace(rules, rule="masked", qmax=qmax, **changes)


# Rules under which nobody sees an update.
MASKED = RULES.map(masking)
# Rules under which what counts is selected.
SELECTING = RULES.map(selecting)


def wild(chance: Random, token_accounts: list[str], step: Step, changed: int) -> Step:
    """The step with so many of its arguments replaced by any others."""
    if step.name == "federation_create":
        return replace(step, word=chance.choice(["good", *BAD_CREATIONS]))
    changes = _changes(chance, token_accounts, step)
    fields = chance.sample(("actor", *ARGUMENTS[step.name]), min(changed, 2))
    return replace(step, **{field: changes[field]() for field in fields})


def _changes(chance: Random, token_accounts: list[str], step: Step) -> dict[str, Callable[[], Any]]:
    nobody = ["", *ACTORS] if step.name in _MAY_BE_NOBODY else ACTORS
    person = ["", "B/alice", *(f"{step.fed}/{actor}" for actor in ACTORS)]
    original = [f"{step.fed}#{step.number}/{actor}" for actor in ACTORS]
    amounts = NARROW.get(step.name, (*EDGES, chance.randrange(5_000)))
    return {
        "amount": lambda: chance.choice(amounts),
        "number": lambda: chance.randrange(7),
        "who": lambda: chance.choice(nobody),
        "target": lambda: chance.choice(["", *ACTORS]),
        "last": lambda: chance.choice(person),
        "accused": lambda: chance.choice(person),
        "aggregator": lambda: chance.choice(person),
        "original": lambda: chance.choice(["", "B#1/alice", *original]),
        "tokens": lambda: chance.choice(["", *token_accounts]),
        "flag": lambda: chance.random() < 0.2,
        "roles": lambda: chance.choice([0, 1, 4, 7, 8, 255]),
        "word": lambda: chance.choice(WORDS.get(step.name, UPDATES)),
        "place": lambda: chance.choice(PLACES),
        "other": lambda: chance.choice(PLACES),
        "part": lambda: chance.choice(["Update", "Base", "Posted", "Selection"]),
        "choice": lambda: None if step.choice else Choice(bytes(32), False, 1),
        "data": lambda: step.data[: chance.choice((0, 1, 256))] + chance.randbytes(3),
        "pair": lambda: chance.choice([(), step.pair[::-1], tuple(chance.sample(ACTORS, 2))]),
        "scores": lambda: _scores(chance, step.scores),
        "evaluators": lambda: _evaluators(chance, step.evaluators),
        "proof": lambda: _proof(chance, step.proof),
        "actor": lambda: chance.choice(ACTORS),
    }


def _scores(chance: Random, scores: tuple[int, ...]) -> tuple[int, ...]:
    """One more, one less, or one that is other."""
    other = (*scores[:-1], chance.choice((0, 10_000, 10_001, 65_535)))
    return chance.choice([scores[:-1], (*scores, 1), other])


def _evaluators(chance: Random, evaluators: tuple[str, ...]) -> tuple[str, ...]:
    """One less, twice the same, in another order, or with somebody else."""
    somebody = chance.choice(ACTORS)
    changed = [evaluators[:-1], evaluators[::-1], evaluators[:1] * 2, (*evaluators[1:], somebody)]
    return chance.choice(changed)


def _proof(chance: Random, proof: Proof | None) -> Proof | None:
    """Nothing, bytes of chance, or parts of a path."""
    noise = Proof(chance.randbytes(CHUNK), chance.randbytes(40), chance.randrange(9), "noise")
    if proof is None:
        return noise
    cut = replace(proof, siblings=proof.siblings[: chance.choice((0, 32, 40))], label="cut path")
    rest = replace(proof, chunk=b"", label="without chunk")
    moved = replace(proof, place=chance.choice((0, 1, 2, 3, 31, 32, 2**32 - 1)))
    return chance.choice([None, noise, cut, rest, moved])
