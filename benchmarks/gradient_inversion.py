"""How well samples are read back out of an update: plain, clipped, noisy, masked."""

import statistics
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Result, Table
from fedsol.learning import Dataset, load, model
from fedsol.learning.local_training import batch_loss
from fedsol.learning.models import Model
from fedsol.learning.parameters import Params, flatten, unflatten
from fedsol.learning.privacy import ClientPrivacy
from fedsol.learning.privacy.inversion import peak_signal_to_noise, read_inputs, read_labels

_CLIENTS, _CLIP = 10, 1.0
NOTES = [
    "Handwritten digits (8 x 8), one step of gradient descent from a random model. The attack divides "
    "a dense layer's gradient by its bias's; it knows which client it looks at, and the model. "
    "Figures are medians over draws of the mean over a batch: decibels of the best guess of each "
    "image (99: every pixel; below some 15 hardly known again), and the share of a batch's classes "
    "that are named. *Clipped* is to a norm of 1, which changes no direction and hides nothing. "
    "*Noise 0.1* and *1* are client-level, as multiples of that norm, in the update itself. *Masked* "
    f"is the mean of {_CLIENTS} clients, all that a server sees: where these have a sample each and "
    "the model many units, even that is read in part. A batch of 32 has nearly all classes, which "
    "makes naming them no feat. This attack is simple; what it cannot read a stronger one may.",
]


def run(quick: bool) -> Result:
    """Batches of 1, 8 and 32; five draws in quick, fifty in full."""
    data, _ = load("digits")
    draws, rows = 5 if quick else 50, list[tuple[str | int | float, ...]]()
    models = {
        "logistic regression": model("logreg", features=64, classes=10),
        "one hidden layer": model("mlp", features=64, classes=10, hidden=(64,)),
    }
    for title, chosen in models.items():
        for size in (1, 8, 32):
            for name, found in _attack(chosen, data, size, draws).items():
                decibels, labels = (
                    statistics.median(column) for column in zip(*found, strict=True)
                )
                rows.append((title, size, name, decibels, f"{100 * labels:.0f} %"))
    head = ("model", "batch", "update", "PSNR, dB", "classes named")
    return Result(
        "gradient_inversion", "Reading samples out of updates", [Table("Digits", head, rows)], NOTES
    )


Change = Callable[[NDArray[np.float32], NDArray[np.float32], jax.Array], NDArray[np.float32]]


def _noisy(multiplier: float) -> Change:
    def change(
        own: NDArray[np.float32], others: NDArray[np.float32], key: jax.Array
    ) -> NDArray[np.float32]:
        return np.asarray(ClientPrivacy(_CLIP, multiplier).sum(own[None], key))

    return change


_PROTECTIONS: dict[str, Change] = {
    "plain": lambda own, others, key: own,
    "clipped": _noisy(0.0),
    "noise 0.1": _noisy(0.1),
    "noise 1": _noisy(1.0),
    "masked": lambda own, others, key: np.mean([own, *others], axis=0, dtype=np.float32),
}


def _attack(
    chosen: Model, data: Dataset, size: int, draws: int
) -> dict[str, list[tuple[float, float]]]:
    """Decibels and share of classes, for each protection and draw."""
    random = np.random.default_rng(0)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in _PROTECTIONS}
    for number in range(draws):
        rows = random.choice(len(data), (_CLIENTS, size), replace=False)
        params = chosen.init(jax.random.key(number))
        spec = flatten(params)[1]
        trees = _gradients(chosen, params, data.x[rows], data.y[rows])
        leaves = jax.tree_util.tree_leaves(trees)
        gradients = np.concatenate(
            [np.asarray(leaves[i]).reshape(_CLIENTS, -1) for i in spec.order], axis=1
        )
        for name, change in _PROTECTIONS.items():
            seen = change(gradients[0], gradients[1:], jax.random.key(1_000 + number))
            layers = unflatten(seen, spec)
            found[name].append(_read(layers, data.x[rows[0]], data.y[rows[0]]))
    return found


def _read(layers: Params, x: NDArray[np.float32], y: NDArray[np.int32]) -> tuple[float, float]:
    """Mean decibels over the victims, and the share of their classes that is named."""
    first, last, classes = layers[min(layers)], layers[max(layers)], set(y.tolist())
    guesses = read_inputs(first["kernel"], first["bias"])
    named = set(read_labels(last["bias"], len(classes)).tolist())
    decibels = statistics.fmean(peak_signal_to_noise(one, guesses) for one in x)
    return decibels, len(named & classes) / len(classes)


@partial(jax.jit, static_argnums=0)
def _gradients(
    chosen: Model, params: Params, x: NDArray[np.float32], y: NDArray[np.int32]
) -> Params:
    """Each client's gradient, from one model."""
    everybody = jnp.ones(y.shape[1], bool)

    def one(mine: jax.Array, labels: jax.Array) -> Params:
        return jax.grad(batch_loss)(params, chosen, mine, labels, everybody)

    return jax.vmap(one)(jnp.asarray(x), jnp.asarray(y))
