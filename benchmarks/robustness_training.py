"""Federations under attack, many at once: every rule and seed of one setting in one compiled step."""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree

from benchmarks.robustness_rules import Round, Rule
from fedsol.learning import Dataset
from fedsol.learning.attacks import Backdoor
from fedsol.learning.models import Mlp
from fedsol.learning.partitioners import DirichletPartitioner, IidPartitioner

CLIENTS, BATCH, RATE, ROOT = 10, 32, 0.1, 200


@dataclass(frozen=True)
class Setting:
    """Who has which data, who attacks and how, and for how long all train."""

    alpha: float | None  # of the Dirichlet division; None is IID
    attack: Any  # of fedsol.learning.attacks, or None
    attackers: int  # the first so many clients
    assumed: int  # what rules take for the number of attackers
    rounds: int
    steps: int
    seeds: tuple[int, ...]  # of the division, the held-out samples, the start and the batches


class Data(NamedTuple):
    """Training, held-out and test data on the device, and who has which."""

    x: Array  # float32[m, features]
    y: Array  # int32[m]
    test: tuple[Array, Array]
    held: Array  # int32[seeds, ROOT]
    rows: Array  # int32[seeds, clients, most], padded
    counts: Array  # int32[seeds, clients]


def divided(training: Dataset, test: Dataset, setting: Setting) -> Data:
    """For each seed ``ROOT`` samples are drawn and held out; the rest is divided among the clients."""
    held, shares = [], []
    for seed in setting.seeds:
        order = np.random.default_rng(seed).permutation(len(training))
        rest = order[ROOT:]
        way = (
            IidPartitioner(CLIENTS, seed)
            if setting.alpha is None
            else DirichletPartitioner(CLIENTS, setting.alpha, seed=seed)
        )
        held.append(order[:ROOT])
        shares.append([rest[share] for share in way.split(training.y[rest])])
    most = max(len(share) for seed in shares for share in seed)
    rows = [[np.resize(share, most) for share in seed] for seed in shares]
    counts = [[len(share) for share in seed] for seed in shares]
    return Data(
        jnp.asarray(training.x),
        jnp.asarray(training.y),
        (jnp.asarray(test.x), jnp.asarray(test.y)),
        jnp.asarray(np.array(held, np.int32)),
        jnp.asarray(np.array(rows, np.int32)),
        jnp.asarray(np.array(counts, np.int32)),
    )


def federate(
    learner: Mlp, data: Data, setting: Setting, rules: tuple[Rule, ...]
) -> tuple[np.ndarray, np.ndarray, Array]:
    """Accuracies and backdoor successes (float64[rules, seeds]), and the last updates.

    Updates are float32[rules, seeds, clients, d]. Successes are NaN without a backdoor.
    """
    seeds = jnp.array(setting.seeds)
    start = jax.vmap(lambda seed: ravel_pytree(learner.init(jax.random.key(seed)))[0])(seeds)
    parameters = jnp.broadcast_to(start, (len(rules), *start.shape))
    before = jnp.zeros_like(parameters)
    updates = jnp.zeros((0,))
    held = (data.x[data.held], data.y[data.held])
    for number in range(setting.rounds):
        updates, roots = _train(learner, setting, data, parameters, jnp.int32(number))
        each = (parameters, updates, before, roots)
        before = _aggregate(learner, setting.assumed, rules, (*held, data.counts), each)
        # Where a rule lets an infinity through, the model is lost and stays so.
        parameters = parameters + before
    accuracy, success = _tested(learner, setting, data, parameters)
    return np.asarray(accuracy, np.float64), np.asarray(success, np.float64), updates


@partial(jax.jit, static_argnums=(0, 1))
def _train(
    learner: Mlp, setting: Setting, data: Data, parameters: Array, number: Array
) -> tuple[Array, Array]:
    """Updates of all clients, attacks included, and of the held-out data's owner."""
    clients = jnp.arange(CLIENTS)
    seeds = jnp.array(setting.seeds)

    def federation(vector: Array, place: Array) -> tuple[Array, Array]:
        key = jax.random.fold_in(jax.random.key(1_000 + seeds[place]), number)

        def client(index: Array) -> Array:
            own = (data.rows[place, index], data.counts[place, index])
            drawn = jax.random.fold_in(key, index)
            return _local(learner, setting, data, vector, own, index < setting.attackers, drawn)

        updates = jax.vmap(client)(clients)
        if hasattr(setting.attack, "forge"):
            bad = setting.attackers
            forged = setting.attack.forge(
                updates[bad:], updates[:bad], jax.random.fold_in(key, CLIENTS + 1)
            )
            updates = jnp.concatenate([forged, updates[bad:]])
        known = (data.held[place], jnp.int32(ROOT))
        drawn = jax.random.fold_in(key, CLIENTS)
        return updates, _local(learner, setting, data, vector, known, jnp.bool_(False), drawn)

    each_seed = jax.vmap(federation, in_axes=(0, 0))
    return jax.vmap(each_seed, in_axes=(0, None))(parameters, jnp.arange(len(seeds)))


def _local(
    learner: Mlp,
    setting: Setting,
    data: Data,
    vector: Array,
    own: tuple[Array, Array],
    attacks: Array,
    key: Array,
) -> Array:
    """One client's update: SGD on random batches of its rows."""
    rows, count = own

    def step(now: Array, drawn: Array) -> tuple[Array, None]:
        batch, poison = jax.random.split(drawn)
        chosen = rows[jax.random.randint(batch, (BATCH,), 0, count)]
        x, y = data.x[chosen], data.y[chosen]
        if hasattr(setting.attack, "poison"):
            wrong_x, wrong_y = setting.attack.poison(x, y, poison)
            x, y = jnp.where(attacks, wrong_x, x), jnp.where(attacks, wrong_y, y)
        return now - RATE * jax.grad(partial(_loss, learner))(now, x, y), None

    trained, _ = jax.lax.scan(step, vector, jax.random.split(key, setting.steps))
    return trained - vector


@partial(jax.jit, static_argnums=(0, 1, 2))
def _aggregate(
    learner: Mlp,
    byzantine: int,
    rules: tuple[Rule, ...],
    known: tuple[Array, Array, Array],
    each: tuple[Array, Array, Array, Array],
) -> Array:
    """What each rule makes of its own federations' updates (float32[rules, seeds, d]).

    ``known`` has held-out samples, their labels and clients' numbers of samples, by seed; ``each``
    parameters, updates, last aggregates and the held-out data's updates, by rule and seed.
    """
    found = []
    for rule, *mine in zip(rules, *each, strict=True):

        def once(x: Array, y: Array, count: Array, *given: Array, rule: Rule = rule) -> Array:
            vector, updates, before, root = given
            losses = partial(_losses_on, learner, (x, y))
            weights = count.astype(jnp.float32)
            return rule(Round(vector, updates, weights, before, root, losses, byzantine))

        found.append(jax.vmap(once)(*known, *mine))
    return jnp.stack(found)


@partial(jax.jit, static_argnums=(0, 1))
def _tested(learner: Mlp, setting: Setting, data: Data, parameters: Array) -> tuple[Array, Array]:
    x, y = data.test
    flat = parameters.reshape(-1, parameters.shape[-1])

    def says(vector: Array, images: Array) -> Array:
        return jnp.argmax(_logits(learner, vector, images), axis=-1)

    accuracy = jax.lax.map(lambda vector: jnp.mean(says(vector, x) == y), flat)
    success = jnp.full(len(flat), jnp.nan)
    if isinstance(setting.attack, Backdoor):
        target, others = setting.attack.target, y != setting.attack.target
        seen = setting.attack.trigger(x)
        success = jax.lax.map(
            lambda vector: jnp.sum((says(vector, seen) == target) & others) / jnp.sum(others), flat
        )
    shape = parameters.shape[:2]
    return accuracy.reshape(shape), success.reshape(shape)


def _loss(learner: Mlp, vector: Array, x: Array, y: Array) -> Array:
    return jnp.mean(_losses_on(learner, (x, y), vector))


def _losses_on(learner: Mlp, data: tuple[Array, Array], vector: Array) -> Array:
    x, y = data
    chances = jax.nn.log_softmax(_logits(learner, vector, x))
    return -jnp.take_along_axis(chances, y[:, None], axis=1)[:, 0]


def _logits(learner: Mlp, vector: Array, x: Array) -> Array:
    _, unravel = ravel_pytree(jax.eval_shape(learner.init, jax.random.key(0)))
    return learner.apply(unravel(vector), x)
