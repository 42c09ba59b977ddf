"""Learning knows no chain and the chain knows no learning: only the roles join them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.source_imports import PACKAGE, imports_of, source_files

CHAIN = ("solana", "solders", "spl", "anchorpy", "fedsol.chain", "fedsol.program")
LEARNING = ("jax", "jaxlib", "optax", "fedsol.learning")
UPPER = ("fedsol.roles", "fedsol.simulation", "fedsol.demo", "fedsol.cli")

FORBIDDEN = {
    "learning": (*CHAIN, "fedsol.artifacts", *UPPER),
    "artifacts": (*CHAIN, *LEARNING, *UPPER),
    "program": (*LEARNING, "fedsol.artifacts", *UPPER),
    "chain": (*LEARNING, "fedsol.artifacts", *UPPER),
    "loading": (*CHAIN, "fedsol.artifacts", *UPPER),
    "tracking": (*CHAIN, *LEARNING, "fedsol.artifacts", *UPPER),
}


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def modules_of(layer: str) -> list[str]:
    """The dotted names of a layer's modules."""
    names = []
    for path in source_files(PACKAGE / layer):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        names.append(".".join(parts).removesuffix(".__init__"))
    return names


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_no_source_file_imports_another_layer(layer: str) -> None:
    broken = {
        str(path.relative_to(PACKAGE)): sorted(found)
        for path in source_files(PACKAGE / layer)
        if (found := {name for name in imports_of(path) if is_within(name, FORBIDDEN[layer])})
    }
    assert broken == {}


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_importing_a_layer_loads_no_other(layer: str) -> None:
    """In a process of its own: what the tests have imported must not count."""
    modules = modules_of(layer)
    assert modules
    script = "\n".join(
        [*(f"import {name}" for name in modules), "import sys", "print(*sys.modules)"]
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=PACKAGE.parent,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = [name for name in done.stdout.split() if is_within(name, FORBIDDEN[layer])]
    assert loaded == []


def test_a_layer_that_breaks_the_rule_is_seen(tmp_path: Path) -> None:
    """The rule's own test: an import inside a function, and one by its parent package."""
    inside = tmp_path / "inside.py"
    inside.write_text("def f():\n    from jax import numpy\n")
    by_parent = tmp_path / "by_parent.py"
    by_parent.write_text("from fedsol import learning\n")
    for path in (inside, by_parent):
        assert any(is_within(name, LEARNING) for name in imports_of(path))


def test_names_that_only_begin_alike_are_no_layer() -> None:
    assert not is_within("jaxtyping", LEARNING)
    assert not is_within("fedsol.chainsaw", CHAIN)
