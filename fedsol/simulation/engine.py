"""Where blocks train: on this machine's devices, or wherever another engine takes them."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from fedsol.errors import NotFinite
from fedsol.learning.datasets import Dataset
from fedsol.learning.models import Model, parameter_spec
from fedsol.learning.privacy.private_training import capacity
from fedsol.simulation.local import Block, LocalTraining, train_block

_BLOCK_BYTES = 256 * 2**20
# Small enough that every core has a block also of a small round.
_BLOCK_CLIENTS = 32
_COPIES = 6  # of the parameters, that a client in training needs


class Engine(Protocol):
    """Trains blocks of clients."""

    def train(
        self, vector: NDArray[np.float32], blocks: Sequence[Block], key: Array, width: int
    ) -> Iterator[tuple[Block, NDArray[np.float32]]]:
        """Each block with its clients' trained parameters (float32[len(clients), d]), in order.

        ``vector`` (float32[d]) is the round's model, ``key`` the round's.
        """

    def close(self) -> None:
        """Ends whatever works elsewhere."""


@dataclass(eq=False)
class LocalEngine:
    """This process and the devices that JAX finds.

    A processor trains as many blocks at once as it has cores: within a block's loops XLA uses one.
    What a block learns does not depend on how many there are.
    """

    model: Model
    local: LocalTraining
    data: Dataset

    def train(
        self, vector: NDArray[np.float32], blocks: Sequence[Block], key: Array, width: int
    ) -> Iterator[tuple[Block, NDArray[np.float32]]]:
        """See :class:`Engine`."""
        start = jnp.asarray(vector)
        waiting: deque[tuple[Block, Future[NDArray[np.float32]]]] = deque()
        for block in blocks:
            waiting.append((block, self._threads.submit(self._train, start, block, key, width)))
            # One more than there are cores, so that none waits while a result is taken in.
            if len(waiting) > _cores() + 1:
                done, trained = waiting.popleft()
                yield done, trained.result()
        for done, trained in waiting:
            yield done, trained.result()

    def close(self) -> None:
        """See :class:`Engine`; a block that has begun is trained to its end."""
        self._threads.shutdown(cancel_futures=True)

    def _train(self, vector: Array, block: Block, key: Array, width: int) -> NDArray[np.float32]:
        arrays = (block.numbers, block.rows, block.counts, block.steps)
        options = {"width": width, "even": block.is_even}
        trained = train_block(self.model, self.local, vector, self._arrays, arrays, key, **options)
        return checked(np.asarray(trained)[: len(block.clients)], block)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_cores(), thread_name_prefix="fedsol-training")

    @cached_property
    def _arrays(self) -> tuple[Array, Array]:
        # Once: the data stay on the device.
        return jnp.asarray(self.data.x, jnp.float32), jnp.asarray(self.data.y, jnp.int32)


def checked(trained: NDArray[np.float32], block: Block) -> NDArray[np.float32]:
    """A block's trained parameters, if all are finite.

    Raises:
        NotFinite: a client's training diverged; it is named.
    """
    finite = np.isfinite(trained).all(axis=1)
    if not finite.all():
        client = block.clients[int(np.argmin(finite))]
        raise NotFinite(
            f"training of client {client} diverged", hint="Use a smaller learning rate."
        )
    return trained


def block_size(clients: int, model: Model, width: int) -> int:
    """How many of ``clients`` make a block: all alike, in memory that a machine has."""
    size = parameter_spec(model).size
    most = max(1, min(_BLOCK_CLIENTS, _BLOCK_BYTES // (4 * size)))
    blocks = -(-clients // most)
    return -(-clients // (blocks * width)) * width


def widest(model: Model, local: LocalTraining) -> int:
    """Most clients side by side, for the memory that they need."""
    # A gradient for each sample of a batch, where each is clipped by itself.
    copies = _COPIES + (capacity(local.batch_size) if local.privacy is not None else 0)
    return max(1, min(_BLOCK_CLIENTS, _BLOCK_BYTES // (4 * copies * parameter_spec(model).size)))


def _cores() -> int:
    """Blocks that train at once."""
    return (os.cpu_count() or 1) if jax.default_backend() == "cpu" else 1
