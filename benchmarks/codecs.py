"""What update codecs save in bytes, cost in time, and cost in accuracy after rounds of training."""

import statistics
from collections.abc import Callable
from functools import lru_cache, partial

import jax
import numpy as np
from numpy.typing import NDArray

from benchmarks.merkle import measure
from benchmarks.report import Result, Table, spread
from fedsol.errors import ConfigError
from fedsol.learning import (
    Dataset,
    Mean,
    Model,
    Scale,
    Scheme,
    aggregate,
    evaluate,
    flatten,
    load,
    model,
    optimiser,
    partition,
    to_fixed,
    to_float,
    train,
    unflatten,
)
from fedsol.learning.codecs import Codec, Dense, ErrorFeedback, Int8, TopK, TwoBit
from fedsol.learning.models import parameter_spec
from fedsol.learning.partitioners import DirichletPartitioner
from fedsol.loading import fashion_mnist

CLIENTS, ALPHA, BATCH, FLOAT32 = 10, 0.5, 32, 4
LAST = 10
"""Rounds over which accuracy is averaged: from one to the next it jumps by a point."""
SGD = optimiser("sgd", learning_rate=0.1)
SCHEME = Scheme()
CODECS: dict[str, Codec] = {
    "dense int16": Dense(),
    "int8": Int8(),
    "top 5 % as int8": TopK(0.05),
    "top 2 % as int8": TopK(0.02),
    "top 1 % as int8": TopK(0.01),
    "two bits": TwoBit(),
}
NOTES = [
    "The ratio is against float32, four bytes for each parameter. Bytes are of the encoded update, "
    "header included. Times are of one million parameters on one core, each repeat running every "
    "codec in turn; quantising is from float64 differences, decoding includes the check that the "
    "bytes are the only ones for their values.",
    f"Accuracy is on the held-out data, averaged over the last {LAST} rounds and the seeds; the loss is "
    "against dense int16 of the same seed (same division, same start, same batches): median, and "
    "the worst seed. Every codec has error feedback; without it, one row shows.",
]


def run(quick: bool) -> Result:
    """Fashion-MNIST where it is installed, or else the digits; three seeds in full."""
    tables = [_costs(20_000 if quick else 1_000_000, 3 if quick else 15)]
    seeds, rounds = (1, 2) if quick else (3, 60)
    data = _digits() if quick else _data()
    tables.append(_accuracies(data, rounds, seeds))
    return Result("codecs", "Update codecs", tables, NOTES)


def _costs(size: int, repeats: int) -> Table:
    delta = _learnt(size)
    rows: list[tuple[str | int | float, ...]] = []
    values = {name: one.quantise(delta, SCHEME) for name, one in CODECS.items()}
    encoded = {name: one.encode(values[name]) for name, one in CODECS.items()}
    tasks: dict[str, Callable[[], object]] = {}
    for name, one in CODECS.items():
        tasks[f"{name}: quantise"] = partial(one.quantise, delta, SCHEME)
        tasks[f"{name}: encode"] = partial(one.encode, values[name])
        tasks[f"{name}: decode"] = partial(one.decode, encoded[name], delta.size)
    times = measure(tasks, repeats)
    for name, data in encoded.items():
        taken = [times[f"{name}: {what}"] for what in ("quantise", "encode", "decode")]
        per_million = [spread([s * 1e3 / (delta.size / 1e6) for s in each]) for each in taken]
        cells = [f"{middle:.1f} ({least:.1f}-{most:.1f})" for least, middle, most in per_million]
        rows.append((name, len(data), FLOAT32 * delta.size / len(data), *cells))
    head = ("codec", "bytes", "times smaller", "quantise, ms/M", "encode, ms/M", "decode, ms/M")
    title = f"An update of {delta.size:,} parameters, {repeats} repeats: median (least-most)"
    return Table(title, head, rows)


def _learnt(size: int) -> NDArray[np.float64]:
    """What one client learns in an epoch over the digits, with a net of about ``size``."""
    data, _ = load("digits")
    width = int((size + 74**2 / 4) ** 0.5 - 37)
    wide = model("mlp", features=data.features, classes=data.classes, hidden=(width, width))
    before = wide.init(jax.random.key(0))
    after = train(wide, before, data.x, data.y, key=jax.random.key(1), optimiser=SGD)
    difference = flatten(after)[0].astype(np.float64) - flatten(before)[0]
    return np.asarray(difference)


def _accuracies(data: tuple[Dataset, Dataset], rounds: int, seeds: int) -> Table:
    learner = model("mlp", features=data[0].features, classes=data[0].classes, hidden=(64,))
    found = {
        name: [_federate(learner, data, one, rounds, seed) for seed in range(seeds)]
        for name, one in _ways().items()
    }
    rows: list[tuple[str | int | float, ...]] = []
    base = found["dense int16"]
    for name, results in found.items():
        size, sent, accuracy = zip(*results, strict=True)
        losses = [100 * (b[2] - a) for b, a in zip(base, accuracy, strict=True)]
        ratio = statistics.median(FLOAT32 * d / s for d, s in zip(size, sent, strict=True))
        shown = f"{100 * statistics.mean(accuracy):.2f} %"
        row = (name, ratio, shown, f"{statistics.median(losses):+.2f}", f"{max(losses):+.2f}")
        rows.append(row)
    head = ("codec", "times smaller", "accuracy", "loss, points", "worst seed")
    title = (
        f"{data[0].name}, {len(data[0]):,} samples, {CLIENTS} clients (Dirichlet {ALPHA}), "
        f"{base[0][0]:,} parameters, {rounds} rounds of one epoch, {seeds} seed(s)"
    )
    return Table(title, head, rows)


def _ways() -> dict[str, ErrorFeedback]:
    """Every codec with error feedback, and one without: nothing of its residual is kept."""
    ways = {name: ErrorFeedback(one) for name, one in CODECS.items()}
    return ways | {"top 1 %, no error feedback": ErrorFeedback(TopK(0.01), decay=0.0)}


def _federate(
    learner: Model, data: tuple[Dataset, Dataset], way: ErrorFeedback, rounds: int, seed: int
) -> tuple[int, float, float]:
    """Parameters, mean bytes of an update, and mean accuracy after each of the last rounds."""
    shares = partition(data[0], DirichletPartitioner(CLIENTS, alpha=ALPHA, seed=seed))
    spec = parameter_spec(learner)
    start = flatten(learner.init(jax.random.key(seed)))[0]
    fixed = to_fixed(np.asarray(start), SCHEME.frac_bits)
    weights = np.array([len(share) for share in shares], np.uint32)
    residuals = np.zeros((CLIENTS, fixed.size), np.float32)
    sent, accuracies = [], []
    for number in range(rounds):
        vector = to_float(fixed, SCHEME.frac_bits)
        keys = jax.random.split(jax.random.fold_in(jax.random.key(seed), number), CLIENTS)
        deltas = np.stack(
            [
                np.asarray(_trained(learner, unflatten(vector, spec), share, key)) - vector
                for share, key in zip(shares, keys, strict=True)
            ]
        )
        updates, residuals = way.quantise_block(deltas, residuals, SCHEME)
        sent += [len(way.codec.encode(row)) for row in updates]
        fixed = aggregate(fixed, updates, weights, Mean(), Scale())
        if number >= rounds - LAST:
            params = unflatten(to_float(fixed, SCHEME.frac_bits), spec)
            accuracies.append(evaluate(learner, params, data[1].x, data[1].y)[1])
    return fixed.size, statistics.mean(sent), statistics.mean(accuracies)


def _trained(
    learner: Model, before: dict[str, object], share: Dataset, key: jax.Array
) -> NDArray[np.float32]:
    after = train(learner, before, share.x, share.y, key=key, optimiser=SGD, batch_size=BATCH)
    return np.asarray(flatten(after)[0])


@lru_cache(maxsize=1)
def _data() -> tuple[Dataset, Dataset]:
    """A fifth of Fashion-MNIST's training data, and all of its test data."""
    try:
        training, test = fashion_mnist()
    except ConfigError:
        return _digits()
    few = np.random.default_rng(0).choice(len(training), len(training) // 5, replace=False)
    return training.take(few), test


def _digits() -> tuple[Dataset, Dataset]:
    return load("digits")
