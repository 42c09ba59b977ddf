"""Everything that must hold before a change goes in, except the tests of make test (make check).

    python scripts/check.py

Runs every step, also after one has failed, and ends with a table of what passed. A step whose tool
is not installed is named as not run; where CI=true that is a failure, because nobody reads tables
there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

# Run as a file, a script finds what lies beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.tools import ROOT, say


class Outcome(Enum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "FAILED"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Step:
    """Commands that must all succeed, and what they need to run at all."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    needs: tuple[tuple[str, ...], ...] = ()


PYTHON = sys.executable
# Each need is a command that succeeds where the tool is there: rustup puts stand-ins on PATH for
# components that are not installed.
CARGO = ("cargo", "--version")
SBF = ("cargo", "build-sbf", "--version")
ANCHOR = ("anchor", "--version")
VALIDATOR = ("solana-test-validator", "--version")

STEPS = (
    Step("Python format", ((PYTHON, "-m", "ruff", "format", "--check", "."),)),
    Step("Python lints", ((PYTHON, "-m", "ruff", "check", "."),)),
    Step("Python types", ((PYTHON, "-m", "mypy"),)),
    Step(
        "Rust format",
        (("cargo", "fmt", "--all", "--check"),),
        (CARGO, ("cargo", "fmt", "--version")),
    ),
    Step(
        "Rust lints",
        (("cargo", "clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"),),
        (CARGO, ("cargo", "clippy", "--version")),
    ),
    Step("Rust tests", (("cargo", "test", "--workspace", "--locked"),), (CARGO,)),
    Step(
        "IDL and client",
        (("make", "idl"), (PYTHON, "scripts/generate.py", "--check")),
        (CARGO, ANCHOR),
    ),
    Step(
        "program builds",
        ((PYTHON, "scripts/build_program.py", "--check"),),
        (CARGO, SBF, ANCHOR),
    ),
    Step("peer parity", (("make", "test-peers"),)),
    Step("localnet tests", (("make", "test-localnet"),), (VALIDATOR,)),
)


def succeeds(command: tuple[str, ...]) -> bool:
    """Whether a command runs and succeeds; what it prints is not shown."""
    if shutil.which(command[0]) is None:
        return False
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return done.returncode == 0


def perform(step: Step) -> tuple[Outcome, str]:
    """Runs a step; returns how it ended, and a word about it."""
    say(f"\n── {step.name} " + "─" * (74 - len(step.name)))
    missing = [" ".join(need[:-1]) for need in step.needs if not succeeds(need)]
    if missing:
        say(f"not run: {', '.join(missing)} is not installed")
        return Outcome.NOT_RUN, f"{', '.join(missing)} is not installed"
    began = time.monotonic()
    for command in step.commands:
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            return Outcome.FAILED, f"{' '.join(command)}: exit status {status}"
    return Outcome.PASSED, f"{time.monotonic() - began:.0f} s"


def main() -> int:
    """Runs every step; returns the exit status."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    results = {step.name: perform(step) for step in STEPS}
    say("\n── make check " + "─" * 64)
    for name, (outcome, word) in results.items():
        say(f"{name:<16} {outcome.value:<8} {word}")
    outcomes = {outcome for outcome, _ in results.values()}
    strict = os.environ.get("CI", "").lower() in ("1", "true")
    if Outcome.NOT_RUN in outcomes:
        say("Some steps did not run." + (" CI=true: that is a failure." if strict else ""))
    return int(Outcome.FAILED in outcomes or (strict and Outcome.NOT_RUN in outcomes))


if __name__ == "__main__":
    sys.exit(main())
