"""The program's IDL, as the tests read it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).parents[2] / "idl" / "fedsol.json"


@cache
def idl() -> dict[str, Any]:
    """The whole IDL."""
    loaded: dict[str, Any] = json.loads(PATH.read_text())
    return loaded


@cache
def instruction(name: str) -> dict[str, Any]:
    """One instruction."""
    return next(one for one in idl()["instructions"] if one["name"] == name)


def names() -> tuple[str, ...]:
    """The names of all instructions."""
    return tuple(one["name"] for one in idl()["instructions"])


@cache
def slots_of(name: str) -> tuple[str, ...]:
    """The names of an instruction's accounts, in order."""
    return tuple(one["name"] for one in instruction(name)["accounts"])
