"""The server's line: ``strategy = GovernedStrategy(FedAvg())``."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from flwr.app import ArrayRecord, ConfigRecord, Message, MetricRecord
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg, Result, Strategy
from flwr.serverapp.strategy.strategy_utils import validate_message_reply_consistency

from fedsol.errors import ConfigError
from fedsol.flower.arrays import Layout
from fedsol.flower.connection import Connection
from fedsol.flower.governing import Governing, Terms
from fedsol.flower.rules import require_settled, trims_alike
from fedsol.log import get_logger
from fedsol.round_result import RoundResult

log = get_logger(__name__)

_NEWER = (
    "Take the strategy from flwr.serverapp.strategy, and call its start(grid, …) in a function under"
    " @app.main() of ServerApp(); docs/flower.md shows it. Clients may stay: legacy_client."
)


class GovernedStrategy(Strategy):
    """Runs a Flower strategy's rounds as rounds of a federation.

    ``strategy`` chooses clients and settings and combines metrics, as without a federation. The
    model is the federation's: it starts as what the chain names, and what comes out of a round is
    the program's rule on the updates that were revealed, posted with a bond, open to challenge, and
    settled before the next round begins. A round that is aborted leaves the model as it was.

    The server is the federation's aggregator and turns its rounds; ``key`` is its key file (else as
    for the command line), ``stake`` what it stakes on first use (token units; one bond and the
    minimum if None). With ``bonds`` > 0 it watches, too, and may have so many token units in
    bonds for demanding updates that somebody revealed and did not publish; without, such a round is
    aborted unless somebody else watches. ``fast_forward`` moves a local chain's clock instead of
    waiting for it, in simulations. ``federation``, ``url``, ``artifacts`` and ``state`` are as for
    ``Connection``.

    Raises ConfigError for a strategy of Flower's older API (``flwr.server.strategy``).

    ``rounds`` is how each round ended; ``found`` is what was wrong with a node's update, by round
    and node.
    """

    def __init__(
        self,
        strategy: Strategy,
        *,
        key: str | None = None,
        stake: int | None = None,
        bonds: int = 0,
        fast_forward: bool = False,
        federation: str | None = None,
        url: str | None = None,
        artifacts: str | None = None,
        state: str | None = None,
    ) -> None:
        if not isinstance(strategy, Strategy):
            raise ConfigError(
                f"{type(strategy).__module__}.{type(strategy).__name__} is no strategy of Flower's"
                " message API",
                hint=_NEWER,
            )
        self.strategy = strategy
        self.connection = Connection(
            federation=federation, url=url, artifacts=artifacts, state=state
        )
        self.terms = Terms(key, stake, bonds, fast_forward)
        self.rounds: list[RoundResult] = []
        self.found: dict[int, dict[int, str]] = {}
        self._now: Governing | None = None

    def start(
        self,
        grid: Grid,
        initial_arrays: ArrayRecord,
        num_rounds: int = 3,
        timeout: float = 3600,
        train_config: ConfigRecord | None = None,
        evaluate_config: ConfigRecord | None = None,
        evaluate_fn: Callable[[int, ArrayRecord], MetricRecord | None] | None = None,
    ) -> Result:
        """As Flower's, from the federation's current model; ``initial_arrays`` say its layout.

        Raises ConfigError if the federation's rule is not the strategy's, ArchitectureMismatch if
        its model has another layout, and what joining it raises.
        """
        layout = Layout.of(initial_arrays)
        governing = Governing(self.connection, self.terms, grid, layout, timeout)
        with governing, self._governed_by(governing):
            require_settled(self.strategy, governing.federation.params)
            if governing.number:
                self._finish(governing)
            arrays = governing.model()
            return super().start(
                grid, arrays, num_rounds, timeout, train_config, evaluate_config, evaluate_fn
            )

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """The strategy's messages; with the first of them a round of the federation opens."""
        messages = list(self.strategy.configure_train(server_round, arrays, config, grid))
        self._governing.open(messages)
        return messages

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """Has everything revealed, combined and settled; None for the model of an aborted round."""
        governing, listed = self._governing, list(replies)
        if not governing.number:
            return None, None
        contents = [one.content for one in governing.committed(listed)]
        result = self._finish(governing)
        strategy, params = self._averaging, governing.federation.params
        if not trims_alike(strategy, params, result.accepted):
            log.warning("the_program_trims_otherwise", rule=str(params.rule), of=result.accepted)
        metrics = None
        if contents:
            validate_message_reply_consistency(contents, strategy.weighted_by_key, False)
            metrics = strategy.train_metrics_aggr_fn(contents, strategy.weighted_by_key)
        return governing.model() if result.settled else None, metrics

    def configure_evaluate(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """The strategy's own."""
        return self.strategy.configure_evaluate(server_round, arrays, config, grid)

    def aggregate_evaluate(
        self, server_round: int, replies: Iterable[Message]
    ) -> MetricRecord | None:
        """The strategy's own."""
        return self.strategy.aggregate_evaluate(server_round, replies)

    def summary(self) -> None:
        """The strategy's own."""
        self.strategy.summary()

    def initialize_parameters(self, client_manager: object) -> NoReturn:
        """What a server of Flower's older API (``server_fn``) calls first.

        Raises:
            ConfigError: always; such a server has no messages that a round could be governed by.
        """
        raise ConfigError(
            "GovernedStrategy runs in a ServerApp with a main function, not in ServerAppComponents",
            hint=_NEWER,
        )

    def _finish(self, governing: Governing) -> RoundResult:
        result = governing.finish()
        self.rounds.append(result)
        self.found[result.number] = dict(governing.found)
        return result

    @contextmanager
    def _governed_by(self, governing: Governing) -> Iterator[None]:
        self._now = governing
        try:
            yield
        finally:
            self._now = None

    @property
    def _governing(self) -> Governing:
        if self._now is None:
            raise ConfigError(
                "this strategy is not connected to its federation",
                hint="Call start(), which connects, runs all rounds and disconnects.",
            )
        return self._now

    @property
    def _averaging(self) -> FedAvg:
        return require_settled(self.strategy, self._governing.federation.params)
