"""A simulation's rounds under the program's rules: every client commits, reveals and is paid.

Three processes work side by side. This one trains. A second one (``chain_process_signing``) hashes
updates, builds and signs their transactions; a third one (``chain_process``) runs them on an
embedded chain and turns the crank. So what a block of clients has learnt is signed and sent while
the next block trains, and rewards are paid while the next round does.
"""

import multiprocessing
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fedsol.audit import Check
from fedsol.errors import AuditError, ChainError, ConfigError
from fedsol.learning.aggregation import Mean, Rule, TrimmedMean
from fedsol.learning.codecs import Codec
from fedsol.learning.models import Model, model_architecture
from fedsol.learning.models import spec as model_spec
from fedsol.learning.selection import (
    SELECTION_MAX,
    MultiKrum,
    Selection,
    SelectionRule,
    Weighted,
)
from fedsol.learning.update import Scheme
from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.params import Params, mean, median, multi_krum, trimmed_mean, weighted
from fedsol.simulation.chain_process import keep_chain
from fedsol.simulation.chain_process_signing import sign_for_clients
from fedsol.simulation.governing_plan import GovernedRound, Plan

_BLOCKS_WAITING = 8  # of updates, in memory, before training waits for signing
_PATIENCE_SECONDS = 0.5
_FAREWELL_SECONDS = 10
_MOST = 4_096
_RULES = {"min_submissions": 1, "max_submissions": _MOST, "round_reward": 1_000_000}


class Governor(Protocol):
    """Whoever holds a simulation's rounds to rules."""

    @property
    def params(self) -> Params:
        """The rules."""

    @property
    def scheme(self) -> Scheme:
        """The numbers that updates are quantised with."""

    def start(
        self,
        model: Model,
        initial: NDArray[np.int32],
        rule: Rule | SelectionRule,
        codec: Codec | None = None,
    ) -> None:
        """Takes the model, its first values (int32[d]), and how updates are combined and written."""

    def begin(self, number: int) -> None:
        """Opens round ``number``, counted from 1."""

    def submit(self, clients: Sequence[int], updates: NDArray[np.int16]) -> None:
        """Commits to one update (a row of int16[b, d]) for each client; returns at once."""

    def finish(self, model: NDArray[np.int32], selected: Selection | None = None) -> GovernedRound:
        """Posts the new model (int32[d]) and waits until the round has settled.

        ``selected`` is which updates count, in the order in which they were submitted, where the rule
        selects.
        """

    def save(self, number: int) -> None:
        """Keeps the state after round ``number``, from which ``begin(number + 1)`` goes on."""

    def close(self) -> None:
        """Ends whatever works in the background."""


@dataclass
class EmbeddedGovernor:
    """Rounds on an embedded chain of this simulation's own.

    ``rules`` are changes of ``Params.local``; at most 4,096 clients take part in a round. The same
    ``seed`` makes the same keys and salts. In ``folder`` the chain is kept by :meth:`save`; with
    ``keep_updates`` all artifacts as well, so that :meth:`audit` recomputes every aggregate.
    """

    rules: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    folder: Path | None = None
    keep_updates: bool = False

    def __post_init__(self) -> None:
        if self.keep_updates and self.folder is None:
            raise ConfigError("updates are kept in a folder, and none is given")
        self.params = Params.local(**{**_RULES, **self.rules})
        self._model: Model
        self._codec: Codec | None = None
        self._initial: NDArray[np.int32]
        self._processes: list[SpawnProcess] = []
        self._orders: Queue[tuple[Any, ...]] = Queue(_BLOCKS_WAITING)
        self._results: Connection

    @property
    def scheme(self) -> Scheme:
        """The numbers that updates are quantised with."""
        rules = self.params
        return Scheme(rules.frac_bits, rules.update_bits, rules.qmax, rules.max_norm_squared)

    def start(
        self,
        model: Model,
        initial: NDArray[np.int32],
        rule: Rule | SelectionRule,
        codec: Codec | None = None,
    ) -> None:
        """See :class:`Governor`; nothing is founded yet."""
        raw, least, most = _raw(rule)
        self.params = replace(
            self.params,
            rule=raw,
            min_submissions=max(least, self.params.min_submissions),
            max_submissions=min(most, self.params.max_submissions),
        )
        self._model, self._initial = model, np.asarray(initial, np.int32)
        self._codec = codec

    def begin(self, number: int) -> None:
        """See :class:`Governor`; the first call founds the federation, or goes on from ``save``.

        Raises:
            StateError: the folder has no chain that was saved after the round before.
            ChainError: a transaction failed, as also in the other calls.
        """
        if not self._processes:
            self._start()
        self._order("begin", number)

    def submit(self, clients: Sequence[int], updates: NDArray[np.int16]) -> None:
        """See :class:`Governor`."""
        self._order("submit", list(map(int, clients)), np.ascontiguousarray(updates))

    def finish(self, model: NDArray[np.int32], selected: Selection | None = None) -> GovernedRound:
        """See :class:`Governor`; rewards are claimed after this has returned."""
        self._order("finish", model, selected.encoded if selected is not None else None)
        done: GovernedRound = self._receive()
        return done

    def save(self, number: int) -> None:
        """See :class:`Governor`; waits until it is on disk.

        Raises:
            ConfigError: there is no folder.
        """
        if self.folder is None:
            raise ConfigError("a governed simulation is saved in a folder, and none is given")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._order("save", number)
        self._receive()

    def rest(self) -> None:
        """Waits until all rewards are claimed."""
        if self._processes:
            self._order("rest")
            self._receive()

    def audit(self) -> list[Check]:
        """Replays the whole history with ``fedsol.audit``; what it checked.

        Raises:
            AuditError: something contradicts something else.
        """
        self._order("audit")
        checks: list[Check] = self._receive()
        if wrong := [one for one in checks if not one.ok]:
            raise AuditError("; ".join(f"{one.name}: {one.detail}" for one in wrong))
        return checks

    def close(self) -> None:
        """See :class:`Governor`."""
        if not self._processes:
            return
        self._orders.put(("stop",))
        for process in self._processes:
            process.join(_FAREWELL_SECONDS)
            if process.is_alive():
                process.kill()
        self._processes = []

    def __enter__(self) -> "EmbeddedGovernor":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        plan = Plan(
            seed=self.seed,
            params=self.params,
            parameters=self._initial.size,
            model=model_spec(self._model),
            architecture=model_architecture(self._model),
            folder=self.folder,
            keep_updates=self.keep_updates,
            codec=self._codec,
        )
        # JAX has threads, and a forked process would not have them.
        context = multiprocessing.get_context("spawn")
        orders, sender = context.Pipe(duplex=False)
        chain_end, signing_end = context.Pipe()
        self._results, results = context.Pipe(duplex=False)
        signer = (orders, signing_end, plan, self._initial)
        self._processes = [
            context.Process(target=keep_chain, args=(chain_end, results, plan), daemon=True),
            context.Process(target=sign_for_clients, args=signer, daemon=True),
        ]
        for process in self._processes:
            process.start()
        # Theirs are closed here, so that the end of one process is seen by the others.
        for end in (orders, chain_end, signing_end, results):
            end.close()
        Thread(target=_forward, args=(self._orders, sender), daemon=True).start()

    def _order(self, name: str, *arguments: Any) -> None:
        if self._results.poll():  # nothing was asked: something failed
            self._receive()
        self._orders.put((name, *arguments))

    def _receive(self) -> Any:
        while not self._results.poll(_PATIENCE_SECONDS):
            if not all(process.is_alive() for process in self._processes):
                break
        try:
            answer = self._results.recv()
        except EOFError:
            self.close()
            raise ChainError("the simulation's chain process ended without a word") from None
        if isinstance(answer, Exception):
            self.close()
            raise answer
        return answer


def _forward(orders: Queue[tuple[Any, ...]], to: Connection) -> None:
    """Sends what is ordered, so that whoever orders need not wait for the pipe."""
    order: tuple[Any, ...] = ("",)
    while order[0] != "stop":
        order = orders.get()
        # Whoever is gone left an error behind, which the next answer tells; the queue must not fill.
        with suppress(OSError):
            to.send(order)
    to.close()


def _raw(rule: Rule | SelectionRule) -> tuple[AggregationRuleKind, int, int]:
    """The rule as the program names it, and the fewest and most submissions that it can combine."""
    if isinstance(rule, TrimmedMean):
        return trimmed_mean(rule.trim), 2 * rule.trim + 1, _MOST
    if isinstance(rule, MultiKrum):
        least = max(2 * rule.byzantine + 3, rule.keep + rule.byzantine)
        return multi_krum(rule.byzantine, rule.keep), least, SELECTION_MAX
    if isinstance(rule, Weighted):
        return weighted(), 1, SELECTION_MAX
    return (mean() if isinstance(rule, Mean) else median()), 1, _MOST
