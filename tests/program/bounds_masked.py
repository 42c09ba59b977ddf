"""The bounds of a federation's rules where updates stay under masks; see ``tests.program.bounds``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fedsol.errors import ProgramError
from fedsol.program import errors
from fedsol.program.params import Params, Window, masked
from tests.program.bounds import with_unbonding
from tests.world import MASKING, PARAMS


def of(threshold_bps: int = 6_667, **changes: Any) -> Params:
    """Masked rules whose unbonding is exactly long enough."""
    params = replace(PARAMS, **(MASKING | {"rule": masked(threshold_bps)} | changes))
    return _lasting(params)


def _lasting(params: Params, *, less: tuple[int, int] = (0, 0)) -> Params:
    """Time to share is as long as that to commit, and comes on top."""
    shortest = with_unbonding(params).unbonding
    seconds = shortest.seconds + params.commit.seconds - less[0]
    return replace(
        params, unbonding=Window(seconds, shortest.slots + params.commit.slots - less[1])
    )


BROKEN: dict[str, tuple[Params, type[ProgramError]]] = {
    "half of the members unmask": (of(5_000), errors.MaskedOutOfBounds),
    "nobody unmasks": (of(0), errors.MaskedOutOfBounds),
    "more than all unmask": (of(10_001), errors.MaskedOutOfBounds),
    "the highest threshold": (of(65_535), errors.MaskedOutOfBounds),
    "two members": (of(min_submissions=2), errors.MaskedOutOfBounds),
    "too many members": (of(max_submissions=257), errors.MaskedOutOfBounds),
    "masked and scored": (of(score=Window(1, 1)), errors.MaskedOutOfBounds),
    "masked, unbonding a second too short": (_lasting(of(), less=(1, 0)), errors.UnbondingTooShort),
    "masked, unbonding a slot too short": (_lasting(of(), less=(0, 1)), errors.UnbondingTooShort),
    "masked, time to share left out": (with_unbonding(of()), errors.UnbondingTooShort),
    "masked, fewest above most": (of(max_submissions=2), errors.SubmissionsOutOfBounds),
}

ON_THE_BOUND: dict[str, Params] = {
    "just more than half of the members unmask": of(5_001),
    "all members unmask": of(10_000),
    "three members": of(min_submissions=3, max_submissions=3),
    "most members": of(min_submissions=256, max_submissions=256),
    "masked words of 16 bits": of(qmax=127, max_submissions=256),
    "masked words of 32 bits": of(qmax=32_767, max_submissions=256),
}
