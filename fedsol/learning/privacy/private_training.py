"""Example-level differential privacy: DP-SGD, which hides every single sample of a participant.

Abadi et al., Deep Learning with Differential Privacy, CCS 2016. Batches are drawn as accountants
assume: every sample enters each with the same chance, on its own (Poisson sampling). As compiled
shapes are fixed, a batch has room for more than it expects; overflowing it has a chance below 1e-12,
far below any delta in use.
"""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax  # type: ignore[import-untyped]
from jax import Array
from numpy.typing import NDArray

from fedsol.errors import ConfigError, NotFinite
from fedsol.learning.local_training import Samples, batch_loss, pad_samples
from fedsol.learning.models import Model
from fedsol.learning.parameters import Params
from fedsol.learning.privacy.gaussian import check_noise, clip_factors
from fedsol.learning.privacy.ledger import Release

_OVERFLOW = math.log(1e12)


@dataclass(frozen=True)
class ExamplePrivacy:
    """The bound of one sample's gradient (Euclidean norm), and the noise as a multiple of it.

    Raises:
        ConfigError: the bound is not positive, or the multiplier negative.
    """

    clip_norm: float
    noise_multiplier: float

    def __post_init__(self) -> None:
        check_noise(self.clip_norm, self.noise_multiplier)

    def release(self, samples: int, *, epochs: int = 1, batch_size: int = 32) -> Release:
        """What one call of :func:`train_private` costs: put it to the ledger before the call."""
        drawn = min(batch_size, samples)
        return Release(self.noise_multiplier, drawn, samples, steps(samples, epochs, batch_size))


def train_private(
    model: Model,
    params: Params,
    x: NDArray[np.float32],
    y: NDArray[np.int32],
    *,
    key: Array,
    optimiser: optax.GradientTransformation,
    privacy: ExamplePrivacy,
    epochs: int = 1,
    batch_size: int = 32,
) -> Params:
    """As ``local_training.train``, with every sample's gradient clipped and noise in their sum.

    ``batch_size`` is the expected size of a batch. ``key`` draws batches and noise: take it from
    the system's randomness and tell it nobody.

    Raises:
        NotFinite: training diverged to NaN or infinity.
        LearningError, ConfigError: as ``local_training.train``.
    """
    if epochs < 1:
        raise ConfigError(f"training takes at least one epoch, not {epochs}")
    samples = pad_samples(x, y, batch_size)
    trained = train_private_padded(
        model,
        optimiser,
        params,
        samples,
        key=key,
        privacy=privacy,
        expected=min(batch_size, len(x)),
        count=steps(len(x), epochs, batch_size),
    )
    if not all(np.isfinite(leaf).all() for leaf in jax.tree_util.tree_leaves(trained)):
        raise NotFinite(f"training {model.name} on {len(x)} samples diverged")
    return trained


@partial(jax.jit, static_argnames=("model", "optimiser", "privacy", "expected", "count"))
def train_private_padded(
    model: Model,
    optimiser: optax.GradientTransformation,
    params: Params,
    samples: Samples,
    *,
    key: Array,
    privacy: ExamplePrivacy,
    expected: int,
    count: int,
) -> Params:
    """``count`` steps on padded samples, without checks: a pure function, fit for ``jax.vmap``."""
    rows = jnp.arange(samples.y.shape[0])
    room = min(capacity(expected), samples.y.shape[0])

    def step(carry: tuple[Params, Any], number: Array) -> tuple[tuple[Params, Any], None]:
        weights, memory = carry
        gradient = private_gradient(
            model,
            weights,
            samples,
            rows,
            key=jax.random.fold_in(key, number),
            privacy=privacy,
            expected=expected,
            room=room,
        )
        change, memory = optimiser.update(gradient, memory, weights)
        return (optax.apply_updates(weights, change), memory), None

    start = (params, optimiser.init(params))
    (trained, _), _ = jax.lax.scan(step, start, jnp.arange(count))
    return trained


def private_gradient(
    model: Model,
    weights: Params,
    samples: Samples,
    rows: Array,
    *,
    key: Array,
    privacy: ExamplePrivacy,
    expected: int | Array,
    room: int,
) -> Params:
    """The noisy gradient of one step: clipped ones of a Poisson batch, over its expected size.

    ``rows`` (int32[m]) are the places in ``samples`` of one participant's, of which ``samples.count``
    are real; ``expected`` (int32) may be traced, and ``room`` is at least its :func:`capacity`. A pure
    function, fit for ``jax.vmap``.
    """
    batch_key, noise_key = jax.random.split(key)
    first, chosen = _poisson_batch(batch_key, rows.shape[0], samples.count, expected, room)
    taken = rows[first]
    total = _clipped_sum(model, weights, samples.x[taken], samples.y[taken], chosen, privacy)
    noisy = _add_noise(noise_key, total, privacy.noise_multiplier * privacy.clip_norm)
    return jax.tree.map(lambda leaf: leaf / expected, noisy)


def steps(samples: int, epochs: int, batch_size: int) -> int:
    """Steps of that many epochs: as many as without privacy."""
    return epochs * -(-samples // batch_size)


def capacity(expected: int) -> int:
    """Rows that a Poisson batch is given, by Bernstein's bound on overflowing them."""
    third = _OVERFLOW / 3
    return math.ceil(expected + third + math.sqrt(third**2 + 2 * _OVERFLOW * expected))


def _poisson_batch(
    key: Array, size: int, count: Array, expected: int | Array, room: int
) -> tuple[Array, Array]:
    """Numbers below ``size`` (int32[room]), the chosen first, and which are chosen (bool[room])."""
    numbers = jnp.arange(size)
    draw = jax.random.uniform(key, numbers.shape)
    chosen = (draw < expected / count) & (numbers < count)
    first = jnp.argsort(~chosen)[:room]
    return first, chosen[first]


def _clipped_sum(
    model: Model, weights: Params, x: Array, y: Array, chosen: Array, privacy: ExamplePrivacy
) -> Params:
    """The sum of the chosen samples' gradients, each no longer than the bound; zero for NaN."""
    alone = jnp.ones(1, bool)

    def gradient(sample: Array, label: Array) -> Params:
        return jax.grad(batch_loss)(weights, model, sample[None], label[None], alone)

    each = jax.vmap(gradient)(x, y)
    norms = jax.vmap(optax.tree.norm)(each)
    factors = chosen * clip_factors(norms, privacy.clip_norm)

    def weighted(leaf: Array) -> Array:
        usable = jnp.isfinite(norms).reshape(-1, *[1] * (leaf.ndim - 1))
        return jnp.tensordot(factors, jnp.where(usable, leaf, 0.0), axes=1)

    return jax.tree.map(weighted, each)


def _add_noise(key: Array, total: Params, std: float) -> Params:
    leaves, tree = jax.tree.flatten(total)
    keys = jax.random.split(key, len(leaves))
    noisy = [
        leaf + std * jax.random.normal(one, leaf.shape, leaf.dtype)
        for one, leaf in zip(keys, leaves, strict=True)
    ]
    return jax.tree.unflatten(tree, noisy)
