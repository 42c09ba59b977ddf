"""Divide one data set among participants, with the names and arguments of flwr-datasets.

A partitioner is a frozen dataclass; ``split(labels)`` gives one array of indices for each
partition. Every sample goes to exactly one of them, except where a class says otherwise. Everything
is drawn from ``seed``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning.datasets import Dataset

Indices = NDArray[np.int64]
Labels = NDArray[np.integer[Any]]
_ATTEMPTS = 10  # as flwr-datasets


class Partitioner(Protocol):
    """Anything that divides samples by their labels."""

    def split(self, labels: Labels) -> list[Indices]:
        """Indices (int64) of each partition's samples, given all labels (int[n])."""


def partition(dataset: Dataset, partitioner: Partitioner) -> list[Dataset]:
    """The partitions of a data set."""
    return [dataset.take(indices) for indices in partitioner.split(dataset.y)]


@dataclass(frozen=True)
class IidPartitioner:
    """Shuffled, equal shares; sizes differ by one at most."""

    num_partitions: int
    seed: int = 42

    def split(self, labels: Labels) -> list[Indices]:
        """See :class:`Partitioner`."""
        _check(self.num_partitions, len(labels))
        order = np.random.default_rng(self.seed).permutation(len(labels))
        return np.array_split(order, self.num_partitions)


@dataclass(frozen=True)
class SizePartitioner:
    """Shuffled, with the sizes given; they must add up to the number of samples."""

    partition_sizes: Sequence[int]
    seed: int = 42

    def split(self, labels: Labels) -> list[Indices]:
        """See :class:`Partitioner`."""
        if min(self.partition_sizes, default=0) < 1 or sum(self.partition_sizes) != len(labels):
            raise ConfigError(f"sizes {list(self.partition_sizes)} do not divide {len(labels)}")
        order = np.random.default_rng(self.seed).permutation(len(labels))
        return np.split(order, np.cumsum(self.partition_sizes)[:-1])


@dataclass(frozen=True)
class DirichletPartitioner:
    """Each class is divided in proportions drawn from a Dirichlet distribution.

    ``alpha``: one concentration, or one for each partition; the smaller, the more uneven.
    ``self_balancing``: a partition with its fair share gets nothing of the classes that follow.
    """

    num_partitions: int
    alpha: float | Sequence[float]
    min_partition_size: int = 10
    self_balancing: bool = True
    shuffle: bool = True
    seed: int = 42

    def split(self, labels: Labels) -> list[Indices]:
        """See :class:`Partitioner`; a draw that leaves a partition too small is drawn again."""
        _check(self.num_partitions, len(labels))
        alpha = np.broadcast_to(np.asarray(self.alpha, float), (self.num_partitions,))
        if not (alpha > 0).all():
            raise ConfigError(f"alpha must be positive, not {self.alpha}")
        random = np.random.default_rng(self.seed)
        for _ in range(_ATTEMPTS):
            parts = self._draw(labels, alpha, random)
            if min(map(len, parts)) >= self.min_partition_size:
                return [random.permutation(part) if self.shuffle else part for part in parts]
        raise ConfigError(
            f"no division with {self.min_partition_size} samples for each in {_ATTEMPTS} attempts",
            hint="Raise alpha, or lower min_partition_size or the number of partitions.",
        )

    def _draw(
        self, labels: Labels, alpha: NDArray[np.float64], random: np.random.Generator
    ) -> list[Indices]:
        parts: list[list[Indices]] = [[] for _ in range(self.num_partitions)]
        sizes = np.zeros(self.num_partitions)
        fair = len(labels) / self.num_partitions
        for label in np.unique(labels):
            members = random.permutation(np.flatnonzero(labels == label))
            shares = random.dirichlet(alpha)
            if self.self_balancing and (shares * (sizes < fair)).sum() > 0:
                shares = shares * (sizes < fair)
            edges = np.cumsum(shares / shares.sum())[:-1] * len(members)
            for part, some in zip(parts, np.split(members, edges.astype(np.int64)), strict=True):
                part.append(some)
            sizes = np.array([sum(map(len, part)) for part in parts], float)
        return [np.concatenate(part) for part in parts]


@dataclass(frozen=True)
class PathologicalPartitioner:
    """Each partition has samples of a few classes; a class is shared equally by its partitions.

    ``class_assignment_mode``: ``random`` deals the classes like cards, the least dealt first;
    ``deterministic`` gives partition ``i`` the classes from the ``i``-th on;
    ``first-deterministic`` gives it the ``i``-th and random others. Every class must find a
    partition.
    """

    num_partitions: int
    num_classes_per_partition: int
    class_assignment_mode: str = "random"
    shuffle: bool = True
    seed: int = 42

    def split(self, labels: Labels) -> list[Indices]:
        """See :class:`Partitioner`."""
        _check(self.num_partitions, len(labels))
        classes = np.unique(labels)
        random = np.random.default_rng(self.seed)
        owned = self._assign(len(classes), random)
        parts: list[list[Indices]] = [[] for _ in range(self.num_partitions)]
        for number, label in enumerate(classes):
            owners = [i for i, mine in enumerate(owned) if number in mine]
            if not owners:
                raise ConfigError(f"no partition takes class {label}: add partitions or classes")
            members = np.flatnonzero(labels == label)
            members = random.permutation(members) if self.shuffle else members
            for owner, some in zip(owners, np.array_split(members, len(owners)), strict=True):
                parts[owner].append(some)
        joined = [np.concatenate(part) for part in parts]
        return [random.permutation(part) if self.shuffle else part for part in joined]

    def _assign(self, classes: int, random: np.random.Generator) -> list[set[int]]:
        each, mode = self.num_classes_per_partition, self.class_assignment_mode
        if not 1 <= each <= classes:
            raise ConfigError(f"{each} classes for each partition, of {classes}")
        owned: list[set[int]] = []
        dealt = np.zeros(classes, np.int64)
        for i in range(self.num_partitions):
            if mode == "random":
                # Least dealt first, in random order among equals.
                mine = np.lexsort((random.random(classes), dealt))[:each]
            elif mode == "deterministic":
                mine = (i + np.arange(each)) % classes
            elif mode == "first-deterministic":
                others = np.delete(np.arange(classes), i % classes)
                mine = np.append(random.choice(others, each - 1, replace=False), i % classes)
            else:
                raise ConfigError(f"no class assignment mode {mode!r}")
            dealt[mine] += 1
            owned.append({int(number) for number in mine})
        return owned


@dataclass(frozen=True)
class ShardPartitioner:
    """Samples sorted by label are cut into shards, and each partition gets some at random.

    Give ``num_shards_per_partition`` (all samples are dealt), or ``shard_size`` (as many shards as
    there are; samples left over are kept, as one shorter shard, only with
    ``keep_incomplete_shard``), or both (samples left over are not dealt).
    """

    num_partitions: int
    num_shards_per_partition: int | None = None
    shard_size: int | None = None
    keep_incomplete_shard: bool = False
    shuffle: bool = True
    seed: int = 42

    def split(self, labels: Labels) -> list[Indices]:
        """See :class:`Partitioner`."""
        _check(self.num_partitions, len(labels))
        random = np.random.default_rng(self.seed)
        shards = self._shards(np.argsort(labels, kind="stable"))
        if len(shards) < self.num_partitions:
            raise ConfigError(f"{len(shards)} shards for {self.num_partitions} partitions")
        hands = np.array_split(random.permutation(len(shards)), self.num_partitions)
        parts = [np.concatenate([shards[i] for i in hand]) for hand in hands]
        return [random.permutation(part) if self.shuffle else part for part in parts]

    def _shards(self, order: Indices) -> list[Indices]:
        each, size = self.num_shards_per_partition, self.shard_size
        count = None if each is None else each * self.num_partitions
        if (each is not None and each < 1) or (size is not None and size < 1):
            raise ConfigError("a shard and a number of shards must be positive")
        if size is None:
            if count is None:
                raise ConfigError("give num_shards_per_partition, shard_size or both")
            return np.array_split(order, count)
        if count is not None and count * size > len(order):
            raise ConfigError(f"{count} shards of {size} are more than {len(order)} samples")
        shards = [order[start : start + size] for start in range(0, len(order), size)]
        if count is not None:
            return shards[:count]
        return [s for s in shards if len(s) == size or self.keep_incomplete_shard]


def _check(partitions: int, samples: int) -> None:
    if not 1 <= partitions <= samples:
        raise ConfigError(f"{samples} samples cannot be divided into {partitions} partitions")
