"""Names and constants that all tests of the program share."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Any

from solders.keypair import Keypair

from fedsol.chain.framework_errors import FRAMEWORK_ERRORS
from fedsol.errors import ProgramError
from fedsol.program.params import Params, Window, masked

START = 1_800_000_000
SOL = 10**9
AGREEMENT = sha256(b"the agreement").digest()
MODEL_ROOT = sha256(b"the first model").digest()
MODEL_ARTIFACT = sha256(b"the first model's bytes").digest()
FUNDED = 10_000

# Every window has another length in seconds than in slots, so that neither can stand for the other.
PARAMS = Params(
    commit=Window(100, 40),
    reveal=Window(110, 41),
    aggregate=Window(120, 42),
    challenge=Window(130, 43),
    dispute=Window(60, 30),
    unbonding=Window(1_000, 400),
    min_submissions=2,
    max_submissions=4,
    min_stake=1_000,
    aggregator_bond=500,
    challenge_bond=150,
    round_reward=100,
    max_norm_squared=10**6,
    no_reveal_bps=2_500,
    round_cap_bps=10_000,
    finder_bps=3_333,
    treasury_bps=3_334,
)
STAKE = 3_001
"""A stake of which a quarter is no whole number: slashes must round."""

SCORING: dict[str, Any] = {
    "score": Window(90, 39),
    "unbonding": Window(1_100, 450),
    "min_evaluators": 2,
    "max_evaluators": 3,
    "evaluator_bps": 1_900,
    "score_floor": 1_000,
    "score_band": 2_500,
    "audit_one_in": 1,
    "evaluator_slash_bps": 1_100,
}
"""Changes of the params with which evaluators score the submissions of a round; any secret may plant."""
EVALUATORS = ("eva", "ed", "eli")
"""Who scores in such a world."""

MASKING: dict[str, Any] = {"rule": masked(), "min_submissions": 3, "max_submissions": 5}
"""Changes of the params with which updates stay under masks."""

PHASES = (
    "Commit",
    "Reveal",
    "Score",
    "ScoreReveal",
    "Tally",
    "Aggregate",
    "Challenge",
    "Settled",
    "Aborted",
)


@cache
def key_of(name: str) -> Keypair:
    """The keypair of a name, the same in every run."""
    return Keypair.from_seed(sha256(b"fedsol tests: " + name.encode()).digest())


def digest(*words: object) -> bytes:
    """32 bytes that follow from the words."""
    return sha256(" ".join(map(str, words)).encode()).digest()


def framework_error(code: int) -> type[ProgramError]:
    """The class of an Anchor framework error."""
    return FRAMEWORK_ERRORS[code]
