"""Every strategy that Flower has too gives what Flower's gives, round after round."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flwr.app import ArrayRecord, Message, MetricRecord, RecordDict
from flwr.serverapp import strategy as flower
from flwr.supercore.task_identity import TaskIdentity
from numpy.typing import NDArray

from fedsol.learning import strategies as ours

RANDOM = np.random.default_rng(11)
SIZE, CLIENTS, ROUNDS = 40, 11, 4
EVERYBODY = {"fraction_train": 1.0, "fraction_evaluate": 0.0}
PAIRS = [
    (ours.FedAvg(), flower.FedAvg(**EVERYBODY)),
    (ours.FedProx(0.3), flower.FedProx(proximal_mu=0.3, **EVERYBODY)),
    (
        ours.FedAvgM(0.7, 0.9),
        flower.FedAvgM(server_learning_rate=0.7, server_momentum=0.9, **EVERYBODY),
    ),
    (ours.FedAvgM(), flower.FedAvgM(**EVERYBODY)),
    (ours.FedAdam(), flower.FedAdam(**EVERYBODY)),
    (ours.FedYogi(), flower.FedYogi(**EVERYBODY)),
    (ours.FedAdagrad(), flower.FedAdagrad(**EVERYBODY)),
    (ours.FedMedian(), flower.FedMedian(**EVERYBODY)),
    (ours.FedTrimmedAvg(0.2), flower.FedTrimmedAvg(beta=0.2, **EVERYBODY)),
    (ours.FedTrimmedAvg(0.3), flower.FedTrimmedAvg(beta=0.3, **EVERYBODY)),
    (ours.Krum(2), flower.Krum(num_malicious_nodes=2, **EVERYBODY)),
    (
        ours.MultiKrum(2, 6),
        flower.MultiKrum(num_malicious_nodes=2, num_nodes_to_select=6, **EVERYBODY),
    ),
    (ours.Bulyan(2), flower.Bulyan(num_malicious_nodes=2, **EVERYBODY)),
]


@pytest.fixture(autouse=True)
def a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flower's messages belong to a run and come from a node."""
    monkeypatch.setattr(TaskIdentity, "_run_id", 1)
    for name in ("_node_id", "_task_id"):
        monkeypatch.setattr(TaskIdentity, name, 1)


def replies(
    parameters: NDArray[np.float32], updates: NDArray[np.float32], samples: NDArray[np.int64]
) -> Iterator[Message]:
    """What Flower's server gets from clients that trained."""
    for node, (update, count) in enumerate(zip(updates, samples, strict=True)):
        asked = Message(RecordDict(), dst_node_id=node + 1, message_type="train")
        content: dict[str, Any] = {
            "arrays": ArrayRecord([parameters + update]),
            "metrics": MetricRecord({"num-examples": int(count)}),
        }
        yield Message(RecordDict(content), reply_to=asked)


def remember(theirs: Any, parameters: NDArray[np.float32]) -> None:
    """What Flower's strategies take from the round's beginning."""
    if isinstance(theirs, flower.FedAvgM):
        if theirs.current_arrays is None:
            theirs.current_arrays = ArrayRecord([parameters])
    elif hasattr(theirs, "current_arrays"):
        theirs.current_arrays = {
            key: array.numpy() for key, array in ArrayRecord([parameters]).items()
        }


@pytest.mark.parametrize(("mine", "theirs"), PAIRS, ids=[repr(mine) for mine, _ in PAIRS])
def test_rounds_end_as_in_flower(mine: ours.Strategy, theirs: Any) -> None:
    left = right = RANDOM.normal(size=SIZE).astype(np.float32)
    state = mine.start(left)
    for number in range(1, ROUNDS + 1):
        updates = RANDOM.normal(size=(CLIENTS, SIZE)).astype(np.float32)
        samples = RANDOM.integers(1, 50, CLIENTS)
        after, state = mine.aggregate(state, left, updates, samples.astype(np.float32))
        remember(theirs, right)
        arrays, _ = theirs.aggregate_train(number, replies(right, updates, samples))
        assert arrays is not None
        (right,) = arrays.to_numpy_ndarrays()
        left = np.asarray(after)
        np.testing.assert_allclose(left, right, atol=1e-5)
        assert not np.allclose(left, 0)
