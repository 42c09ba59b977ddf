"""What a round's clients have learnt, taken in block by block, and the next model made of it.

Two ways. *In floats*: the strategy combines differences of parameters. *Exact*: differences are
quantised first, and combined in integers by the rule that the program settles rounds by, bit for
bit. Where a mean is all that is needed the updates are summed as they come, and memory does not
grow with the number of clients.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import jax
import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError
from fedsol.learning import strategies
from fedsol.learning.aggregation import Mean, Rule, Scale, step
from fedsol.learning.aggregation_jax import aggregate
from fedsol.learning.codecs import Codec, ErrorFeedback
from fedsol.learning.fixed_point import dequantise, quantise_block, to_fixed, to_float
from fedsol.learning.selection import MultiKrum, Selection, SelectionRule, Weighted, select
from fedsol.learning.strategies import Strategy
from fedsol.learning.update import Scheme
from fedsol.simulation.private import Noise

Rows = NDArray[np.float32]
Leaves = tuple[NDArray[Any], ...]


class Server(Protocol):
    """Holds the model, takes in a round's updates and makes the next model of them."""

    def vector(self) -> NDArray[np.float32]:
        """The model that clients start from (float32[d])."""

    def take(self, clients: Sequence[int], trained: Rows, weights: NDArray[np.int64]) -> None:
        """Takes in clients' trained parameters (float32[b, d]) with their weights (int64[b])."""

    def finish(self, number: int) -> None:
        """Makes the next model of round ``number``."""

    def kept(self) -> tuple[NDArray[Any], Leaves]:
        """The model as it is held, and whatever else the next round depends on."""

    def restore(self, model: NDArray[Any], leaves: Leaves) -> None:
        """Puts back what was kept."""


@dataclass(eq=False)
class FloatServer:
    """A strategy on floats; ``state`` is what it remembers from round to round.

    With ``noise`` updates are clipped, and their sum is noised.
    """

    strategy: Strategy
    parameters: NDArray[np.float32]
    state: Any = None
    noise: Noise | None = None
    _total: NDArray[np.float64] | None = field(default=None, init=False)
    _weight: float = field(default=0.0, init=False)
    _updates: list[Rows] = field(default_factory=list, init=False)
    _weights: list[NDArray[np.int64]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if self.state is None:
            self.state = self.strategy.start(self.parameters)

    def vector(self) -> NDArray[np.float32]:
        """See :class:`Server`."""
        return self.parameters

    def take(self, clients: Sequence[int], trained: Rows, weights: NDArray[np.int64]) -> None:
        """See :class:`Server`."""
        updates = trained - self.parameters
        if self.noise is not None:
            updates = self.noise.clipped(updates)
        if not self.strategy.needs_only_mean:
            self._updates.append(updates)
            self._weights.append(weights)
            return
        more = weights.astype(np.float64) @ updates.astype(np.float64)
        self._total = more if self._total is None else self._total + more
        self._weight += float(weights.sum())

    def finish(self, number: int) -> None:
        """See :class:`Server`."""
        if self._total is not None:
            mean = (self._total / self._weight).astype(np.float32)
            if self.noise is not None:
                mean = self.noise.mean(self._total, number)
            updates, weights = mean[None], np.ones(1, np.float32)
        else:
            updates = np.concatenate(self._updates)
            weights = np.concatenate(self._weights).astype(np.float32)
        after, self.state = self.strategy.aggregate(self.state, self.parameters, updates, weights)
        self.parameters = np.asarray(after, np.float32)
        self._total, self._weight, self._updates, self._weights = None, 0.0, [], []

    def kept(self) -> tuple[NDArray[Any], Leaves]:
        """See :class:`Server`; the leaves are the strategy's state."""
        return self.parameters, leaves_of(self.state)

    def restore(self, model: NDArray[Any], leaves: Leaves) -> None:
        """See :class:`Server`."""
        self.parameters, self.state = model, with_leaves(self.state, leaves)


@dataclass(eq=False)
class ExactServer:
    """The program's rule on integers.

    A rule that selects goes by the weights of the ``strategy``, or by exact distances; what it chose
    last is ``selected``. ``submit`` is told of every block's updates (int16[b, d]) as soon as they
    are quantised.
    """

    rule: Rule | SelectionRule
    scheme: Scheme
    values: NDArray[np.int32]
    scale: Scale
    submit: Any = None
    strategy: Strategy | None = None
    codec: Codec | None = None
    residuals: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    selected: Selection | None = field(default=None, init=False)
    _total: NDArray[np.int64] | None = field(default=None, init=False)
    _weight: int = field(default=0, init=False)
    _updates: list[NDArray[np.int16]] = field(default_factory=list, init=False)
    _weights: list[NDArray[np.int64]] = field(default_factory=list, init=False)

    def vector(self) -> NDArray[np.float32]:
        """See :class:`Server`."""
        return to_float(self.values, self.scheme.frac_bits)

    def take(self, clients: Sequence[int], trained: Rows, weights: NDArray[np.int64]) -> None:
        """See :class:`Server`."""
        updates = self._quantised(clients, trained)
        if self.submit is not None:
            self.submit(clients, updates)
        if not isinstance(self.rule, Mean):
            self._updates.append(updates)
            self._weights.append(weights)
            return
        # One row at a time: a block in 64 bits would be four times the block.
        total = np.zeros(self.values.size, np.int64) if self._total is None else self._total
        for weight, update in zip(weights, updates, strict=True):
            total += int(weight) * update.astype(np.int64)
        self._total, self._weight = total, self._weight + int(weights.sum())

    def finish(self, number: int) -> None:
        """See :class:`Server`."""
        if self._total is not None:
            self.values = step(self.values, self._total, self._weight, self.scale)
        else:
            updates = np.concatenate(self._updates)
            rule, weights = self._settled(updates)
            self.values = aggregate(self.values, updates, weights, rule, self.scale)
        self._total, self._weight, self._updates, self._weights = None, 0, [], []

    def _quantised(self, clients: Sequence[int], trained: Rows) -> NDArray[np.int16]:
        """Updates (int16[b, d]), as the codec can write them if there is one."""
        if self.codec is None:
            return quantised(self.values, trained, self.scheme)
        zero = np.zeros(self.values.size, np.float32)
        held = np.stack([self.residuals.get(client, zero) for client in clients])
        deltas = trained - self.vector()
        updates, left = ErrorFeedback(self.codec).quantise_block(deltas, held, self.scheme)
        self.residuals |= dict(zip(clients, left, strict=True))
        return updates

    def _settled(self, updates: NDArray[np.int16]) -> tuple[Rule, NDArray[np.uint32]]:
        """The rule of each coordinate, and what every update (int16[n, d]) counts in it."""
        if not isinstance(self.rule, MultiKrum | Weighted):
            return self.rule, np.concatenate(self._weights).astype(np.uint32)
        weights = None
        if isinstance(self.rule, Weighted) and self.strategy is not None:
            floats = dequantise(updates, self.scheme.update_bits)
            weights = self.strategy.weights(floats, self.vector())
            if weights is None:
                raise _unruly(self.strategy)
        everybody = range(len(updates))
        given = None if weights is None else np.asarray(weights)
        self.selected = select(self.rule, updates, everybody, len(updates), given)
        return Mean(), self.selected.weights

    def kept(self) -> tuple[NDArray[Any], Leaves]:
        """See :class:`Server`; the leaves are clients, and what a codec held back of them."""
        if not self.residuals:
            return self.values, ()
        return self.values, (np.array(list(self.residuals)), np.stack([*self.residuals.values()]))

    def restore(self, model: NDArray[Any], leaves: Leaves) -> None:
        """See :class:`Server`."""
        self.values = model
        clients, held = leaves or ((), ())
        self.residuals = {int(one): left for one, left in zip(clients, held, strict=True)}


def leaves_of(state: Any) -> Leaves:
    """What a strategy's state is made of."""
    return tuple(map(np.asarray, jax.tree_util.tree_leaves(state)))


def with_leaves(state: Any, leaves: Leaves) -> Any:
    """A state of the same structure, made of these."""
    return jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(state), leaves)


def quantised(values: NDArray[np.int32], trained: Rows, scheme: Scheme) -> NDArray[np.int16]:
    """Updates (int16[b, d]) from the model (int32[d]) to what clients have learnt."""
    return quantise_block(
        values,
        trained,
        frac_bits=scheme.frac_bits,
        update_bits=scheme.update_bits,
        qmax=scheme.qmax,
        max_norm_squared=scheme.max_norm_squared,
    )


def exact_server(
    strategy: Strategy,
    start: NDArray[np.float32],
    scheme: Scheme,
    scale: Scale,
    *,
    clients: int,
) -> ExactServer:
    """The exact form of a strategy: a rule of the program, or a selection with weights.

    Raises:
        ConfigError: it has neither.
    """
    values = to_fixed(start, scheme.frac_bits)
    rule = strategy.rule(clients) or _selection_rule(strategy)
    return ExactServer(rule, scheme, values, scale, strategy=strategy)


def _selection_rule(strategy: Strategy) -> SelectionRule:
    if isinstance(strategy, strategies.MultiKrum):
        return MultiKrum(strategy.num_malicious_nodes, strategy.num_nodes_to_select)
    if strategy.needs_only_mean:
        raise _unruly(strategy)
    return Weighted()


def _unruly(strategy: Strategy) -> ConfigError:
    return ConfigError(
        f"{type(strategy).__name__} cannot run exact: no rule of the program settles it",
        hint="docs/aggregation.md names those that have a rule, or a form with weights.",
    )
