"""How simulated clients train, and many of them in one compiled step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax  # type: ignore[import-untyped]
from jax import Array
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning.local_training import Samples, batch_loss
from fedsol.learning.models import Model, parameter_spec
from fedsol.learning.optimisers import optimiser
from fedsol.learning.parameters import Params, unflatten
from fedsol.learning.privacy import ExamplePrivacy
from fedsol.learning.privacy.private_training import capacity, private_gradient

Gradient = Callable[[Array, Params], Params]


@dataclass(frozen=True)
class LocalTraining:
    """One client's part of a round: an optimiser that starts afresh, over shuffled batches.

    ``proximal_mu`` adds ``mu / 2 · ‖w - w_round‖²`` to the loss (FedProx, Li et al. 2020). With
    ``privacy`` each sample's gradient is clipped, batches are drawn sample by sample and their sum is
    noised (DP-SGD, Abadi et al. 2016). Other arguments of the optimiser come in ``arguments``, as
    pairs of name and value.
    """

    optimiser: str = "sgd"
    learning_rate: float = 0.1
    epochs: int = 1
    batch_size: int = 32
    proximal_mu: float = 0.0
    arguments: tuple[tuple[str, Any], ...] = field(default=())
    privacy: ExamplePrivacy | None = None

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 1:
            raise ConfigError("a client trains at least one epoch, in batches of at least one")
        if self.proximal_mu < 0:
            raise ConfigError(f"proximal_mu must not be negative: {self.proximal_mu}")
        self.transformation()  # says at once what is wrong with it

    def transformation(self) -> optax.GradientTransformation:
        """The optimiser; the same settings give the same object."""
        return optimiser(self.optimiser, self.learning_rate, **dict(self.arguments))


@dataclass(frozen=True, eq=False)
class Block:
    """Clients that train together, padded to one size with clients that have nothing to do.

    ``clients`` are their numbers, and ``numbers`` (int32[b]) these and zeros; ``rows``
    (int32[b, m]) are their samples' places in the data, of which ``counts`` (int32[b]) are real;
    ``steps`` (int32[b]) are batches an epoch.
    """

    clients: tuple[int, ...]
    numbers: NDArray[np.int32]
    rows: NDArray[np.int32]
    counts: NDArray[np.int32]
    steps: NDArray[np.int32]

    @property
    def is_even(self) -> bool:
        """Whether all have as many batches."""
        return bool((self.steps == self.steps[0]).all())


@partial(jax.jit, static_argnames=("model", "local", "width", "even"))
def train_block(
    model: Model,
    local: LocalTraining,
    vector: Array,
    data: tuple[Array, Array],
    block: tuple[Array, Array, Array, Array],
    key: Array,
    *,
    width: int,
    even: bool,
) -> Array:
    """What every client of a block makes of the model ``vector`` (float32[d]): float32[b, d].

    ``block`` is the numbers, rows, counts and steps of a :class:`Block`. ``width`` clients at a time
    are vectorised (``vmap``), the groups follow one another (``scan``). With ``even`` steps nobody
    waits for anybody, and no result is computed to be thrown away. ``key`` is the round's; a client's
    follows from it and its number alone.
    """
    clients, rows, counts, steps = block

    def one(arguments: tuple[Array, ...]) -> Array:
        client, mine, count, own = arguments
        every = steps[0] if even else own
        return _train(
            model, local, vector, data, mine, count, every, jax.random.fold_in(key, client)
        )

    batch = None if width == 1 else width
    trained: Array = jax.lax.map(one, (clients, rows, counts, steps), batch_size=batch)
    return trained


def _train(
    model: Model,
    local: LocalTraining,
    vector: Array,
    data: tuple[Array, Array],
    rows: Array,
    count: Array,
    steps: Array,
    key: Array,
) -> Array:
    """As ``local_training.train`` or ``train_private``, but no longer than the client's data last."""
    start = unflatten(vector, parameter_spec(model))  # type: ignore[arg-type]
    chosen = local.transformation()
    gradients = _shuffled if local.privacy is None else _private
    gradient_at = gradients(model, local, Samples(*data, count), rows, steps, key)

    def step(number: Array, carry: tuple[Params, Any]) -> tuple[Params, Any]:
        weights, memory = carry
        gradient = gradient_at(number, weights)
        if local.proximal_mu:
            pull = partial(_pulled, mu=local.proximal_mu)
            gradient = jax.tree_util.tree_map(pull, gradient, weights, start)
        change, memory = chosen.update(gradient, memory, weights)
        return optax.apply_updates(weights, change), memory

    total = steps * local.epochs
    trained, _ = jax.lax.fori_loop(0, total, step, (start, chosen.init(start)))
    return as_vector(model, trained)


def _shuffled(
    model: Model, local: LocalTraining, samples: Samples, rows: Array, steps: Array, key: Array
) -> Gradient:
    """Batches in a new order each epoch."""

    def order(epoch_key: Array) -> Array:
        places = jnp.arange(rows.shape[0])
        draw = jax.random.uniform(epoch_key, places.shape)
        return jnp.argsort(jnp.where(places < samples.count, draw, 2.0))

    orders = jax.vmap(order)(jax.random.split(key, local.epochs))

    def gradient(number: Array, weights: Params) -> Params:
        epoch, batch = number // steps, number % steps
        places = jax.lax.dynamic_slice(
            orders, (epoch, batch * local.batch_size), (1, local.batch_size)
        )[0]
        taken = rows[places]
        mask = places < samples.count
        return jax.grad(batch_loss)(weights, model, samples.x[taken], samples.y[taken], mask)

    return gradient


def _private(
    model: Model, local: LocalTraining, samples: Samples, rows: Array, steps: Array, key: Array
) -> Gradient:
    """Noisy gradients of Poisson batches."""
    del steps
    assert local.privacy is not None
    privacy, room = local.privacy, min(capacity(local.batch_size), rows.shape[0])
    # Nobody has no samples, but for the clients that fill a block.
    expected = jnp.clip(samples.count, 1, local.batch_size)

    def gradient(number: Array, weights: Params) -> Params:
        return private_gradient(
            model,
            weights,
            samples,
            rows,
            key=jax.random.fold_in(key, number),
            privacy=privacy,
            expected=expected,
            room=room,
        )

    return gradient


def _pulled(gradient: Array, now: Array, before: Array, *, mu: float) -> Array:
    return gradient + mu * (now - before)


def as_vector(model: Model, params: Params) -> Array:
    """A model's parameters as one vector (float32[d]), in the order of ``learning.flatten``."""
    leaves = jax.tree_util.tree_leaves(params)
    return jnp.concatenate([leaves[i].reshape(-1) for i in parameter_spec(model).order])
