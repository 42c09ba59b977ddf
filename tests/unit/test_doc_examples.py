"""What the documentation shows in Python runs as it is shown."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("simulation.md",)


def blocks() -> list[tuple[str, int, str]]:
    """Every block of Python: its page, its place there, its text."""
    return [
        (page, number, code)
        for page in PAGES
        for number, code in enumerate(
            re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
        )
    ]


@pytest.mark.parametrize(("page", "number", "code"), blocks(), ids=lambda part: str(part)[:20])
def test_it_runs(page: str, number: int, code: str, tmp_path: Path) -> None:
    script = tmp_path / f"example_{number}.py"
    script.write_text(code)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
