"""Flower's example of the repository, run as a user runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "flower"


def run_example(*options: str) -> list[str]:
    """What it prints, line by line, in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLE / "run.py"), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def assert_settled_paid_and_audited(told: list[str]) -> None:
    """Three rounds of three clients, each of whom has staked and earned, and an audit that holds."""
    first = next(i for i, line in enumerate(told) if line.startswith("round 1"))
    rounds = [f"round {i} settled: 3 updates, 300 tokens for each" for i in (1, 2, 3)]
    assert told[first : first + 3] == rounds
    assert sum(line.endswith("stakes 1000, was paid 900") for line in told) == 3
    assert "the model that Flower returned is the one on chain" in told
    held = re.fullmatch(r"audit: (\d+) of (\d+) checks hold", told[-1])
    assert held is not None
    assert held[1] == held[2] != "0"
