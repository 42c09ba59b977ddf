"""How a file is to be read: what a caller chooses, in Python or in the text that names the file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fedsol.errors import ConfigError


@dataclass(frozen=True)
class Choices:
    """What may be chosen; what a form of data has no use for is not looked at.

    - ``label``: the column of the labels;
    - ``classes``: how many there are, or their names in the order of their numbers;
    - ``header``: whether the first line of a CSV file names its columns; looked for if None;
    - ``drop``: columns to leave out;
    - ``size``: width and height that images are resized to (pixels);
    - ``gray``: whether images are made gray;
    - ``split``: which part of a Hugging Face data set;
    - ``held_out``: the test part of a source that has one;
    - ``allow_one_class``: whether all samples may have the same label.
    """

    label: str | None = None
    classes: int | tuple[str, ...] | None = None
    header: bool | None = None
    drop: tuple[str, ...] = ()
    size: tuple[int, int] | None = None
    gray: bool = False
    split: str | None = None
    held_out: bool = False
    allow_one_class: bool = False


def parse_choices(text: str) -> dict[str, Any]:
    """The choices of ``label=outcome&classes=benign,malignant&size=28x28``.

    Raises:
        ConfigError: the text is not of that form.
    """
    try:
        pairs = parse_qsl(text, strict_parsing=True)
    except ValueError as error:
        raise _unreadable(text) from error
    if unknown := [name for name, _ in pairs if name not in _PARSERS]:
        raise ConfigError(
            f"there is no choice {unknown[0]!r}", hint=f"There are {', '.join(_PARSERS)}."
        )
    try:
        return {name: _PARSERS[name](value) for name, value in pairs}
    except ValueError as error:
        raise _unreadable(text) from error


def _unreadable(text: str) -> ConfigError:
    return ConfigError(
        f"{text!r} cannot be read",
        hint="Write it like label=outcome&classes=benign,malignant&size=28x28&gray=yes.",
    )


def _classes(text: str) -> int | tuple[str, ...]:
    return int(text) if text.isdecimal() else _names(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _truth(text: str) -> bool:
    return {"yes": True, "no": False}[text] if text in ("yes", "no") else bool(int(text))


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "label": str,
    "classes": _classes,
    "header": _truth,
    "drop": _names,
    "size": _size,
    "gray": _truth,
    "split": str,
}
