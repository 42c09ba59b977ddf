"""The clients of the masked rounds: the same training for ours and for Flower's."""

from dataclasses import dataclass
from functools import lru_cache

import jax
import numpy as np
from numpy.typing import NDArray

from fedsol.learning import flatten, model, train, unflatten
from fedsol.learning.local_training import Samples, pad_samples, train_padded
from fedsol.learning.models import Model, parameter_spec
from fedsol.learning.optimisers import optimiser
from fedsol.learning.parameters import Params

SMALL, LARGE = 7_850, 1_000_120
_SAMPLES, _BATCH = 60, 10
_SGD = optimiser("sgd", learning_rate=0.02)


@dataclass(frozen=True)
class Clients:
    """So many clients, each with 60 images of 28 x 28 pixels; one epoch in batches of ten.

    ``size``: 7,850 (logistic regression) or 1,000,120 parameters (one hidden layer of 1,258).
    """

    count: int
    size: int

    @property
    def model(self) -> Model:
        """What they train."""
        if self.size == SMALL:
            return model("logreg", features=784, classes=10)
        return model("mlp", features=784, classes=10, hidden=(1_258,))

    def trained(self, index: int, before: NDArray[np.float32]) -> NDArray[np.float32]:
        """What one client makes of the parameters (float32[d]), as a participant would."""
        x, y = _images(self.count)
        after = train(
            self.model,
            unflatten(before, parameter_spec(self.model)),
            x[index],
            y[index],
            key=jax.random.key(index),
            optimiser=_SGD,
            epochs=1,
            batch_size=_BATCH,
        )
        return flatten(after)[0]

    def trained_together(self, before: NDArray[np.float32]) -> NDArray[np.float32]:
        """What all make of them (float32[n, d]), in one compiled step, as a simulation would."""
        spec = parameter_spec(self.model)
        after = _together(self.model, unflatten(before, spec), *_stacked(self.count))
        leaves = jax.tree_util.tree_leaves(after)
        rows = [np.asarray(leaves[i]).reshape(self.count, -1) for i in spec.order]
        return np.concatenate(rows, axis=1)


@lru_cache(maxsize=2)
def _images(count: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    random = np.random.default_rng(0)
    y = random.integers(0, 10, (count, _SAMPLES)).astype(np.int32)
    patterns = random.normal(size=(10, 784))
    x = patterns[y] + random.normal(0, 3, (count, _SAMPLES, 784))
    return x.astype(np.float32), y


@lru_cache(maxsize=1)
def _stacked(count: int) -> tuple[Samples, jax.Array]:
    x, y = _images(count)
    many = [pad_samples(one, label, _BATCH) for one, label in zip(x, y, strict=True)]
    samples = Samples(*(jax.numpy.stack(part) for part in zip(*many, strict=True)))
    return samples, jax.vmap(jax.random.key)(np.arange(count))


@jax.jit(static_argnums=0)
def _together(chosen: Model, params: Params, samples: Samples, keys: jax.Array) -> Params:
    def one(mine: Samples, key: jax.Array) -> Params:
        return train_padded(chosen, _SGD, params, mine, key=key, epochs=1, batch_size=_BATCH)

    return jax.vmap(one)(samples, keys)
