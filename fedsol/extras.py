"""Packages that come with an extra: imported where they are used, and named when they are missing."""

from importlib import import_module
from typing import Any

from fedsol.errors import ConfigError


def need(module: str, extra: str) -> Any:
    """The module, imported now.

    Raises:
        ConfigError: it is not installed; the hint names the extra that brings it.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        # What an installed package lacks itself is its own fault, and must not be blamed on it.
        if error.name is None or error.name.partition(".")[0] != package:
            raise
        raise ConfigError(
            f"{package} is not installed", hint=f'Install it: pip install "fedsol[{extra}]".'
        ) from error
