"""What a benchmark hands back, and how it is printed."""

import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import fedsol

PACKAGES = ("fedsol", "jax", "numpy", "solders", "anchorpy")


@dataclass(frozen=True)
class Table:
    """Rows under a head; numbers are numbers until they are printed."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[str | int | float, ...]]


@dataclass(frozen=True)
class Result:
    """One benchmark: tables, and what has to be said to read them rightly."""

    name: str
    title: str
    tables: list[Table]
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """The result as plain JSON values."""
        return asdict(self)

    def markdown(self) -> str:
        """A section of ``docs/benchmarks.md``."""
        parts = [f"## {self.title}"]
        for table in self.tables:
            parts.append(f"**{table.title}**\n\n{_grid(table)}")
        parts += self.notes
        return "\n\n".join(parts)


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Least, middle and largest."""
    return min(values), statistics.median(values), max(values)


def machine() -> dict[str, str]:
    """What the numbers were measured on."""
    packages = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "packages": packages,
        "validator": _said("solana-test-validator", "--version").partition(" (")[0],
        "load average at the start": load,
    }


def _grid(table: Table) -> str:
    lines = ["| " + " | ".join(table.head) + " |"]
    lines.append(
        "| " + " | ".join("---" if i == 0 else "---:" for i in range(len(table.head))) + " |"
    )
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in table.rows]
    return "\n".join(lines)


def _cell(value: str | int | float) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _version(package: str) -> str:
    if package == "fedsol":  # also where it is not installed
        return fedsol.__version__
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "not installed"
    return done.stdout.strip()
