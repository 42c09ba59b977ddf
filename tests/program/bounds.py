"""The bounds of a federation's rules: what just breaks each, by its error, and what just keeps it."""

from __future__ import annotations

from dataclasses import replace

from fedsol.errors import ProgramError
from fedsol.program import errors
from fedsol.program.params import Params, Window, median, multi_krum, trimmed_mean, weighted
from tests.world import PARAMS

DAYS_90 = 90 * 86_400
SLOTS_90 = 5 * DAYS_90
# Wide windows in which one of 90 days still fits.
WIDE = replace(PARAMS, unbonding=Window(DAYS_90, SLOTS_90))
# As many submissions as one byzantine among them takes.
FIVE = replace(PARAMS, min_submissions=5, max_submissions=5)
# How often each window counts in the longest round, with which unbonding is compared.
TIMES = {"commit": 1, "reveal": 1, "score": 3, "aggregate": 2, "challenge": 1, "dispute": 3}


def _windows() -> dict[str, tuple[Params, type[ProgramError]]]:
    cases = {}
    for phase in (*TIMES, "unbonding"):
        for bad in (Window(0, 1), Window(1, 0), Window(DAYS_90 + 1, 1), Window(1, SLOTS_90 + 1)):
            label = f"{phase} {bad.seconds}s {bad.slots} slots"
            cases[label] = replace(WIDE, **{phase: bad}), errors.WindowOutOfBounds
    for phase in (*TIMES, "unbonding"):
        if phase != "score":
            zero = {phase: Window(0, 0)}
            cases[f"{phase} zero"] = replace(WIDE, **zero), errors.WindowOutOfBounds
    return cases


def with_unbonding(params: Params, *, less: tuple[int, int] = (0, 0)) -> Params:
    """The same with the shortest unbonding that is long enough, or one that is ``less``."""
    windows = {name: getattr(params, name) for name in TIMES}
    seconds = sum(TIMES[name] * one.seconds for name, one in windows.items()) + 1
    slots = sum(TIMES[name] * one.slots for name, one in windows.items()) + 1
    return replace(params, unbonding=Window(seconds - less[0], slots - less[1]))


def _longest_rounds() -> dict[str, Params]:
    """The plain rules, and each with one window longer than in those."""
    longer = {f"longer {name}": replace(PARAMS, **{name: Window(500, 300)}) for name in TIMES}
    return {"plain": PARAMS} | longer


def _unbonding() -> dict[str, tuple[Params, type[ProgramError]]]:
    cases = {}
    for label, params in _longest_rounds().items():
        for unit, less in (("second", (1, 0)), ("slot", (0, 1))):
            name = f"unbonding a {unit} too short, {label}"
            cases[name] = with_unbonding(params, less=less), errors.UnbondingTooShort
    return cases


CAPPED = replace(PARAMS, round_cap_bps=6_000)
SCORED = with_unbonding(replace(PARAMS, score=Window(90, 39)))

BROKEN: dict[str, tuple[Params, type[ProgramError]]] = (
    _windows()
    | _unbonding()
    | {
        "no submissions": (replace(PARAMS, min_submissions=0), errors.SubmissionsOutOfBounds),
        "fewest above most": (
            replace(PARAMS, min_submissions=5, max_submissions=4),
            errors.SubmissionsOutOfBounds,
        ),
        "too many submissions": (
            replace(PARAMS, max_submissions=4_097),
            errors.SubmissionsOutOfBounds,
        ),
        "a trim that leaves nothing": (replace(PARAMS, rule=trimmed_mean(1)), errors.TrimTooLarge),
        "the largest trim": (replace(PARAMS, rule=trimmed_mean(2**32 - 1)), errors.TrimTooLarge),
        "too few for one byzantine": (
            replace(FIVE, rule=multi_krum(1, 1), min_submissions=4),
            errors.KrumOutOfBounds,
        ),
        "the most byzantine": (
            replace(FIVE, rule=multi_krum(2**32 - 1, 1)),
            errors.KrumOutOfBounds,
        ),
        "nothing kept": (replace(FIVE, rule=multi_krum(1, 0)), errors.KrumOutOfBounds),
        "a byzantine one kept for sure": (
            replace(FIVE, rule=multi_krum(1, 5)),
            errors.KrumOutOfBounds,
        ),
        "too many to select from by distance": (
            replace(FIVE, rule=multi_krum(1, 1), max_submissions=257),
            errors.SelectionOutOfBounds,
        ),
        "too many to select from by weight": (
            replace(FIVE, rule=weighted(), max_submissions=257),
            errors.SelectionOutOfBounds,
        ),
        "frac_bits 25": (replace(PARAMS, frac_bits=25), errors.FixedPointOutOfBounds),
        "update_bits 25": (replace(PARAMS, update_bits=25), errors.FixedPointOutOfBounds),
        "qmax 0": (replace(PARAMS, qmax=0), errors.FixedPointOutOfBounds),
        "qmax 32768": (replace(PARAMS, qmax=32_768), errors.FixedPointOutOfBounds),
        "norm 0": (replace(PARAMS, max_norm_squared=0), errors.NormBoundZero),
        "lr_num 0": (replace(PARAMS, lr_num=0), errors.LearningRateOutOfBounds),
        "lr_den 0": (replace(PARAMS, lr_den=0), errors.LearningRateOutOfBounds),
        "lr_num too large": (replace(PARAMS, lr_num=2**20 + 1), errors.LearningRateOutOfBounds),
        "lr_den too large": (replace(PARAMS, lr_den=2**20 + 1), errors.LearningRateOutOfBounds),
        "no stake": (replace(PARAMS, min_stake=0), errors.StakeTooLow),
        "no bond": (replace(PARAMS, aggregator_bond=0), errors.BondTooLow),
        "no challenge bond": (replace(PARAMS, challenge_bond=0), errors.BondTooLow),
        "more than half to evaluators": (
            replace(SCORED, evaluator_bps=5_001),
            errors.ScoringOutOfBounds,
        ),
        "more than half to evaluators that there are none of": (
            replace(PARAMS, evaluator_bps=5_001),
            errors.ScoringOutOfBounds,
        ),
        "a floor that nobody can reach": (
            replace(SCORED, score_floor=10_001),
            errors.ScoringOutOfBounds,
        ),
        "a band wider than all scores": (
            replace(SCORED, score_band=10_001),
            errors.ScoringOutOfBounds,
        ),
        "no evaluator needed": (replace(SCORED, min_evaluators=0), errors.EvaluatorsOutOfBounds),
        "fewest evaluators above most": (
            replace(SCORED, min_evaluators=4, max_evaluators=3),
            errors.EvaluatorsOutOfBounds,
        ),
        "too many evaluators": (replace(SCORED, max_evaluators=17), errors.EvaluatorsOutOfBounds),
        "no_reveal slash of 0.99 %": (
            replace(PARAMS, no_reveal_bps=99),
            errors.SlashRateOutOfBounds,
        ),
        "evaluator slash of 0.99 %": (
            replace(PARAMS, evaluator_slash_bps=99),
            errors.SlashRateOutOfBounds,
        ),
        "fraud slash of 0.99 %": (replace(PARAMS, fraud_bps=99), errors.SlashRateOutOfBounds),
        "slash of more than all": (
            replace(PARAMS, no_reveal_bps=10_001),
            errors.SlashRateOutOfBounds,
        ),
        "no_reveal slash above the cap": (
            replace(CAPPED, no_reveal_bps=6_001),
            errors.SlashRateOutOfBounds,
        ),
        "evaluator slash above the cap": (
            replace(CAPPED, evaluator_slash_bps=6_001),
            errors.SlashRateOutOfBounds,
        ),
        "fraud slash above the cap": (
            replace(CAPPED, fraud_bps=6_001),
            errors.SlashRateOutOfBounds,
        ),
        "a cap above all": (replace(PARAMS, round_cap_bps=10_001), errors.SlashRateOutOfBounds),
        "more than half to the finder": (
            replace(PARAMS, finder_bps=5_001, treasury_bps=0),
            errors.SlashSplitOutOfBounds,
        ),
        "less than a tenth burned": (
            replace(PARAMS, finder_bps=5_000, treasury_bps=4_001),
            errors.SlashSplitOutOfBounds,
        ),
        "all to the treasury": (
            replace(PARAMS, finder_bps=0, treasury_bps=9_001),
            errors.SlashSplitOutOfBounds,
        ),
        "a split whose sum would wrap": (
            replace(PARAMS, finder_bps=1, treasury_bps=65_535),
            errors.SlashSplitOutOfBounds,
        ),
    }
)

ON_THE_BOUND: dict[str, Params] = {
    "shortest windows": replace(
        PARAMS,
        commit=Window(1, 1),
        reveal=Window(1, 1),
        score=Window(0, 0),
        aggregate=Window(1, 1),
        challenge=Window(1, 1),
        dispute=Window(1, 1),
        unbonding=Window(9, 9),
    ),
    "longest unbonding": WIDE,
    "shortest score": replace(PARAMS, score=Window(1, 1)),
    **{
        f"unbonding just long enough, {label}": with_unbonding(params)
        for label, params in _longest_rounds().items()
    },
    "one submission": replace(PARAMS, min_submissions=1, max_submissions=1),
    "most submissions": replace(PARAMS, min_submissions=4_096, max_submissions=4_096),
    "largest trim that leaves one": replace(PARAMS, min_submissions=3, rule=trimmed_mean(1)),
    "median": replace(PARAMS, rule=median()),
    "krum": replace(FIVE, rule=multi_krum(1, 1)),
    "multi-krum that keeps the most": replace(FIVE, rule=multi_krum(1, 4), max_submissions=256),
    "weighted": replace(PARAMS, rule=weighted(), max_submissions=256),
    "most bits": replace(PARAMS, frac_bits=24, update_bits=24, qmax=32_767),
    "fewest bits": replace(PARAMS, frac_bits=0, update_bits=0, qmax=1),
    "norm 1": replace(PARAMS, max_norm_squared=1),
    "largest norm": replace(PARAMS, max_norm_squared=2**64 - 1),
    "largest rates": replace(PARAMS, lr_num=2**20, lr_den=2**20),
    "least money": replace(
        PARAMS, min_stake=1, aggregator_bond=1, challenge_bond=1, round_reward=0
    ),
    "largest reward": replace(PARAMS, round_reward=2**64 - 1),
    "smallest slashes": replace(
        PARAMS, no_reveal_bps=100, evaluator_slash_bps=100, fraud_bps=100, round_cap_bps=100
    ),
    "whole slashes": replace(
        PARAMS, no_reveal_bps=10_000, evaluator_slash_bps=10_000, fraud_bps=10_000
    ),
    "slashes on the cap": replace(
        CAPPED, no_reveal_bps=6_000, evaluator_slash_bps=6_000, fraud_bps=6_000
    ),
    "one evaluator": replace(SCORED, min_evaluators=1, max_evaluators=1),
    "most evaluators": replace(SCORED, min_evaluators=16, max_evaluators=16),
    "evaluators are not asked for where nobody scores": replace(
        PARAMS, min_evaluators=0, max_evaluators=255
    ),
    "nothing for evaluators": replace(SCORED, evaluator_bps=0),
    "most for evaluators": replace(SCORED, evaluator_bps=5_000),
    "no floor and no band": replace(SCORED, score_floor=0, score_band=0),
    "highest floor and widest band": replace(SCORED, score_floor=10_000, score_band=10_000),
    "nobody may plant": replace(SCORED, audit_one_in=0),
    "one in the most": replace(SCORED, audit_one_in=65_535),
    "most kept": replace(PARAMS, finder_bps=5_000, treasury_bps=4_000),
    "all burned": replace(PARAMS, finder_bps=0, treasury_bps=0),
}
