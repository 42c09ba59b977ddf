"""Who does not train earns less than who does, and who does not evaluate less than who does.

What is shown holds for a federation whose server step goes about as far as one step pays. Where it
stops far short, last round's step is still worth as much as a new one, and a copy of it earns so.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import pytest

from fedsol.learning.aggregation import Scale
from fedsol.learning.datasets import Dataset
from fedsol.learning.fixed_point import squared_norm
from fedsol.learning.models import model
from fedsol.learning.partitioners import IidPartitioner, partition
from fedsol.learning.plant import plant_amplitude, plant_update
from fedsol.learning.scoring import weighted_median
from tests.unit.learning.site import Site, trained_site

KINDS = ("zero", "stale", "noise", "flip", "delta")
STAKES = (5, 3, 4)
FLOOR = 1_000
BAND = 2_500
MLP = model("mlp", features=64, classes=10)


def beacon(*numbers: int) -> bytes:
    return hashlib.sha256(repr(numbers).encode()).digest()


def noise(updates: np.ndarray, share: int, seed: bytes) -> np.ndarray:
    """Noise with ``1 / share`` of the updates' mean norm²."""
    norm = sum(map(squared_norm, updates)) // len(updates) // share
    size = updates.shape[1]
    return plant_update(seed, plant_amplitude(norm, size, 32_767), size)


def agreed(site: Site, updates: np.ndarray, shards: list[Dataset], drawn: bytes) -> np.ndarray:
    """The stake-weighted median of three evaluators' scores, with the updates in drawn order."""
    order = np.random.default_rng(list(drawn)).permutation(len(updates))
    opinions = np.array([site.scores(updates[order], drawn, shard) for shard in shards])
    scores = np.empty(len(updates), int)
    scores[order] = [weighted_median(column, STAKES) for column in opinions.T.tolist()]
    return scores


def play(seed: int, rounds: int = 5) -> dict[str, float]:
    """Mean share of the pool per round: of an honest trainer, and of each kind of free rider."""
    scale = Scale(lr_num=2)
    site = trained_site(MLP, "digits", rounds=1, epochs=3, scale=scale, seed=seed)
    shards = partition(site.held_out, IidPartitioner(3))
    stale = site.learn(site.models[0], 0, 777)
    delta = site.learn_all(site.models[0], 0).mean(axis=0).round().astype(np.int16)
    earned = []
    for number in range(1, rounds + 1):
        honest = site.learn_all(site.values, 1_000 * seed + number)
        drawn = beacon(seed, number)
        riders = [np.zeros_like(delta), stale, noise(honest, 100, drawn), -delta, delta]
        updates = np.stack([*honest, *riders])
        scores = agreed(site, updates, shards, drawn)
        accepted = scores >= FLOOR
        if accepted.any():
            paid = scores * accepted
            earned.append(paid / paid.sum())
            delta = updates[accepted].mean(axis=0).round().astype(np.int16)
            site.step(updates[accepted])
    shares = np.sum(earned, axis=0) / rounds
    return {"honest": float(shares[:5].mean())} | dict(zip(KINDS, shares[5:].tolist(), strict=True))


@pytest.fixture(scope="module")
def rewards() -> dict[str, float]:
    played = [play(seed) for seed in range(4)]
    return {who: float(np.mean([each[who] for each in played])) for who in played[0]}


@pytest.mark.parametrize("kind", KINDS)
def test_a_free_rider_earns_less_than_who_trains(rewards, kind):
    assert rewards[kind] < rewards["honest"] / 2


@pytest.mark.parametrize("kind", ["zero", "flip"])
def test_what_cannot_improve_earns_nothing(rewards, kind):
    assert rewards[kind] == 0


@dataclass(frozen=True)
class Watch:
    """Rounds in which nothing changes: who planted what, and how three evaluators scored it."""

    planted: np.ndarray  # bool[rounds, submissions]
    scores: np.ndarray  # int[rounds, evaluators, submissions]; the last evaluator is the lazy one

    def missed(self, evaluator: int) -> int:
        """Plants that it took for work."""
        return int((self.planted & (self.scores[:, evaluator] > BAND)).sum())

    def credit(self, evaluator: int) -> float:
        """Mean share of a round's credit: of scores near the median, none if a plant is missed."""
        medians = [[weighted_median(s, STAKES) for s in r.T.tolist()] for r in self.scores]
        truth = np.where(self.planted, 0, medians)
        near = np.abs(self.scores[:, evaluator] - truth) <= BAND
        fooled = (self.planted & ~near).any(axis=1)
        return float(np.where(fooled, 0.0, near.mean(axis=1)).mean())


def watch(plants: int, rounds: int = 40, trainers: int = 8) -> Watch:
    """A model that stands still; in half of the rounds, ``plants`` of the submissions are noise."""
    site = trained_site(MLP, "digits", rounds=3, epochs=1, trainers=trainers)
    shards = partition(site.held_out, IidPartitioner(3))
    draw = np.random.default_rng(1)
    planted = np.zeros((rounds, trainers), bool)
    scores = np.zeros((rounds, 3, trainers), int)
    for number in range(rounds):
        updates = site.learn_all(site.values, number)
        if number and draw.random() < 0.5:
            planted[number, draw.choice(trainers, plants, replace=False)] = True
        for place in np.flatnonzero(planted[number]):
            updates[place] = noise(updates, 1, beacon(number, int(place)))
        scores[number] = [site.scores(updates, beacon(number), shard) for shard in shards]
    scores[1:, 2] = scores[0, 2]
    return Watch(planted, scores)


@pytest.fixture(scope="module")
def watched() -> Watch:
    return watch(plants=2)


def test_without_plants_a_lazy_evaluator_earns_as_much_as_an_honest_one():
    calm = watch(plants=0)
    assert calm.credit(2) > max(calm.credit(0), calm.credit(1))


def test_an_honest_evaluator_sees_every_plant_and_a_lazy_one_none(watched):
    assert watched.planted.sum() > 20
    assert [watched.missed(one) for one in range(3)] == [0, 0, watched.planted.sum()]
    assert min(watched.credit(0), watched.credit(1)) > 0.8


def test_a_lazy_evaluator_earns_less_than_an_honest_one_though_nothing_changes(watched):
    assert watched.credit(2) < 0.7 * min(watched.credit(0), watched.credit(1))
