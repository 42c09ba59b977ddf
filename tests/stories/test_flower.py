"""The example's Flower app in a real simulation, under a federation, in a process of its own."""

from __future__ import annotations

import difflib
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "flower"


@pytest.mark.slow
def test_the_governed_simulation_is_settled_paid_and_audited() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE / "run.py")],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout.splitlines()
    assert told[:3] == [f"round {i} settled: 3 updates, 300 tokens for each" for i in (1, 2, 3)]
    assert sum(line.endswith("stakes 1000, was paid 900") for line in told) == 3
    assert "the model that Flower returned is the one on chain" in told
    held = re.fullmatch(r"audit: (\d+) of (\d+) checks hold", told[-1])
    assert held is not None
    assert held[1] == held[2] != "0"


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
