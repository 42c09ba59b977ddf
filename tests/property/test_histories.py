"""Whatever people do in whatever order, the money adds up and everybody can leave."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.property.driver import TALLY
from tests.property.machine import Histories
from tests.property.profiles import runs
from tests.property.reference import INSTRUCTIONS

# Fewest successes of each instruction in one run of the profile: rules that never fire prove nothing.
_OFTEN_ENOUGH = 5


@pytest.mark.slow
def test_random_histories_keep_every_invariant_and_end_at_zero() -> None:
    before = Counter(TALLY)
    run_state_machine_as_test(Histories, settings=runs(ci=90, deep=5_000, steps=50))
    # Distances are compared where something is selected: in test_selections. Members, shares and
    # objections are of masked rounds: in test_masked_histories.
    elsewhere = ("challenge_measure", "round_join", "round_share", "round_object")
    names = [name for name in INSTRUCTIONS if name not in elsewhere]
    done = {name: TALLY[name, ""] - before[name, ""] for name in names}
    assert min(done.values()) >= _OFTEN_ENOUGH, done
