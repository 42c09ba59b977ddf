"""The rules that the robustness study compares, as functions of one round."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from fedsol.learning import robust
from fedsol.learning.robust.distances import norms
from fedsol.learning.robust.fitting import Loss, best_length
from fedsol.learning.strategies import HeldOutFit


class Round(NamedTuple):
    """What an aggregator has: updates and numbers of samples, and what only some rules look at."""

    parameters: Array  # float32[d]
    updates: Array  # float32[n, d]
    counts: Array  # float32[n], as clients say
    before: Array  # float32[d], the aggregate of the round before
    root: Array  # float32[d], an update learnt on the held-out data
    losses: Loss  # of each held-out sample (float32[m])
    byzantine: int  # at most so many attack

    def loss(self, parameters: Array) -> Array:
        """Mean loss on the held-out data of parameters (float32[d])."""
        return jnp.mean(self.losses(parameters))


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


def gainful_mean(given: Round) -> Array:
    """Mean (float32[d]) of the updates that improve the model on their own; zero if none does."""
    now = given.parameters
    after = jax.lax.map(lambda update: given.loss(now + update), given.updates)
    helps = (after < given.loss(now)).astype(jnp.float32)
    result: Array = helps @ given.updates / jnp.maximum(jnp.sum(helps), 1.0)
    return result


def fitted_length(rule: Rule) -> Rule:
    """The rule's step, as much longer as :class:`HeldOutFit` may make its own."""

    def longer(given: Round) -> Array:
        step = rule(given)
        lengths = jnp.geomspace(1.0, HeldOutFit.longest, 6)
        return best_length(given.loss, given.parameters, step, lengths) * step

    return longer


def held_out_fit(given: Round, **settings: float) -> Array:
    """The library's strategy."""
    chosen = HeldOutFit(given.losses, given.byzantine, **settings)  # type: ignore[arg-type]
    after, _ = chosen.aggregate((), given.parameters, given.updates, given.counts)
    return after - given.parameters


def settled_fit(given: Round, rate: float = 1.0) -> Array:
    """What a program makes of the weights that the strategy posts, at a federation's learning rate."""
    chosen = HeldOutFit(given.losses, given.byzantine, server_learning_rate=rate)
    weights = chosen.weights(given.updates, given.parameters)
    return rate * robust.mean(given.updates, weights)


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
PEERS = (*FLOWER, *BYZFL)
LONGER: dict[str, Rule] = {
    f"{name}, fitted length": fitted_length((FLOWER | BYZFL)[name])
    for name in ("FedAvg", "MultiKrum", "ARC + NNM + trimmed mean")
}
ALONE, FIT = "held-out data alone", "HeldOutFit"
SETTLED = ("HeldOutFit's weights on chain", "HeldOutFit's weights on chain, rate 3/2")
HELD_OUT: dict[str, Rule] = {
    ALONE: lambda r: r.root,
    "FLTrust": lambda r: robust.fltrust(r.updates, r.root),
    "mean of what helps": gainful_mean,
    **LONGER,
    SETTLED[0]: settled_fit,
    SETTLED[1]: lambda r: settled_fit(r, 1.5),
    "HeldOutFit(own_steps=0)": lambda r: held_out_fit(r, own_steps=0),
    FIT: held_out_fit,
}
RULES: dict[str, Rule] = FLOWER | BYZFL | OTHERS | HELD_OUT
