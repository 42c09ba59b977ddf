"""Training on one participant's data, compiled once for all participants and rounds.

Samples are padded to a number of batches that is a power of two, and a mask leaves the padding out
of every mean: participants with 900 and with 1,000 samples run the same machine code. Batches of
padding alone are skipped and change nothing, not even an optimiser's momentum.
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax  # type: ignore[import-untyped]
from jax import Array
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError, NotFinite
from fedsol.learning.models import Model
from fedsol.learning.parameters import Params

_EVALUATION_ROWS = 64  # least rows that an evaluation is padded to


class Samples(NamedTuple):
    """Padded samples: ``x`` (float32[m, …]), ``y`` (int32[m]); the first ``count`` are real."""

    x: Any
    y: Any
    count: Any


def pad_samples(x: NDArray[np.float32], y: NDArray[np.int32], batch_size: int) -> Samples:
    """Pad to ``batch_size`` times a power of two.

    Raises:
        LearningError: no samples, or not one label for each.
        ConfigError: ``batch_size`` is not positive.
    """
    if batch_size < 1:
        raise ConfigError(f"a batch must have samples, not {batch_size}")
    if len(x) == 0 or len(x) != len(y):
        raise LearningError(f"cannot train on {len(x)} samples with {len(y)} labels")
    batches = 1 << (-(-len(x) // batch_size) - 1).bit_length()
    extra = batches * batch_size - len(x)
    wide = np.pad(np.asarray(x, np.float32), [(0, extra)] + [(0, 0)] * (np.ndim(x) - 1))
    return Samples(wide, np.pad(np.asarray(y, np.int32), (0, extra)), np.int32(len(x)))


def train(
    model: Model,
    params: Params,
    x: NDArray[np.float32],
    y: NDArray[np.int32],
    *,
    key: Array,
    optimiser: optax.GradientTransformation,
    epochs: int = 1,
    batch_size: int = 32,
) -> Params:
    """Parameters after ``epochs`` over the samples (float32[n, …], int32[n]) in shuffled batches.

    The loss is cross-entropy. ``key`` shuffles; the optimiser starts afresh. Use one ``optimiser``
    object for all calls: another one is compiled for again.

    Raises:
        NotFinite: training diverged to NaN or infinity.
        LearningError: as :func:`pad_samples`.
        ConfigError: ``epochs`` or ``batch_size`` is not positive.
    """
    if epochs < 1:
        raise ConfigError(f"training takes at least one epoch, not {epochs}")
    samples = pad_samples(x, y, batch_size)
    trained = train_padded(
        model, optimiser, params, samples, key=key, epochs=epochs, batch_size=batch_size
    )
    if not all(np.isfinite(leaf).all() for leaf in jax.tree_util.tree_leaves(trained)):
        raise NotFinite(f"training {model.name} on {len(x)} samples diverged")
    return trained


@partial(jax.jit, static_argnames=("model", "optimiser", "epochs", "batch_size"))
def train_padded(
    model: Model,
    optimiser: optax.GradientTransformation,
    params: Params,
    samples: Samples,
    *,
    key: Array,
    epochs: int,
    batch_size: int,
) -> Params:
    """``train`` without its checks, on padded samples: a pure function, fit for ``jax.vmap``."""

    def step(carry: tuple[Params, Any], rows: Array) -> tuple[tuple[Params, Any], None]:
        def learn(carry: tuple[Params, Any]) -> tuple[Params, Any]:
            weights, memory = carry
            mask = rows < samples.count
            gradient = jax.grad(batch_loss)(weights, model, samples.x[rows], samples.y[rows], mask)
            change, memory = optimiser.update(gradient, memory, weights)
            return optax.apply_updates(weights, change), memory

        # Real samples come first in an epoch, so that a batch whose first is padding has no other.
        return jax.lax.cond(rows[0] < samples.count, learn, lambda same: same, carry), None

    def order(epoch_key: Array) -> Array:
        rows = jnp.arange(samples.y.shape[0])
        draw = jax.random.uniform(epoch_key, rows.shape)
        shuffled = jnp.argsort(jnp.where(rows < samples.count, draw, 2.0))
        return shuffled.reshape(-1, batch_size)

    batches = jax.vmap(order)(jax.random.split(key, epochs)).reshape(-1, batch_size)
    (trained, _), _ = jax.lax.scan(step, (params, optimiser.init(params)), batches)
    return trained


def evaluate(
    model: Model, params: Params, x: NDArray[np.float32], y: NDArray[np.int32]
) -> tuple[float, float]:
    """Mean cross-entropy (nats) and share of right answers on samples (float32[n, …], int32[n]).

    Raises:
        LearningError: as :func:`pad_samples`.
    """
    samples = pad_samples(x, y, _EVALUATION_ROWS)
    loss, accuracy = evaluate_padded(model, params, samples)
    return float(loss), float(accuracy)


@partial(jax.jit, static_argnames="model")
def evaluate_padded(model: Model, params: Params, samples: Samples) -> tuple[Array, Array]:
    """:func:`evaluate` on padded samples: a pure function, fit for ``jax.vmap``."""
    mask = jnp.arange(samples.y.shape[0]) < samples.count
    logits = model.apply(params, samples.x)
    right = jnp.sum(mask * (jnp.argmax(logits, axis=-1) == samples.y)) / samples.count
    return _cross_entropy(logits, samples.y, mask), right


def batch_loss(params: Params, model: Model, x: Array, y: Array, mask: Array) -> Array:
    """Mean cross-entropy (nats) of the samples of a batch that ``mask`` (bool[b]) names."""
    return _cross_entropy(model.apply(params, x), y, mask)


def _cross_entropy(logits: Array, y: Array, mask: Array) -> Array:
    each = optax.softmax_cross_entropy_with_integer_labels(logits, y)
    return jnp.sum(jnp.where(mask, each, 0.0)) / jnp.maximum(jnp.sum(mask), 1)
