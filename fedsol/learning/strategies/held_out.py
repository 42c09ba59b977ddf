"""A robust strategy for clients whose data differ: weights fitted on the server's held-out data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.flatten_util import ravel_pytree
from jax.typing import ArrayLike

from fedsol.errors import ConfigError
from fedsol.learning.datasets import Dataset
from fedsol.learning.models import Model
from fedsol.learning.robust.coordinatewise import mean
from fedsol.learning.robust.fitting import (
    Loss,
    best_length,
    fitted_weights,
    learnt,
    level_factors,
)
from fedsol.learning.strategies.base import Stateless, require
from fedsol.learning.strategies.selecting import krum_weights

_StepLoss = Callable[[Array, Array], Array]
_LENGTHS = 6  # of a step, from 1 to the longest
_DOUBT = 0.2  # what an update counts before the fit if Krum does not trust it; the others 1


@dataclass(frozen=True, eq=False)
class HeldOutFit(Stateless):
    """The mean of updates with which the next model does best on a few held-out samples.

    ``losses`` makes of parameters (float32[d]) the loss of each held-out sample (float32[m]; see
    :func:`held_out_losses`). A round goes: no update is longer than the median; weights are fitted
    to the mean loss, held by ``penalty`` (of a Kullback-Leibler divergence, in nats) to a prior where
    the ``num_malicious_nodes`` that Krum trusts least count a fifth; the step is as long as lowers
    the loss most, up to ``longest`` times; and weights are fitted again for that length. The
    server's own update is one more, learnt in ``own_steps`` steps of gradient descent at
    ``own_rate``; its weight is cross-validated: each of ``folds`` judges what was learnt on the
    others, so that it counts little where clients know more. ``own_steps=0`` leaves it out.

    The form with weights has neither the server's own update nor a length of its own: weights are
    fitted, without a penalty, for the step that the program makes of them, the weighted mean times
    the federation's learning rate, ``server_learning_rate``. Nothing else looks at that.

    Held-out data decide on weights as in ByGARS (Regatti et al. 2020) and Zeno (Xie et al. 2019), on
    samples in *learning to reweight* (Ren et al. 2018), on mixtures of models in *model soups*
    (Wortsman et al. 2022); the own update is from FLTrust (Cao et al. 2021), steps longer than the
    mean from FedExP (Jhunjhunwala et al. 2023).
    """

    losses: Loss = field(repr=False)
    num_malicious_nodes: int = 0
    penalty: float = 0.03
    longest: float = 3.0
    own_steps: int = 30
    own_rate: float = 0.1
    folds: int = 2
    server_learning_rate: float = 1.0

    def __post_init__(self) -> None:
        if self.num_malicious_nodes < 0 or self.penalty < 0 or self.longest < 1:
            raise ConfigError("attackers and penalty are at least 0, the longest step at least 1")
        if self.own_steps < 0 or self.own_rate <= 0 or self.folds < 2:
            raise ConfigError("the own update takes 0 steps or more, a rate above 0, 2 folds")
        if self.server_learning_rate <= 0:
            raise ConfigError(f"no server learns at a rate of {self.server_learning_rate}")

    def aggregate(
        self, state: Any, parameters: ArrayLike, updates: ArrayLike, weights: ArrayLike
    ) -> tuple[Array, Any]:
        """See ``Strategy``; every update has one voice, whatever number of samples it claims."""
        given = jnp.asarray(updates)
        return _after(self, jnp.asarray(parameters), given, self.prior(given)), state

    def weights(self, updates: ArrayLike, parameters: ArrayLike) -> Array | None:
        """What each update counts in the mean after which held-out loss is least."""
        given = jnp.asarray(updates)
        result: Array = _mean_weights(self, jnp.asarray(parameters), given, self.prior(given))
        return result

    def prior(self, updates: Array) -> Array:
        """Weights (float32[n], sum 1) before any loss was seen.

        Raises:
            LearningError: too few updates for Krum against so many.
        """
        count, malicious = len(updates), self.num_malicious_nodes
        if not malicious:
            return jnp.full(count, 1 / count, jnp.float32)
        require(updates, 2 * malicious + 3, f"HeldOutFit against {malicious}")
        trusted = krum_weights(updates, malicious, count - malicious)
        counted = jnp.where(trusted > 0, 1.0, _DOUBT)
        return counted / jnp.sum(counted)


def held_out_losses(model: Model, data: Dataset) -> Callable[[Array], Array]:
    """What :class:`HeldOutFit` asks for: cross-entropy (nats) of each of the samples (float32[m])."""
    x, y = jnp.asarray(data.x), jnp.asarray(data.y)
    _, unravel = ravel_pytree(model.init(jax.random.key(0)))

    def losses(parameters: Array) -> Array:
        chances = jax.nn.log_softmax(model.apply(unravel(parameters), x))
        return -jnp.take_along_axis(chances, y[:, None], axis=1)[:, 0]

    return losses


@partial(jax.jit, static_argnums=0)
def _after(chosen: HeldOutFit, parameters: Array, updates: Array, prior: Array) -> Array:
    """The next parameters (float32[d])."""
    level = _finite(updates)
    level = level_factors(level)[:, None] * level
    given, loss = level, _plain_loss(chosen, parameters, level)
    if chosen.own_steps:
        owns, judges = _own(chosen, parameters)
        given = jnp.concatenate([level, owns[-1:]])
        loss = _judged_loss(chosen, parameters, level, owns[:-1], judges)
        own = 1 / len(given)  # as if it were a client's
        prior = jnp.append((1 - own) * prior, own)
    lengths = jnp.geomspace(1.0, chosen.longest, _LENGTHS, dtype=jnp.float32)
    length, step = jnp.float32(1), jnp.zeros_like(parameters)
    for _ in range(2):  # the best weights for a long step are not those for a short one
        step = fitted_weights(partial(loss, length), prior, penalty=chosen.penalty) @ given
        length = best_length(_mean_of(chosen.losses), parameters, step, lengths)
    result: Array = parameters + length * step
    return result


def _own(chosen: HeldOutFit, parameters: Array) -> tuple[Array, Array]:
    """Updates learnt without each fold and, last, on all (float32[folds + 1, d]); who judges."""
    count, folds = jax.eval_shape(chosen.losses, parameters).shape[0], chosen.folds
    judges = (jnp.arange(count) % folds == jnp.arange(folds)[:, None]).astype(jnp.float32)
    shares = jnp.concatenate([1 - judges, jnp.ones((1, count))])
    learn = partial(learnt, parameters, chosen.losses, rate=chosen.own_rate, steps=chosen.own_steps)
    return jax.vmap(learn)(shares), judges


def _plain_loss(chosen: HeldOutFit, parameters: Array, level: Array) -> _StepLoss:
    """Of a length and weights (float32[n]): the mean loss after that step."""

    def loss(length: Array, weights: Array) -> Array:
        return jnp.mean(chosen.losses(parameters + length * (weights @ level)))

    return loss


def _judged_loss(
    chosen: HeldOutFit, parameters: Array, level: Array, owns: Array, judges: Array
) -> _StepLoss:
    """The same, with one weight more: that of the own update (float32[folds, d]).

    Each fold's samples (``judges``, float32[folds, m]) are lost on after what the others taught.
    """

    def loss(length: Array, weights: Array) -> Array:
        base = parameters + length * (weights[:-1] @ level)
        each = jax.vmap(chosen.losses)(base + length * weights[-1] * owns)
        return jnp.sum(judges * each) / judges.shape[1]

    return loss


@partial(jax.jit, static_argnums=0)
def _mean_weights(chosen: HeldOutFit, parameters: Array, updates: Array, prior: Array) -> Array:
    """What each update counts (float32[n]) in ``Σ w u / Σ w``."""
    finite = _finite(updates)
    factors = level_factors(finite)

    def loss(weights: Array) -> Array:
        step = chosen.server_learning_rate * mean(finite, weights * factors)
        return jnp.mean(chosen.losses(parameters + step))

    return fitted_weights(loss, prior) * factors


def _mean_of(losses: Loss) -> Loss:
    return lambda parameters: jnp.mean(losses(parameters))


def _finite(updates: Array) -> Array:
    """Zeros where an update (float32[n, d]) is not finite."""
    return jnp.where(jnp.isfinite(updates), updates, 0.0)
