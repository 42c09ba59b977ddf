"""The example's Flower app in a real simulation, under a federation, in a process of its own."""

from __future__ import annotations

import difflib

import pytest

from tests.stories.flower_example import EXAMPLE, assert_settled_paid_and_audited, run_example


@pytest.mark.slow
def test_the_governed_simulation_is_settled_paid_and_audited() -> None:
    assert_settled_paid_and_audited(run_example())


def test_the_governed_app_differs_from_the_plain_one_in_two_lines() -> None:
    plain, governed = (
        (EXAMPLE / f"{name}_app.py").read_text().splitlines() for name in ("plain", "governed")
    )
    changes = list(difflib.ndiff(plain, governed))
    gone = [line[2:] for line in changes if line.startswith("- ") and '"""' not in line]
    assert [line.split(" = ")[0].strip() for line in gone] == ["client_app", "strategy"]
    new = [line[2:] for line in changes if line.startswith("+ ") and '"""' not in line]
    assert [line for line in new if line and not line.startswith("from fedsol")] == [
        "client_app = ClientApp(mods=[GovernedMod()])",
        next(line for line in governed if "GovernedStrategy(" in line),
    ]
