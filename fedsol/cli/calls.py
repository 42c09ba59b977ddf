"""Names with settings, as options write them: ``NearestNeighborMixing(inner=FedTrimmedAvg(beta=0.1))``.

Python's own grammar is read, and never run: of its tree only names, calls with named settings,
numbers, words and truths are let through.
"""

import ast
import math
import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

from fedsol.errors import ConfigError

_LONGEST = 1_000
_SHOWN = 80
_TOO_LARGE = {int: 1 << 63, float: math.inf}
_TRUTHS = {"true": True, "false": False}


class Call(NamedTuple):
    """A name and its settings: numbers, truths, words, or further calls."""

    name: str
    settings: dict[str, Any]


def parse_call(text: str, *, depth: int = 1) -> Call:
    """A name and its settings; up to ``depth`` calls, one inside another.

    Raises:
        ConfigError: the text is not of that form; it names the place, counted from 1.
    """
    reader = _Reader(text)
    return reader.call(reader.tree(), depth)


@dataclass(frozen=True)
class _Reader:
    """Goes through the tree of a text, and knows the text's places."""

    text: str

    def tree(self) -> ast.expr:
        """The text as Python sees it."""
        if len(self.text) > _LONGEST:
            raise self.unreadable(_LONGEST, f"longer than {_LONGEST:,} characters")
        for place, character in enumerate(self.text):
            if not (character.isascii() and character.isprintable()):
                raise self.unreadable(place, f"{character!r} is of no name and no number")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # what Python frowns upon is nothing that we read
                return ast.parse(self.text.strip(), mode="eval").body
        except SyntaxError as error:
            raise self.unreadable(self.margin + (error.offset or 1) - 1, error.msg) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise self.unreadable(0, str(error) or "too deep") from error

    def call(self, node: ast.expr, depth: int) -> Call:
        """A name, or a name with settings."""
        if isinstance(node, ast.Name):
            return Call(node.id, {})
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            raise self.misplaced(node, "a name is wanted")
        if depth < 1:
            raise self.misplaced(node, "too many, one inside another")
        if node.args:
            raise self.misplaced(node.args[0], "a setting has a name: write name=value")
        settings: dict[str, Any] = {}
        for one in node.keywords:
            if one.arg is None or one.arg in settings:
                raise self.misplaced(one, "each setting has a name of its own")
            settings[one.arg] = self.value(one.value, depth - 1)
        return Call(node.func.id, settings)

    def value(self, node: ast.expr, depth: int) -> Any:
        """A call, a word, a truth or a number."""
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        if isinstance(node, ast.Name):
            return _TRUTHS.get(node.id.lower(), node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            sign = -1 if isinstance(node.op, ast.USub) else 1
            return sign * self.number(node.operand)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool | str):
            return node.value
        return self.number(node)

    def number(self, node: ast.expr) -> int | float:
        """A number without its sign, of 64 bits at most."""
        found = node.value if isinstance(node, ast.Constant) else None
        if not isinstance(found, int | float) or isinstance(found, bool):
            raise self.misplaced(node, "a number, a word, true, false or a name(…) is wanted")
        if found >= _TOO_LARGE[type(found)]:
            raise self.misplaced(node, "too large a number")
        return found

    @property
    def margin(self) -> int:
        """Spaces before the text."""
        return len(self.text) - len(self.text.lstrip())

    def misplaced(self, node: ast.expr | ast.keyword, why: str) -> ConfigError:
        """The error that something is where it is."""
        return self.unreadable(self.margin + node.col_offset, why)

    def unreadable(self, place: int, why: str) -> ConfigError:
        """The error that the text is wrong at a place (counted from 0)."""
        shown = self.text if len(self.text) <= _SHOWN else f"{self.text[:_SHOWN]}…"
        return ConfigError(
            f"{shown!r} cannot be read at character {place + 1}: {why}",
            hint="Write it like FedAvg, FedTrimmedAvg(beta=0.2) or Bucketing(inner=Krum(…)).",
        )
