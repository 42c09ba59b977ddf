"""How long the property tests look: ``ci``, the same every time, or ``HYPOTHESIS_PROFILE=deep``."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"

_COMMON = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    derandomize=not DEEP,
    # What is found in CI is found again from the source alone.
    **({} if DEEP else {"database": None}),
)


def runs(
    ci: int, deep: int, *, steps: int = 50, phases: tuple[Phase, ...] = tuple(Phase)
) -> settings:
    """Settings with so many examples in each profile, and so many steps in an example."""
    examples = deep if DEEP else ci
    return settings(_COMMON, max_examples=examples, stateful_step_count=steps, phases=phases)
