"""The declared dependencies are the imported ones: none is missing, none is carried for nothing."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.unit.source_imports import PACKAGE, imports_of, source_files

PROJECT = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    requirements = PROJECT["project"]["dependencies"]
    return {
        normal(re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0]) for requirement in requirements
    }


def imported() -> dict[str, set[str]]:
    """The distributions that the package imports from, each with the files that do."""
    providers = packages_distributions()
    found: dict[str, set[str]] = {}
    for path in source_files(PACKAGE):
        for module in {name.partition(".")[0] for name in imports_of(path)}:
            if module in sys.stdlib_module_names or module == "fedsol":
                continue
            for provider in {normal(name) for name in providers.get(module, [module])}:
                found.setdefault(provider, set()).add(str(path.relative_to(PACKAGE)))
    return found


def test_everything_imported_is_declared() -> None:
    assert {name: files for name, files in imported().items() if name not in declared()} == {}


def test_everything_declared_is_imported() -> None:
    assert declared() - set(imported()) == set()
