"""Blocks of clients spread over a Ray cluster: the same bytes as on one machine."""

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.errors import ConfigError, FedsolError, LearningError
from fedsol.extras import need
from fedsol.learning.datasets import Dataset
from fedsol.learning.models import Model
from fedsol.simulation.engine import LocalEngine
from fedsol.simulation.local import Block, LocalTraining
from fedsol.simulation.settings import Settings

_NAMESPACE = "fedsol"
_PATIENCE_SECONDS = 5
_AHEAD = 2  # blocks for each worker, beyond the one that is due


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
            _connect(ray, address)
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
        """See ``Engine``; a worker gets its next block when it has trained one.

        A block whose worker was lost is trained by another: to the same bytes, as training draws
        on nothing but its arguments.

        Raises:
            LearningError: all workers were lost.
        """
        ray = _ray()
        start, key_data = ray.put(np.asarray(vector)), np.asarray(jax.random.key_data(key))
        # Out of turn, results are kept: no more of them than this, whatever the slowest does.
        ahead = _AHEAD * len(self.workers)
        idle, waiting = list(self.workers), list(range(len(blocks)))
        working: dict[Any, tuple[Any, int]] = {}
        done: dict[int, NDArray[np.float32]] = {}
        taken = 0
        while taken < len(blocks):
            while idle and waiting and waiting[0] < taken + ahead:
                worker, number = idle.pop(), heappop(waiting)
                task = worker.train.remote(start, blocks[number], key_data, width)
                working[task] = worker, number
            if taken in done:
                yield blocks[taken], done.pop(taken)
                taken += 1
                continue
            (ready, *_), _ = ray.wait(list(working))
            worker, number = working.pop(ready)
            try:
                done[number] = _result(ray, ready)
                idle.append(worker)
            except ray.exceptions.RayActorError as error:
                self._lose(worker, error)
                heappush(waiting, number)

    def _lose(self, worker: Any, error: Exception) -> None:
        self.workers.remove(worker)
        if not self.workers:
            raise LearningError(
                "every worker of the Ray cluster was lost",
                hint="See the cluster's logs; what has a folder can be resumed from its last round.",
            ) from error

    def close(self) -> None:
        """Lets the workers go, and the cluster if it was started for them."""
        ray = _ray()
        for worker in self.workers:
            ray.kill(worker)
        self.workers = []
        if self.started:
            ray.shutdown()


def _result(ray: Any, task: Any) -> NDArray[np.float32]:
    try:
        trained: NDArray[np.float32] = ray.get(task)
    except ray.exceptions.RayTaskError as error:
        # Ray's own error hides ours: its hint, and its message behind a traceback.
        if isinstance(error.cause, FedsolError):
            raise error.cause from None
        raise
    return trained


def _connect(ray: Any, address: str | None) -> None:
    try:
        _require_listener(address)
        ray.init(address=address, namespace=_NAMESPACE, log_to_driver=False)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"there is no Ray cluster at {address}: {error}",
            hint="Start one with `ray start --head`, or leave the address out.",
        ) from error


def _require_listener(address: str | None) -> None:
    """Ray itself would go on trying for minutes.

    Raises:
        OSError: nothing listens there.
    """
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=_PATIENCE_SECONDS).close()


def _ray() -> Any:
    return need("ray", "ray")
