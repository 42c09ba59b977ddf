"""Arguments of every kind, right or wrong, for the instructions of a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.property.model import ACTORS, U64, Rules, Step
from tests.property.reference_people import BAD_CREATIONS

WORDS = ("good", "short", "edge", "long", *BAD_CREATIONS)
EDGES = (0, 1, 2, 999, 1_000, 1_500, 2**63, U64 - 1, U64)

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
    "round_commit": ("number", "word"),
    "round_reveal": ("number", "word"),
    "round_advance": ("number",),
    "round_aggregate": ("number",),
    "round_settle": ("number", "who"),
    "round_abort": ("number",),
    "fault_no_reveal": ("number", "who", "last", "tokens"),
    "reward_claim": ("number", "tokens"),
    "submission_close": ("number", "who"),
    "round_close": ("number", "who"),
}

# Rules under which federations are made.
RULES = st.builds(
    Rules,
    score=st.sampled_from([(0, 0), (0, 0), (9, 5)]),
    min_submissions=st.integers(1, 2),
    max_submissions=st.integers(2, 3),
    min_stake=st.sampled_from([1, 1_000, 1_001]),
    bond=st.sampled_from([1, 500]),
    reward=st.sampled_from([0, 1, 100, 101, 10**5]),
    norm=st.sampled_from([1, 1_000, U64 - 1]),
    rate=st.sampled_from([100, 2_500, 3_333, 9_999, 10_000]),
    finder=st.sampled_from([0, 1, 3_333, 5_000]),
    treasury=st.sampled_from([0, 1, 3_334, 4_000]),
)


def wild(chance: Random, token_accounts: list[str], step: Step, changed: int) -> Step:
    """The step with so many of its arguments replaced by any others."""
    if step.name == "federation_create":
        return replace(step, word=chance.choice(["good", *BAD_CREATIONS]))
    nobody = ["", *ACTORS] if step.name == "round_open" else ACTORS
    last = ["", "B/alice", *(f"{step.fed}/{actor}" for actor in ACTORS)]
    changes: dict[str, Callable[[], Any]] = {
        "amount": lambda: chance.choice([*EDGES, chance.randrange(5_000)]),
        "number": lambda: chance.randrange(7),
        "who": lambda: chance.choice(nobody),
        "last": lambda: chance.choice(last),
        "tokens": lambda: chance.choice(["", *token_accounts]),
        "flag": lambda: chance.random() < 0.2,
        "roles": lambda: chance.choice([0, 1, 4, 7, 8, 255]),
        "word": lambda: chance.choice(WORDS),
        "actor": lambda: chance.choice(ACTORS),
    }
    fields = chance.sample(("actor", *ARGUMENTS[step.name]), min(changed, 2))
    return replace(step, **{field: changes[field]() for field in fields})
