"""Blocks of clients spread over a Ray cluster: the same bytes as on one machine."""

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.extras import need
from fedsol.learning.datasets import Dataset
from fedsol.learning.models import Model
from fedsol.simulation.engine import LocalEngine
from fedsol.simulation.local import Block, LocalTraining
from fedsol.simulation.settings import Settings

_NAMESPACE = "fedsol"
_PATIENCE_SECONDS = 5


class _Worker:
    """One core or device of the cluster: trains whole blocks, compiled once for all of them."""

    def __init__(self, model: Model, local: LocalTraining, data: Dataset) -> None:
        self._engine = LocalEngine(model, local, data)

    def train(
        self, vector: NDArray[np.float32], block: Block, key: NDArray[np.uint32], width: int
    ) -> NDArray[np.float32]:
        """A block's trained parameters (float32[len(clients), d])."""
        wrapped = jax.random.wrap_key_data(jnp.asarray(key))
        ((_, trained),) = self._engine.train(vector, [block], wrapped, width)
        return trained


@dataclass(eq=False)
class RayEngine:
    """Workers on a Ray cluster, as many as it has cores, or GPUs where there are some.

    Make one with :meth:`of`. The data go to each node once.
    """

    workers: list[Any]
    started: bool

    @classmethod
    def of(cls, settings: Settings, *, address: str | None = None) -> "RayEngine":
        """Connects to the cluster at ``address``, or starts one on this machine.

        Raises:
            ConfigError: Ray is not installed, or there is no cluster at the address.
        """
        ray = _ray()
        started = not ray.is_initialized()
        if started:
            _require_reachable(address)
            ray.init(address=address, namespace=_NAMESPACE, log_to_driver=False)
        population = settings.population
        if settings.attackers is not None:
            population = settings.attackers.poisoned(population, settings.seed)
        gpus = int(ray.cluster_resources().get("GPU", 0))
        count = gpus or max(1, int(ray.cluster_resources().get("CPU", 1)))
        # Placed wherever there is room; a worker that trains holds its core or device.
        worker = ray.remote(num_cpus=1, num_gpus=1 if gpus else 0)(_Worker)
        data = ray.put(population.data)
        local = settings.local_training()
        return cls([worker.remote(settings.model, local, data) for _ in range(count)], started)

    def train(
        self, vector: NDArray[np.float32], blocks: Sequence[Block], key: Array, width: int
    ) -> Iterator[tuple[Block, NDArray[np.float32]]]:
        """See ``Engine``; a worker gets its next block when it has trained one."""
        ray = _ray()
        start = ray.put(np.asarray(vector))
        key_data = np.asarray(jax.random.key_data(key))
        idle, working = list(self.workers), {}
        done: dict[int, NDArray[np.float32]] = {}
        given = taken = 0
        while taken < len(blocks):
            while idle and given < len(blocks):
                worker = idle.pop()
                task = worker.train.remote(start, blocks[given], key_data, width)
                working[task] = (worker, given)
                given += 1
            if taken not in done:
                (ready, *_), _ = ray.wait(list(working))
                worker, number = working.pop(ready)
                idle.append(worker)
                done[number] = ray.get(ready)
                continue
            yield blocks[taken], done.pop(taken)
            taken += 1

    def close(self) -> None:
        """Lets the workers go, and the cluster if it was started for them."""
        ray = _ray()
        for worker in self.workers:
            ray.kill(worker)
        self.workers = []
        if self.started:
            ray.shutdown()


def _require_reachable(address: str | None) -> None:
    """Ray itself would go on trying for minutes.

    Raises:
        ConfigError: nothing listens there.
    """
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), timeout=_PATIENCE_SECONDS).close()
    except OSError as error:
        raise ConfigError(
            f"there is no Ray cluster at {address}: {error}",
            hint="Start one with `ray start --head`, or leave the address out.",
        ) from error


def _ray() -> Any:
    return need("ray", "ray")
