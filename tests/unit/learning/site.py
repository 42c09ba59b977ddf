"""A small federation without a chain: five trainers on real data, and what they learn."""

from dataclasses import dataclass, field

import jax
import numpy as np

from fedsol.learning.aggregation import Mean, Scale, aggregate
from fedsol.learning.datasets import Dataset, load
from fedsol.learning.fixed_point import to_fixed, to_float
from fedsol.learning.local_training import train
from fedsol.learning.models import Model, parameter_spec
from fedsol.learning.optimisers import optimiser
from fedsol.learning.parameters import flatten, unflatten
from fedsol.learning.partitioners import IidPartitioner, partition
from fedsol.learning.scoring import Updates, gains, score_all
from fedsol.learning.update import Scheme, make_update


@dataclass
class Site:
    """Each trainer's data, held-out data, and the model after each round so far."""

    model: Model
    parts: list[Dataset]
    held_out: Dataset
    epochs: int
    scale: Scale
    models: list[np.ndarray] = field(default_factory=list)

    @property
    def values(self) -> np.ndarray:
        """The newest model (int32[d])."""
        return self.models[-1]

    def learn(self, values: np.ndarray, trainer: int, key: int) -> np.ndarray:
        """What a trainer learns from a model (int32[d]); the key shuffles."""
        part, step = self.parts[trainer], optimiser("sgd", 0.1)
        before = unflatten(to_float(values, self.scale.frac_bits), parameter_spec(self.model))
        seed = jax.random.fold_in(jax.random.key(key), trainer)
        after = train(
            self.model, before, part.x, part.y, key=seed, optimiser=step, epochs=self.epochs
        )
        return make_update(values, after, Scheme()).values

    def learn_all(self, values: np.ndarray, key: int) -> np.ndarray:
        """What each trainer learns (int16[n, d])."""
        return np.stack([self.learn(values, i, key) for i in range(len(self.parts))])

    def step(self, updates: np.ndarray) -> None:
        """One more round: the mean of these updates."""
        weights = np.ones(len(updates), np.uint32)
        self.models.append(aggregate(self.values, updates, weights, Mean(), self.scale))

    def gains(self, updates: Updates, data: Dataset | None = None) -> list[float]:
        """Each update's gain on held-out data, or on other data."""
        return gains(self.model, self.values, updates, data or self.held_out, self.scale).tolist()

    def scores(self, updates: Updates, beacon: bytes, data: Dataset | None = None) -> list[int]:
        """Each update's score on held-out data, or on other data."""
        given = self.model, self.values, updates, beacon, data or self.held_out, self.scale
        return score_all(*given).tolist()


def trained_site(
    chosen: Model,
    name: str,
    *,
    rounds: int,
    epochs: int,
    trainers: int = 5,
    scale: Scale | None = None,
    seed: int = 0,
) -> Site:
    """A federation that has trained honestly for some rounds; the seed divides the data."""
    whole, held_out = load(name, seed=seed)
    parts = partition(whole, IidPartitioner(trainers))
    site = Site(chosen, parts, held_out, epochs, scale or Scale())
    site.models.append(to_fixed(flatten(chosen.init(jax.random.key(0)))[0], 16))
    for number in range(rounds):
        site.step(site.learn_all(site.values, number))
    return site
