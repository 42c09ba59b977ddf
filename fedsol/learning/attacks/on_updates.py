"""Attacks on what clients send. Attackers know the honest updates, and act together.

``forge(honest, own, key)`` makes of the honest updates (float32[h, d]), and of what the attackers
would have sent (float32[b, d]), what they send instead (float32[b, d]).
"""

from dataclasses import dataclass
from statistics import NormalDist

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.errors import ConfigError


@dataclass(frozen=True)
class SignFlip:
    """``-scale`` times the honest mean."""

    scale: float = 1.0

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """See the module."""
        return repeated(-self.scale * jnp.mean(honest, axis=0), own)


@dataclass(frozen=True)
class Gaussian:
    """Noise of the deviation ``sigma`` around ``mu``, each attacker its own."""

    mu: float = 0.0
    sigma: float = 1.0

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """See the module."""
        return self.mu + self.sigma * jax.random.normal(key, jnp.shape(own))


@dataclass(frozen=True)
class IPM:
    """Inner product manipulation: ``-epsilon`` times the honest mean (Xie et al. 2020).

    A small ``epsilon`` hides among the honest and stalls the model; a large one throws it back.
    """

    epsilon: float = 0.1

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """See the module."""
        return repeated(-self.epsilon * jnp.mean(honest, axis=0), own)


@dataclass(frozen=True)
class ALIE:
    """A little is enough: the honest mean, ``z`` deviations away (Baruch et al. 2019).

    Without ``z`` it is as large as still finds enough honest updates that are farther out, of the
    number of clients.
    """

    z: float | None = None

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """See the module."""
        z = self.deviations(len(honest) + len(own), len(own)) if self.z is None else self.z
        away = z * jnp.std(honest, axis=0, ddof=1)
        return repeated(jnp.mean(honest, axis=0) + away, own)

    @staticmethod
    def deviations(clients: int, attackers: int) -> float:
        """The paper's largest ``z``: the quantile of ``(n - f - s) / (n - f)``, s = n // 2 + 1 - f."""
        honest = clients - attackers
        supporters = clients // 2 + 1 - attackers
        share = (honest - supporters) / honest
        return NormalDist().inv_cdf(min(max(share, 0.5), 0.999))


@dataclass(frozen=True)
class MinMax:
    """As far from the honest mean as the two honest that are farthest apart (Shejwalkar et al. 2021).

    The honest mean and a multiple of a ``direction``: ``std``, ``unit`` (against the mean) or ``sign``.
    """

    direction: str = "std"

    def __post_init__(self) -> None:
        _check_direction(self.direction)

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """See the module."""
        limit = jnp.max(_apart(honest, honest))
        return repeated(_farthest(honest, self.direction, jnp.max, limit), own)


@dataclass(frozen=True)
class MinSum:
    """As far as keeps its sum of squared distances below every honest one's (Shejwalkar et al. 2021)."""

    direction: str = "std"

    def __post_init__(self) -> None:
        _check_direction(self.direction)

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """See the module."""
        limit = jnp.max(jnp.sum(_apart(honest, honest), axis=1))
        return repeated(_farthest(honest, self.direction, jnp.sum, limit), own)


@dataclass(frozen=True)
class Mimic:
    """All send what one honest client sends, so that it counts too much (Karimireddy et al. 2022).

    The one is ``client``, or without it the one that stands out most along the direction in which
    the honest differ most.
    """

    client: int | None = None

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """See the module."""
        if self.client is not None:
            return repeated(honest[self.client], own)
        centred = honest - jnp.mean(honest, axis=0)
        _, vectors = jnp.linalg.eigh(centred @ centred.T)
        return repeated(honest[jnp.argmax(jnp.abs(vectors[:, -1]))], own)


@dataclass(frozen=True)
class ROP:
    """Pulls beside the reference of centred clipping (Relocated orthogonal perturbation, 2208.09894).

    The honest mean, and beside it a perturbation orthogonal to it, of ``scale`` times the honest
    updates' mean distance from their mean: clipped or not it turns the step.
    """

    scale: float = 1.0

    def forge(self, honest: Array, own: Array, key: Array) -> Array:
        """See the module."""
        middle = jnp.mean(honest, axis=0)
        spread = jnp.mean(jnp.linalg.norm(honest - middle, axis=1))
        drawn = -jnp.sign(middle) * jnp.std(honest, axis=0)
        along = jnp.vdot(drawn, middle) / jnp.maximum(jnp.vdot(middle, middle), 1e-30)
        beside = drawn - along * middle
        length = jnp.maximum(jnp.linalg.norm(beside), 1e-30)
        return repeated(middle + self.scale * spread * beside / length, own)


def repeated(vector: Array, own: Array) -> Array:
    """The same vector (float32[d]) for every attacker (float32[b, d])."""
    return jnp.broadcast_to(vector, jnp.shape(own))


def _check_direction(direction: str) -> None:
    if direction not in ("std", "unit", "sign"):
        raise ConfigError(f"a direction is std, unit or sign, not {direction!r}")


def _apart(left: Array, right: Array) -> Array:
    """Squared distances (float32[n, m])."""
    squares = jnp.sum(left**2, axis=1)[:, None] + jnp.sum(right**2, axis=1)[None, :]
    return jnp.maximum(squares - 2 * jnp.matmul(left, right.T, precision="highest"), 0.0)


def _farthest(honest: Array, direction: str, gather: object, limit: Array) -> Array:
    """``mean + gamma p`` with the largest gamma for which the gathered squared distances keep the limit."""
    middle = jnp.mean(honest, axis=0)
    toward = {
        "std": -jnp.std(honest, axis=0),
        "unit": -middle / jnp.maximum(jnp.linalg.norm(middle), 1e-30),
        "sign": -jnp.sign(middle),
    }[direction]

    def fits(gamma: Array) -> Array:
        apart = _apart((middle + gamma * toward)[None], honest)[0]
        result: Array = gather(apart) <= limit  # type: ignore[operator]
        return result

    def halve(_: int, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        gamma, step = carry
        return jnp.where(fits(gamma + step), gamma + step, gamma), step / 2

    # Doubled until it does not fit, then bisected.
    start = jax.lax.while_loop(fits, lambda gamma: 2 * gamma, jnp.float32(1e-3))
    gamma, _ = jax.lax.fori_loop(0, 30, halve, (jnp.float32(0.0), start / 2))
    result: Array = middle + gamma * toward
    return result
