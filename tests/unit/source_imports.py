"""What the package's own source imports, read from its syntax: nothing is run."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "fedsol"
# AnchorPy's generator wrote it, against AnchorPy's own dependencies.
GENERATED = PACKAGE / "program" / "generated"


def source_files(folder: Path) -> list[Path]:
    """The Python files in a folder, the generated client left out."""
    return [path for path in sorted(folder.rglob("*.py")) if not path.is_relative_to(GENERATED)]


@cache
def imports_of(path: Path) -> frozenset[str]:
    """The full names of the modules that a file imports, inside functions too."""
    return frozenset(_imports(ast.parse(path.read_text("utf-8")), path))


def _imports(tree: ast.AST, path: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                parents = path.relative_to(PACKAGE.parent).parent.parts
                kept = parents[: len(parents) - node.level + 1]
                module = ".".join([*kept, *filter(None, [module])])
            yield module
            # "from fedsol import learning" imports a module too.
            yield from (f"{module}.{alias.name}" for alias in node.names)
