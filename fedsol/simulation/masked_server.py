"""The server of masked rounds: it makes the next model of a sum, and sees no update."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.learning.aggregation import Mean, Scale, step
from fedsol.learning.fixed_point import to_fixed, to_float
from fedsol.learning.strategies import Strategy
from fedsol.learning.update import Scheme
from fedsol.simulation.gathering import Leaves, Rows, leaves_of, quantised, with_leaves
from fedsol.simulation.masking import Masks
from fedsol.simulation.private import ClientNoise
from fedsol.simulation.settings import Settings


@dataclass(eq=False)
class MaskedServer:
    """A strategy on the exact sums of masked rounds; the model is in fixed point (int32[d]).

    A mean is settled as the program settles it. What optimises on the server goes in floats by the
    mean, and where it comes to is rounded. ``lost``: too few were left in the last round, and the
    model and the strategy's state are what they were before it.
    """

    strategy: Strategy
    scheme: Scheme
    values: NDArray[np.int32]
    masks: Masks
    noise: ClientNoise | None = None
    state: Any = field(init=False)
    lost: bool = field(default=False, init=False)
    _number: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.state = self.strategy.start(self.vector())

    def begin(self, number: int, asked: Sequence[int]) -> None:
        """All who are asked share their keys, those too who will not send anything."""
        self._number = number
        self.masks.begin(number, asked)

    def vector(self) -> NDArray[np.float32]:
        """See ``Server``."""
        return to_float(self.values, self.scheme.frac_bits)

    def take(self, clients: Sequence[int], trained: Rows, weights: NDArray[np.int64]) -> None:
        """See ``Server``; what follows happens at each client. All weights are 1."""
        updates = quantised(self.values, trained, self.scheme)
        if self.noise is not None:
            updates = self.noise.added(clients, updates, self._number)
        self.masks.take(clients, updates)

    def finish(self, number: int) -> None:
        """See ``Server``."""
        found = self.masks.finish()
        self.lost = found is None
        if found is None:
            return
        total, count = found
        scheme = self.scheme
        if isinstance(self.strategy.rule(count), Mean):
            scale = Scale(frac_bits=scheme.frac_bits, update_bits=scheme.update_bits)
            self.values = step(self.values, total, count, scale)
            return
        mean = (total / (count * 2.0**scheme.update_bits)).astype(np.float32)
        one = np.ones(1, np.float32)
        after, self.state = self.strategy.aggregate(self.state, self.vector(), mean[None], one)
        self.values = to_fixed(np.asarray(after), scheme.frac_bits)

    def kept(self) -> tuple[NDArray[Any], Leaves]:
        """See ``Server``; the leaves are the strategy's state. Keys are never kept."""
        return self.values, leaves_of(self.state)

    def restore(self, model: NDArray[Any], leaves: Leaves) -> None:
        """See ``Server``."""
        self.values, self.state = model, with_leaves(self.state, leaves)


def masked_server(settings: Settings, start: NDArray[np.float32]) -> MaskedServer:
    """The server of a simulation that begins with the parameters ``start`` (float32[d])."""
    assert settings.masking is not None
    scheme = settings.masked_scheme()
    people, epoch = len(settings.population), settings.masking.epoch
    masks = Masks(settings.masked_plan, people, epoch, settings.seed)
    values = to_fixed(start, scheme.frac_bits)
    return MaskedServer(settings.strategy, scheme, values, masks, settings.client_noise())
