"""Attacks on what a client trains on."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.errors import ConfigError


@dataclass(frozen=True)
class LabelFlip:
    """Labels become ``classes - 1 - y``; with ``source`` and ``target``, the one class the other."""

    classes: int = 10
    source: int | None = None
    target: int | None = None

    def __post_init__(self) -> None:
        if (self.source is None) != (self.target is None):
            raise ConfigError("a label flip has both a source and a target class, or neither")

    def poison(self, x: Array, y: Array, key: Array) -> tuple[Array, Array]:
        """The same samples (float32[n, …]) with wrong labels (int32[n]); nothing is random."""
        if self.source is None or self.target is None:
            return x, self.classes - 1 - y
        return x, jnp.where(y == self.source, self.target, y)


@dataclass(frozen=True)
class Backdoor:
    """A patch in a corner of some images, and one label for them (BadNets, Gu et al. 2017).

    Images are square, of ``side`` x ``side`` pixels in 0..1, flattened or not. ``share`` of them get
    a bright patch of ``patch`` x ``patch`` pixels, ``shift`` pixels from the corner.
    """

    side: int = 28
    target: int = 0
    patch: int = 4
    share: float = 0.5
    shift: int = 0
    brightness: float = 1.0

    def poison(self, x: Array, y: Array, key: Array) -> tuple[Array, Array]:
        """Samples (float32[n, …]) and labels (int32[n]), some with the trigger."""
        chosen = jax.random.uniform(key, (len(y),)) < self.share
        shape = (-1, *[1] * (jnp.ndim(x) - 1))
        return jnp.where(chosen.reshape(shape), self.trigger(x), x), jnp.where(
            chosen, self.target, y
        )

    def trigger(self, x: Array) -> Array:
        """The same images (float32[n, …]), all with the patch."""
        return _patched(x, self.side, self.area(), self.brightness)

    def area(self) -> Array:
        """Which pixels are bright (bool[side, side])."""
        places = jnp.arange(self.side) - self.shift
        inside = (places >= 0) & (places < self.patch)
        return inside[:, None] & inside[None, :]


@dataclass(frozen=True)
class DistributedBackdoor(Backdoor):
    """A patch of which each attacker trains on one quarter only (DBA, Xie et al. 2020).

    Which quarter is drawn for each attacker. The model learns the whole patch.
    """

    def poison(self, x: Array, y: Array, key: Array) -> tuple[Array, Array]:
        """See ``Backdoor``."""
        which, when = jax.random.split(key)
        quarter = jax.random.randint(which, (), 0, 4)
        half = self.patch // 2
        rows = jnp.arange(self.side)[:, None] - self.shift
        columns = jnp.arange(self.side)[None, :] - self.shift
        mine = (rows // max(1, half) == quarter // 2) & (columns // max(1, half) == quarter % 2)
        chosen = jax.random.uniform(when, (len(y),)) < self.share
        patched = _patched(x, self.side, self.area() & mine, self.brightness)
        shape = (-1, *[1] * (jnp.ndim(x) - 1))
        return jnp.where(chosen.reshape(shape), patched, x), jnp.where(chosen, self.target, y)


def _patched(x: Array, side: int, area: Array, brightness: float) -> Array:
    if x[0].size != side * side:
        raise ConfigError(f"images of {x[0].size} pixels are not {side} x {side}")
    images = jnp.asarray(x).reshape(-1, side, side)
    return jnp.where(area, brightness, images).reshape(x.shape)
