"""Attacks that try themselves out against the rule that they want to get past."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
from jax import Array

from fedsol.errors import ConfigError
from fedsol.learning.attacks.on_updates import ALIE, IPM


@dataclass(frozen=True)
class Optimised:
    """``ALIE`` or ``IPM`` with the strength that moves the ``rule`` farthest from the honest mean.

    The strength is searched for, growing and then by ever smaller steps (Opt-ALIE and Opt-IPM of
    Allouah et al. 2023). ``rule`` makes an aggregate (float32[d]) of all updates (float32[n, d]).
    """

    rule: Callable[[Any], Any]
    attack: str = "ALIE"
    tries: int = 20
    first: float = 10.0
    shrink: float = 0.8

    def __post_init__(self) -> None:
        if self.attack not in ("ALIE", "IPM"):
            raise ConfigError(f"ALIE and IPM have a strength to search for, not {self.attack!r}")

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """What the attackers send (float32[b, d])."""
        middle = jnp.mean(honest, axis=0)

        def harm(strength: float) -> float:
            sent = self._sent(strength, honest, own, key)
            moved = self.rule(jnp.concatenate([honest, sent])) - middle
            return float(jnp.linalg.norm(moved))

        best, most, step, growing = 0.0, harm(0.0), self.first, True
        for _ in range(self.tries - 1):
            found = harm(best + step)
            if found > most:
                best, most = best + step, found
                step *= 2 if growing else self.shrink
            else:
                growing = False
                step *= self.shrink
        return self._sent(best, honest, own, key)

    def _sent(self, strength: float, honest: Array, own: Array, key: Array) -> Array:
        kind = ALIE(z=strength) if self.attack == "ALIE" else IPM(epsilon=strength)
        return kind.forge(honest, own, key)
