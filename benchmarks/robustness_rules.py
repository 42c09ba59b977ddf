"""The rules that the robustness study compares, as functions of one round."""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from benchmarks.robustness_fitting import Loss, fitted_mean, gainful_mean
from fedsol.learning import robust
from fedsol.learning.robust.distances import norms


class Round(NamedTuple):
    """What an aggregator has: updates and numbers of samples, and what only some rules look at."""

    parameters: Array  # float32[d]
    updates: Array  # float32[n, d]
    counts: Array  # float32[n], as clients say
    before: Array  # float32[d], the aggregate of the round before
    root: Array  # float32[d], an update learnt on the held-out data
    loss: Loss  # on the held-out data
    byzantine: int  # at most so many attack


Rule = Callable[[Round], Array]


def centred(given: Round) -> Array:
    """Centred clipping around the aggregate before; the radius is the median distance to it."""
    radius = jnp.median(norms(given.updates - given.before))
    return robust.centered_clipping(given.updates, given.before, radius=radius, steps=3)  # type: ignore[arg-type]


def trusted(given: Round) -> Array:
    """Ones for the ``n - byzantine`` updates that Krum trusts most, else zeros (float32[n])."""
    apart = robust.squared_distances(given.updates)
    scores = robust.krum_scores(apart, given.byzantine)
    return robust.lowest(scores, len(given.updates) - given.byzantine)


def clipped_and_mixed(given: Round) -> Array:
    """Adaptive clipping, then nearest-neighbour mixing: what byzfl does before its best rules."""
    limit = robust.adaptive_limit(given.updates, given.byzantine)
    clipped = robust.norm_clipping(given.updates, limit)  # type: ignore[arg-type]
    return robust.nnm(clipped, given.byzantine)


FLOWER: dict[str, Rule] = {
    "FedAvg": lambda r: robust.mean(r.updates, r.counts),
    "median": lambda r: robust.median(r.updates),
    "trimmed mean": lambda r: robust.trimmed_mean(r.updates, r.byzantine),
    "MultiKrum": lambda r: robust.mean(r.updates, trusted(r) * r.counts),
}
BYZFL: dict[str, Rule] = {
    "ARC + NNM + trimmed mean": lambda r: robust.trimmed_mean(clipped_and_mixed(r), r.byzantine),
    "ARC + NNM + geometric median": lambda r: robust.geometric_median(clipped_and_mixed(r)),
}
OTHERS: dict[str, Rule] = {
    "mean": lambda r: robust.mean(r.updates),
    "Krum": lambda r: robust.krum(r.updates, r.byzantine),
    "geometric median": lambda r: robust.geometric_median(r.updates),
    "centred clipping": centred,
    "NNM + trimmed mean": lambda r: robust.trimmed_mean(
        robust.nnm(r.updates, r.byzantine), r.byzantine
    ),
}
HELD_OUT: dict[str, Rule] = {
    "held-out data alone": lambda r: r.root,
    "FLTrust": lambda r: robust.fltrust(r.updates, r.root),
    "mean of what helps": lambda r: gainful_mean(r.parameters, r.updates, r.loss),
    "fitted weights": lambda r: fitted_mean(r.parameters, r.updates, r.loss),
    "fitted weights, own update too": lambda r: fitted_mean(
        r.parameters, r.updates, r.loss, r.root
    ),
}
ALONE = "held-out data alone"
RECOMMENDED = ("fitted weights", "fitted weights, own update too")
PEERS = (*FLOWER, *BYZFL)
RULES: dict[str, Rule] = FLOWER | BYZFL | OTHERS | HELD_OUT
