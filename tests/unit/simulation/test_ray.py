"""A Ray cluster of two nodes trains what one machine trains, byte for byte."""

from collections.abc import Iterator

import pytest

from fedsol.errors import ConfigError, NotFinite
from fedsol.simulation import LocalTraining, Participation, simulate
from fedsol.simulation.ray_engine import RayEngine
from tests.unit.simulation.crowd import same, settings

ray = pytest.importorskip("ray")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
EVERYBODY = Participation()


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
    chosen = settings(exact=exact, participation=EVERYBODY)
    engine = RayEngine.of(chosen, address=cluster)
    assert len(engine.workers) == 2
    assert len({node["NodeID"] for node in ray.nodes() if node["Alive"]}) == 2
    spread = simulate(chosen, rounds=3, engine=engine)
    assert same(spread.parameters, simulate(chosen, rounds=3).parameters)
    assert not engine.workers


def test_what_goes_wrong_on_a_node_is_told_here(cluster: str) -> None:
    wild = settings(local=LocalTraining("sgd", 3e38, epochs=9, batch_size=4))
    with pytest.raises(NotFinite):
        simulate(wild, rounds=2, engine=RayEngine.of(wild, address=cluster))


def test_a_cluster_that_is_not_there_is_named() -> None:
    ray.shutdown()
    with pytest.raises(ConfigError, match="no Ray cluster"):
        RayEngine.of(settings(), address="127.0.0.1:1")
