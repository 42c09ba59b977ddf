"""A Ray cluster of two nodes trains what one machine trains, byte for byte."""

from collections.abc import Iterator

import jax
import numpy as np
import pytest

from fedsol.errors import ConfigError, LearningError, NotFinite
from fedsol.learning.models import parameter_spec
from fedsol.simulation import (
    LocalTraining,
    Participation,
    Population,
    RoundMetrics,
    simulate,
)
from fedsol.simulation.engine import LocalEngine
from fedsol.simulation.ray_engine import RayEngine
from tests.unit.simulation.crowd import MODEL, TRAIN, same, settings

ray = pytest.importorskip("ray")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
EVERYBODY = Participation()
# Enough for several blocks, with one to nine samples each.
MANY = Population(TRAIN, tuple(np.arange(i, i + 1 + i % 9) for i in range(100)))


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of two nodes with a core each."""
    from ray.cluster_utils import Cluster

    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    nodes.add_node(num_cpus=1)
    nodes.wait_for_nodes()
    try:
        yield nodes.address
    finally:
        ray.shutdown()
        nodes.shutdown()


@pytest.mark.parametrize("exact", [True, False])
def test_two_nodes_make_the_same_model(cluster: str, exact: bool) -> None:
    chosen = settings(exact=exact, participation=EVERYBODY, population=MANY)
    engine = RayEngine.of(chosen, address=cluster)
    # A lambda travels by value: the workers cannot import this module.
    where = lambda _: ray.get_runtime_context().get_node_id()  # noqa: E731
    nodes = ray.get([one.__ray_call__.remote(where) for one in engine.workers])
    assert len(set(nodes)) == len(nodes) == 2
    spread = simulate(chosen, rounds=3, engine=engine)
    assert same(spread.parameters, simulate(chosen, rounds=3).parameters)
    assert not engine.workers


def test_blocks_come_in_order_however_long_each_takes(cluster: str) -> None:
    chosen = settings(local=LocalTraining("sgd", 0.01, epochs=300, batch_size=2), population=MANY)
    # The most work first: what follows is done before it.
    blocks = MANY.blocks(range(40), 4, 2)[::-1]
    vector, key = np.zeros(parameter_spec(MODEL).size, np.float32), jax.random.key(5)
    here = list(LocalEngine(MODEL, chosen.local, MANY.data).train(vector, blocks, key, 2))
    engine = RayEngine.of(chosen, address=cluster)
    there = list(engine.train(vector, blocks, key, 2))
    engine.close()
    assert [one.clients for one, _ in there] == [one.clients for one in blocks]
    assert all(same(one, other) for (_, one), (_, other) in zip(here, there, strict=True))


def test_what_goes_wrong_on_a_node_is_told_here_in_our_words(cluster: str) -> None:
    wild = settings(local=LocalTraining("sgd", 3e38, epochs=9, batch_size=4))
    with pytest.raises(NotFinite) as local:
        simulate(wild, rounds=2)
    with pytest.raises(NotFinite) as spread:
        simulate(wild, rounds=2, engine=RayEngine.of(wild, address=cluster))
    assert (str(spread.value), spread.value.hint) == (str(local.value), local.value.hint)


def test_a_worker_that_is_lost_changes_no_byte(cluster: str) -> None:
    chosen = settings(participation=EVERYBODY, population=MANY)
    engine = RayEngine.of(chosen, address=cluster)
    left = []

    def lose(one: RoundMetrics) -> None:
        left.append(len(engine.workers))
        if one.number == 1:
            ray.kill(engine.workers[0])

    spread = simulate(chosen, rounds=3, engine=engine, watch=lose)
    assert left == [2, 1, 1]
    assert same(spread.parameters, simulate(chosen, rounds=3).parameters)


def test_a_cluster_that_has_lost_all_its_workers_says_so(cluster: str) -> None:
    chosen = settings(participation=EVERYBODY)
    engine = RayEngine.of(chosen, address=cluster)
    for worker in engine.workers:
        ray.kill(worker)
    with pytest.raises(LearningError, match="every worker"):
        simulate(chosen, rounds=1, engine=engine)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere"])
def test_a_cluster_that_is_not_there_is_named(address: str) -> None:
    ray.shutdown()
    with pytest.raises(ConfigError, match=f"no Ray cluster at {address}"):
        RayEngine.of(settings(), address=address)
