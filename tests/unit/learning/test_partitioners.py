"""Partitioners: what each promises, and that no sample is lost or given twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedsol.errors import ConfigError
from fedsol.learning.datasets import load
from fedsol.learning.partitioners import (
    DirichletPartitioner,
    IidPartitioner,
    PathologicalPartitioner,
    ShardPartitioner,
    SizePartitioner,
    partition,
)

LABELS = np.random.default_rng(0).integers(0, 10, 1_003)
WHOLE = [
    IidPartitioner(7),
    SizePartitioner((1_000, 2, 1)),
    DirichletPartitioner(7, 0.5, min_partition_size=1),
    DirichletPartitioner(3, (1.0, 2.0, 3.0), self_balancing=False, shuffle=False),
    PathologicalPartitioner(7, 2),
    PathologicalPartitioner(10, 2, "deterministic"),
    PathologicalPartitioner(10, 2, "first-deterministic", shuffle=False),
    ShardPartitioner(7, 2),
    ShardPartitioner(7, shard_size=50, keep_incomplete_shard=True),
]


@pytest.mark.parametrize("partitioner", WHOLE, ids=repr)
def test_each_sample_goes_to_exactly_one_partition(partitioner):
    dealt = np.concatenate(partitioner.split(LABELS))
    assert sorted(dealt.tolist()) == list(range(len(LABELS)))


@pytest.mark.parametrize("partitioner", WHOLE, ids=repr)
def test_the_same_seed_gives_the_same_partitions(partitioner):
    pairs = zip(partitioner.split(LABELS), partitioner.split(LABELS), strict=True)
    assert all((first == second).all() for first, second in pairs)


@pytest.mark.parametrize(
    "partitioner", [ShardPartitioner(7, shard_size=50), ShardPartitioner(7, 2, 50)], ids=repr
)
def test_incomplete_shards_are_left_out_and_nothing_is_dealt_twice(partitioner):
    parts = partitioner.split(LABELS)
    dealt = np.concatenate(parts)
    assert len(set(dealt.tolist())) == len(dealt) < len(LABELS)
    assert all(len(part) % 50 == 0 for part in parts)


@given(st.integers(1, 50), st.integers(0, 99))
def test_equal_shares_differ_by_one_at_most(partitions, seed):
    sizes = [len(p) for p in IidPartitioner(partitions, seed).split(LABELS)]
    assert max(sizes) - min(sizes) <= 1


def test_sizes_are_those_given():
    assert [len(p) for p in SizePartitioner((3, 1_000)).split(LABELS)] == [3, 1_000]


@pytest.mark.parametrize("mode", ["random", "deterministic", "first-deterministic"])
def test_pathological_partitions_have_few_classes(mode):
    parts = PathologicalPartitioner(10, 3, mode).split(LABELS)
    assert all(len(set(LABELS[part])) <= 3 for part in parts)


def test_a_small_alpha_is_more_uneven_than_a_large_one():
    def largest_share(alpha: float) -> float:
        parts = DirichletPartitioner(5, alpha, min_partition_size=1).split(LABELS)
        return float(np.mean([np.bincount(LABELS[p]).max() / len(p) for p in parts]))

    assert largest_share(0.1) > 2 * largest_share(1_000)


def test_dirichlet_keeps_the_least_size():
    parts = DirichletPartitioner(5, 0.3, min_partition_size=40).split(LABELS)
    assert min(map(len, parts)) >= 40


@pytest.mark.parametrize(
    "partitioner",
    [
        IidPartitioner(0),
        IidPartitioner(1_004),
        SizePartitioner((1_000, 4)),
        SizePartitioner((1_003, 0)),
        DirichletPartitioner(5, 0.0),
        DirichletPartitioner(5, 0.1, min_partition_size=201),
        PathologicalPartitioner(3, 2),
        PathologicalPartitioner(3, 11),
        PathologicalPartitioner(10, 2, "sideways"),
        ShardPartitioner(5),
        ShardPartitioner(5, 0),
        ShardPartitioner(5, 3, 100),
        ShardPartitioner(5, shard_size=500),
    ],
    ids=repr,
)
def test_what_cannot_be_divided_is_refused(partitioner):
    with pytest.raises(ConfigError):
        partitioner.split(LABELS)


def test_partitions_of_a_data_set_keep_samples_with_their_labels():
    whole, _ = load("iris")
    parts = partition(whole, IidPartitioner(4))
    found = {(tuple(x), y) for part in parts for x, y in zip(part.x.tolist(), part.y, strict=True)}
    assert found == {(tuple(x), y) for x, y in zip(whole.x.tolist(), whole.y, strict=True)}
