"""Clients that do not play fair: what they train on, or what they send, is an attack's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import jax
import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.simulation.population import Population


@runtime_checkable
class DataAttack(Protocol):
    """Changes what a client trains on."""

    def poison(self, x: Array, y: Array, key: Array) -> tuple[Any, Any]:
        """The samples (float32[n, …]) and labels (int32[n]) that it trains on instead."""


@runtime_checkable
class UpdateAttack(Protocol):
    """Changes what clients send."""

    def forge(self, honest: Array, own: Array, key: Array) -> Any:
        """What the attackers send (float32[b, d]), knowing the honest updates (float32[h, d]).

        ``own`` (float32[b, d]) are the updates that they would send if they were honest.
        """


@dataclass(frozen=True)
class Attackers:
    """Who attacks, and how; ``attack`` is one of ``fedsol.learning.attacks``."""

    clients: tuple[int, ...]
    attack: DataAttack | UpdateAttack

    @classmethod
    def drawn(
        cls, attack: DataAttack | UpdateAttack, share: float, *, clients: int, seed: int
    ) -> "Attackers":
        """A share of the clients, rounded down, drawn by seed."""
        if not 0 <= share < 1:
            raise ConfigError(f"a share of attackers is at least 0 and below 1, not {share}")
        random = np.random.default_rng([seed, 0xA77AC])
        chosen = random.choice(clients, int(share * clients), replace=False)
        return cls(tuple(sorted(int(i) for i in chosen)), attack)

    def poisoned(self, population: Population, seed: int) -> Population:
        """The population with the attackers' samples changed, if the attack is on data."""
        if not isinstance(self.attack, DataAttack):
            return population
        x, y = population.data.x.copy(), population.data.y.copy()
        for client in self.clients:
            share = population.shares[client]
            key = jax.random.fold_in(jax.random.key(seed), client)
            changed = self.attack.poison(x[share], y[share], key)  # type: ignore[arg-type]
            x[share], y[share] = (np.asarray(one) for one in changed)
        return Population(replace(population.data, x=x, y=y), population.shares)

    def among(self, clients: Sequence[int]) -> tuple[int, ...]:
        """Which of the clients send something else than what they learnt."""
        if not isinstance(self.attack, UpdateAttack):
            return ()
        wanted = set(self.clients)
        return tuple(one for one in clients if one in wanted)

    def forged(
        self, honest: NDArray[np.float32], own: NDArray[np.float32], seed: int, number: int
    ) -> NDArray[np.float32]:
        """The attackers' updates (float32[b, d]) of round ``number``.

        Raises:
            ConfigError: nobody is honest in this round.
        """
        assert isinstance(self.attack, UpdateAttack)
        if len(honest) == 0:
            raise ConfigError("nobody honest took part: ask more clients, or fewer attackers")
        key = jax.random.fold_in(jax.random.key(seed), number)
        sent = self.attack.forge(honest, own, key)  # type: ignore[arg-type]
        return np.asarray(sent, np.float32)
