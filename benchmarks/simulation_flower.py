"""Flower's simulation of the same clients, in a process of its own.

    python -m benchmarks.simulation_flower logreg 100 8

prints JSON: seconds of every round, seconds until the first began, the last model's accuracy. The client
trains with the compiled function that ours has too, found again by every task of a Ray actor.
"""

import json
import os
import subprocess
import sys
import time
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import jax
import numpy as np

from benchmarks.simulation_clients import Crowd
from fedsol.learning import evaluate, flatten, train, unflatten
from fedsol.learning.models import parameter_spec

_TIMEOUT_SECONDS = 900


def flower(kind: str, clients: int, rounds: int) -> dict[str, Any] | None:
    """What Flower takes; None where it is not installed."""
    if find_spec("flwr") is None or find_spec("ray") is None:
        return None
    command = [
        sys.executable,
        "-m",
        "benchmarks.simulation_flower",
        kind,
        str(clients),
        str(rounds),
    ]
    # One thread for each actor, of which there are as many as cores: their best arrangement.
    quiet = {
        "FLWR_TELEMETRY_ENABLED": "0",
        "RAY_DEDUP_LOGS": "0",
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
        "PYTHONPATH": os.getcwd(),
    }
    done = subprocess.run(
        command,
        env={**os.environ, **quiet},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@lru_cache(maxsize=1)
def _crowd(kind: str, clients: int) -> Crowd:
    return Crowd(kind, clients)


def client_update(kind: str, clients: int, index: int, number: int, arrays: list[Any]) -> list[Any]:
    """What one client makes of the model: the same as in our simulation, key included."""
    crowd = _crowd(kind, clients)
    mine = crowd.data()[0].take(crowd.shares()[index])
    spec = parameter_spec(crowd.model)
    key = jax.random.fold_in(jax.random.fold_in(jax.random.key(0), number), index)
    after = train(
        crowd.model,
        unflatten(arrays[0], spec),
        mine.x,
        mine.y,
        key=key,
        optimiser=crowd.local.transformation(),
        epochs=1,
        batch_size=crowd.local.batch_size,
    )
    return [flatten(after)[0]]


def run(kind: str, clients: int, rounds: int) -> dict[str, Any]:
    """Runs the simulation in this process."""
    from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
    from flwr.clientapp import ClientApp
    from flwr.serverapp import Grid, ServerApp
    from flwr.serverapp.strategy import FedAvg
    from flwr.simulation import run_simulation

    crowd, began = Crowd(kind, clients), time.perf_counter()
    starts: list[float] = []
    last: list[Any] = []

    class Timed(FedAvg):
        """Federated averaging that notes when its rounds begin."""

        def configure_train(self, *arguments: Any, **named: Any) -> Any:
            starts.append(time.perf_counter())
            return super().configure_train(*arguments, **named)

    client, server = ClientApp(), ServerApp()

    @client.train()
    def learn(message: Message, context: Context) -> Message:
        index = int(context.node_config["partition-id"])
        number = int(message.content.config_records["config"]["server-round"])  # type: ignore[arg-type]
        before = message.content.array_records["arrays"].to_numpy_ndarrays()
        after = client_update(kind, clients, index, number, before)
        content: dict[str, Any] = {
            "arrays": ArrayRecord(after),
            "metrics": MetricRecord({"num-examples": crowd.samples}),
        }
        return Message(content=RecordDict(content), reply_to=message)

    @server.main()
    def lead(grid: Grid, context: Context) -> None:
        strategy = Timed(
            fraction_train=1.0,
            fraction_evaluate=0.0,
            min_train_nodes=clients,
            min_available_nodes=clients,
        )
        start = flatten(crowd.model.init(jax.random.key(0)))[0]
        result = strategy.start(grid, ArrayRecord([start]), num_rounds=rounds)
        starts.append(time.perf_counter())
        last.extend(result.arrays.to_numpy_ndarrays())

    cores = os.cpu_count() or 1
    resources = {"client_resources": {"num_cpus": 1, "num_gpus": 0.0}}
    run_simulation(
        server,
        client,
        num_supernodes=clients,
        backend_config={**resources, "init_args": {"num_cpus": cores, "address": "local"}},  # type: ignore[dict-item]
    )
    test = crowd.data()[1]
    params = unflatten(last[0], parameter_spec(crowd.model))
    return {
        "start_up": starts[0] - began,
        "rounds": np.diff(starts).tolist(),
        "accuracy": evaluate(crowd.model, params, test.x, test.y)[1],
    }


if __name__ == "__main__":
    # By its name, not as __main__: what is sent to the actors is then looked up there, not rebuilt.
    from benchmarks.simulation_flower import run as named_run

    print(json.dumps(named_run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
