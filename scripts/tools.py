"""What the scripts share: where the repository is, running commands, and finding tools."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A step did not do what it had to; the message says what and why."""


def say(text: str) -> None:
    """Prints a line of progress at once, so that it stands above what the next command prints."""
    print(text, flush=True)


def run(command: Sequence[str | Path], *, quiet: bool = False) -> None:
    """Runs a command in the repository's root; raises ``Failed`` when it does not succeed.

    ``quiet`` shows its output only when it fails.
    """
    done = subprocess.run(command, cwd=ROOT, capture_output=quiet, text=True, check=False)
    if done.returncode == 0:
        return
    if quiet:
        sys.stderr.write(done.stdout + done.stderr)
    raise Failed(f"{' '.join(map(str, command))}: exit status {done.returncode}")


def first_lines(command: Sequence[str]) -> str:
    """What a command prints about its version, on one line; raises ``Failed`` if it is missing."""
    if shutil.which(command[0]) is None:
        raise Failed(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command)} does not run: {done.stderr.strip()}")
    return ", ".join(line.strip() for line in done.stdout.splitlines()[:3])


def relative(path: Path) -> str:
    """A path as people write it: from the repository's root."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
