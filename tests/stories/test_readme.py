"""The README's twenty lines of Python do what they say."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_example_trains_pays_and_lets_everybody_leave(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(code)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("5 updates") == 3
    assert done.stdout.count("leaves with its stake of 2000") == 5
    accuracies = [float(one) for one in re.findall(r"accuracy (\d\.\d+)", done.stdout)]
    assert accuracies[-1] > 0.85
