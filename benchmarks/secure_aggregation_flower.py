"""Flower's SecAgg+ with the same clients, in a process of its own, in turn with its plain rounds.

    python -m benchmarks.secure_aggregation_flower 100 7850 25 14 10 4

(clients, parameters, shares, threshold, drop-outs, pairs of rounds) prints JSON: seconds of every
plain round and of the masked one after it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import cycle
from typing import Any

import numpy as np

from benchmarks.secure_aggregation_clients import Clients

_TIMEOUT_SECONDS = 1_800
_CONFIGS, _DROPS_AT = "secaggplus_configs", "collect_masked_vectors"


def flower(
    clients: int, size: int, *, shares: int, threshold: int, dropped: int, pairs: int
) -> list[tuple[float, float]] | None:
    """Seconds of Flower's pairs of rounds after the first; None where it is not installed."""
    if find_spec("flwr") is None or find_spec("ray") is None:
        return None
    numbers = map(str, (clients, size, shares, threshold, dropped, pairs))
    quiet = {
        "FLWR_TELEMETRY_ENABLED": "0",
        "RAY_DEDUP_LOGS": "0",
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
        "PYTHONPATH": os.getcwd(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.secure_aggregation_flower", *numbers],
        env={**os.environ, **quiet},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    )
    seconds: list[float] = json.loads(done.stdout.splitlines()[-1])
    return [*zip(seconds[2::2], seconds[3::2], strict=True)]


def client_app(clients: int, size: int, dropped: int) -> Any:
    """Flower's client: it trains as ours do, and the first few leave before they send."""
    from flwr.client import ClientApp, NumPyClient
    from flwr.client.mod import secaggplus_mod

    class Trainer(NumPyClient):
        """One client."""

        def __init__(self, index: int) -> None:
            self.index = index

        def fit(self, parameters: list[Any], config: Any) -> tuple[list[Any], int, dict[str, Any]]:
            """One epoch from the server's parameters."""
            return [Clients(clients, size).trained(self.index, parameters[0])], 1, {}

    def leaves(message: Any, context: Any, call_next: Any) -> Any:
        stage = message.content.config_records.get(_CONFIGS, {}).get("stage")
        if stage == _DROPS_AT and int(context.node_config["partition-id"]) < dropped:
            raise ConnectionError("this client is gone")
        return call_next(message, context)

    def masks(message: Any, context: Any, call_next: Any) -> Any:
        if _CONFIGS in message.content.config_records:
            return secaggplus_mod(message, context, call_next)
        return call_next(message, context)

    return ClientApp(
        client_fn=lambda context: Trainer(int(context.node_config["partition-id"])).to_client(),
        mods=[leaves, masks],
    )


def server_app(clients: int, size: int, shares: int, threshold: int, pairs: int) -> Any:
    """Flower's server; its list gets the moment at which each round begins."""
    from flwr.common import ndarrays_to_parameters
    from flwr.server import LegacyContext, ServerApp, ServerConfig
    from flwr.server.strategy import FedAvg
    from flwr.server.workflow import DefaultWorkflow, SecAggPlusWorkflow
    from flwr.server.workflow.default_workflows import default_fit_workflow

    starts: list[float] = []

    class Timed(FedAvg):
        """Federated averaging that notes when its rounds begin."""

        def configure_fit(self, *arguments: Any, **named: Any) -> Any:
            starts.append(time.perf_counter())
            return super().configure_fit(*arguments, **named)

    server = ServerApp()

    @server.main()
    def lead(grid: Any, context: Any) -> None:
        strategy = Timed(
            fraction_fit=1.0,
            fraction_evaluate=0.0,
            min_fit_clients=clients,
            min_available_clients=clients,
            initial_parameters=ndarrays_to_parameters([np.zeros(size, np.float32)]),
        )
        legacy = LegacyContext(
            context=context, config=ServerConfig(num_rounds=2 * pairs), strategy=strategy
        )
        masked = SecAggPlusWorkflow(
            num_shares=float(shares == clients) or shares,
            reconstruction_threshold=threshold / shares if shares == clients else threshold,
            max_weight=1.0,
        )
        turns: Iterator[Any] = cycle((default_fit_workflow, masked))
        DefaultWorkflow(fit_workflow=lambda *round_: next(turns)(*round_))(grid, legacy)
        starts.append(time.perf_counter())

    return server, starts


def run(clients: int, size: int, shares: int, threshold: int, dropped: int, pairs: int) -> Any:
    """Runs the simulation in this process."""
    from flwr.simulation import run_simulation

    server, starts = server_app(clients, size, shares, threshold, pairs)
    resources = {"client_resources": {"num_cpus": 1, "num_gpus": 0.0}}
    run_simulation(
        server,
        client_app(clients, size, dropped),
        num_supernodes=clients,
        backend_config={**resources, "init_args": {"num_cpus": os.cpu_count() or 1}},  # type: ignore[dict-item]
    )
    return np.diff(starts).tolist()


if __name__ == "__main__":
    # By its name, not as __main__: what is sent to the actors is then looked up there, not rebuilt.
    from benchmarks.secure_aggregation_flower import run as named_run

    print(json.dumps(named_run(*map(int, sys.argv[1:7]))))
