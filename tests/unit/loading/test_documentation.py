"""The examples of docs/data.md run as they stand; those with PyTorch in tests/peers."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "data.md").read_text(), re.DOTALL)
PACKAGES = {"import keras": "keras", "flwr_datasets": "flwr_datasets", "board:": "tensorboardX"}


@pytest.mark.parametrize("code", [code for code in EXAMPLES if "import torch" not in code])
def test_an_example_runs(code: str, tmp_path: Path) -> None:
    for sign, package in PACKAGES.items():
        if sign in code and find_spec(package) is None:
            pytest.skip(f"needs {package}")
    run(code, tmp_path)


def run(code: str, folder: Path) -> None:
    """In a process of its own, in an empty folder."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
