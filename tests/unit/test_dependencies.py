"""The declared dependencies are the imported ones: none is missing, none is carried for nothing."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.unit.source_imports import PACKAGE, imports_of, source_files

PROJECT = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


FOR_DEVELOPERS = ("dev", "peers")


def names_in(requirements: list[str]) -> set[str]:
    return {
        normal(re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0]) for requirement in requirements
    }


def declared() -> set[str]:
    return names_in(PROJECT["project"]["dependencies"])


def extras() -> dict[str, set[str]]:
    """What each extra for users brings."""
    given = PROJECT["project"]["optional-dependencies"]
    return {
        name: names_in(brought) for name, brought in given.items() if name not in FOR_DEVELOPERS
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


def needed() -> list[tuple[str, str]]:
    """Modules that are imported by ``need``, each with the extra that is named."""
    found = []
    for path in source_files(PACKAGE):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "need":
                found.append(tuple(ast.literal_eval(argument) for argument in node.args))
    return found


def test_everything_imported_is_declared() -> None:
    known = declared().union(*extras().values())
    assert {name: files for name, files in imported().items() if name not in known} == {}


def test_what_only_an_extra_brings_is_imported_late_or_by_its_own_package() -> None:
    optional = set().union(*extras().values()) - declared()
    late = {
        name: sorted(file for file in files if not file.startswith("flower/"))
        for name, files in imported().items()
        if name in optional
    }
    at_top = {
        (name, file)
        for name, files in late.items()
        for file in files
        if name in {normal(one) for one in top_level(PACKAGE / file)}
    }
    assert at_top == set()


def top_level(path: Path) -> set[str]:
    """Packages that a file imports when it is itself imported."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_the_extra_that_is_named_brings_what_is_missing() -> None:
    providers = packages_distributions()
    calls = needed()
    assert len(calls) > 5
    for module, extra in calls:
        package = module.partition(".")[0]
        assert extra in extras(), (module, extra)
        brings = {normal(one) for one in providers.get(package, [package])}
        assert brings & extras()[extra], (module, extra)


def test_everything_declared_is_imported() -> None:
    assert declared() - set(imported()) == set()
