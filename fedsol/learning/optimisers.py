"""Local optimisers: those of optax, by name."""

from collections.abc import Callable
from functools import cache
from typing import Any

import optax  # type: ignore[import-untyped]

from fedsol.errors import ConfigError

OPTIMISERS: dict[str, Callable[..., optax.GradientTransformation]] = {
    "sgd": optax.sgd,
    "momentum": lambda learning_rate, momentum=0.9, nesterov=False: optax.sgd(
        learning_rate, momentum, nesterov
    ),
    "adam": optax.adam,
    "adamw": optax.adamw,
    "nadam": optax.nadam,
    "yogi": optax.yogi,
    "adagrad": optax.adagrad,
    "rmsprop": optax.rmsprop,
    "lion": optax.lion,
}
"""What makes an optimiser, by name; ``momentum`` is ``sgd`` with momentum 0.9."""


@cache
def optimiser(
    name: str, learning_rate: float = 0.1, **arguments: Any
) -> optax.GradientTransformation:
    """The optimiser of that name, with optax's argument names.

    The same call gives the same object: what was compiled with it is found again.

    Raises:
        ConfigError: no such optimiser or argument, or a learning rate that is not positive.
    """
    if name not in OPTIMISERS:
        known = ", ".join(sorted(OPTIMISERS))
        raise ConfigError(f"no optimiser {name!r}", hint=f"The optimisers are {known}.")
    if not 0 < learning_rate < float("inf"):
        raise ConfigError(f"a learning rate must be positive, not {learning_rate}")
    try:
        return OPTIMISERS[name](learning_rate, **arguments)
    except TypeError as error:
        raise ConfigError(f"optimiser {name}: {error}") from error
