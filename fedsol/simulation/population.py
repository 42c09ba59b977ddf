"""Whose data are whose: ragged shares of one data set, and the blocks that train together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning.datasets import Dataset
from fedsol.simulation.local import Block


@dataclass(frozen=True, eq=False)
class Population:
    """Clients, each with the places of its samples in ``data``; they may be of any size."""

    data: Dataset
    shares: tuple[NDArray[np.int64], ...]

    def __post_init__(self) -> None:
        empty = [i for i, share in enumerate(self.shares) if len(share) == 0]
        if not self.shares or empty:
            which = f"client {empty[0]} has" if empty else "nobody has"
            raise ConfigError(f"{which} no data", hint="Use fewer clients, or more even shares.")

    def __len__(self) -> int:
        return len(self.shares)

    def sizes(self, clients: Sequence[int] | NDArray[Any]) -> NDArray[np.int64]:
        """How many samples each of the clients has."""
        return np.array([len(self.shares[i]) for i in clients], np.int64)

    def blocks(self, clients: Sequence[int], size: int, batch_size: int) -> list[Block]:
        """The clients in blocks of ``size``, those with as much to do together.

        So hardly anybody waits for somebody with more data; :func:`waste` says how much.
        """
        steps = -(-self.sizes(clients) // batch_size)
        order = np.lexsort((np.asarray(clients), steps))
        ordered = [clients[i] for i in order]
        starts = range(0, len(ordered), size)
        return [self._block(ordered[i : i + size], size, batch_size) for i in starts]

    def _block(self, clients: Sequence[int], size: int, batch_size: int) -> Block:
        counts = np.zeros(size, np.int32)
        counts[: len(clients)] = self.sizes(clients)
        steps = -(-counts // batch_size)
        if (steps[: len(clients)] == steps[0]).all():
            steps[:] = steps[0]  # what is padded does as much, for nobody: an even block is faster
        # A power of two of batches: data of many sizes run the same machine code.
        longest = batch_size << (int(steps.max()) - 1).bit_length()
        rows = np.zeros((size, longest), np.int32)
        for row, client in zip(rows, clients, strict=False):
            share = self.shares[client]
            row[: len(share)] = share
        numbers = np.zeros(size, np.int32)
        numbers[: len(clients)] = clients
        return Block(tuple(clients), numbers, rows, counts, steps.astype(np.int32))


def waste(blocks: Sequence[Block], width: int) -> float:
    """Share of batches that were computed for nobody, when ``width`` clients go side by side."""
    done = useful = 0
    for block in blocks:
        useful += int(block.steps[: len(block.clients)].sum())
        for start in range(0, len(block.steps), width):
            steps = block.steps[start : start + width]
            done += int(steps.max()) * len(steps)
    return 1 - useful / done
