"""Clients of Flower's older API take part; its servers are told what to use instead."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flwr.app import Context, Message
from flwr.client import Client, NumPyClient
from flwr.clientapp import ClientApp
from flwr.server import Server, ServerConfig, SimpleClientManager
from flwr.server.strategy import FedAvg as LegacyFedAvg
from flwr.serverapp.strategy import FedAvg

from fedsol.errors import ConfigError
from fedsol.flower import GovernedStrategy, legacy_client
from tests.unit.flower.test_governed_rounds import LEAST, values_of
from tests.unit.flower.village import REWARD, LocalGrid, Village, initial_arrays

Arrays = list[np.ndarray[Any, np.dtype[np.floating]]]


class Old(NumPyClient):
    """What ``make_app`` of the village does, as it was written years ago."""

    def __init__(self, partition: int) -> None:
        self.partition = partition

    def fit(self, parameters: Arrays, config: dict[str, Any]) -> tuple[Arrays, int, dict[str, Any]]:
        assert config["server-round"] >= 1
        assert [one.shape for one in parameters] == [(3, 2), (2,)]
        grown = [one + np.float32(0.25 * (self.partition + 1)) for one in parameters]
        return grown, 10 * (self.partition + 1), {"loss": float(self.partition), "note": "word"}

    def evaluate(
        self, parameters: Arrays, config: dict[str, Any]
    ) -> tuple[float, int, dict[str, Any]]:
        return float(self.partition), 1, {"sum": float(sum(one.sum() for one in parameters))}


class Short(Old):
    """Returns fewer arrays than it was given."""

    kept = 1

    def fit(self, parameters: Arrays, config: dict[str, Any]) -> tuple[Arrays, int, dict[str, Any]]:
        arrays, count, metrics = super().fit(parameters, config)
        return arrays[: self.kept], count, metrics


class Empty(Short):
    """Returns none."""

    kept = 0


class Silent(Client):
    """Has nothing that it could be asked for."""


def legacy_app(
    mods: list[Any], make: Callable[[int], Client] = lambda i: Old(i).to_client()
) -> Any:
    def client_fn(context: Context) -> Client:
        return make(int(context.node_config["partition-id"]))

    return ClientApp(client_fn, mods=mods)


def legacy_grid(village: Village, first: Callable[[int], Client] | None = None) -> LocalGrid:
    apps = [legacy_app([village.mod(i), legacy_client]) for i in range(3)]
    if first is not None:
        apps[0] = legacy_app([village.mod(0), legacy_client], first)
    return LocalGrid(apps)


def test_numpy_clients_are_governed_as_newer_ones_are(village: Village) -> None:
    strategy = village.strategy()
    result = village.start(strategy, legacy_grid(village), rounds=2)
    assert [(one.settled, one.accepted) for one in strategy.rounds] == [(True, 3), (True, 3)]
    assert values_of(result.arrays) == {"second": [[1.0, 1.0]] * 3, "first": [2.0, 2.0]}
    assert village.rewards() == [2 * REWARD // 3] * 3
    assert village.stakes() == [LEAST] * 3
    # Weighted by 10, 20 and 30 examples; words are no metrics.
    assert dict(result.train_metrics_clientapp[1]) == {"loss": pytest.approx(4 / 3)}
    assert result.evaluate_metrics_clientapp[1]["sum"] == pytest.approx(2 + 8 * 0.5)
    assert result.evaluate_metrics_clientapp[1]["loss"] == pytest.approx(1)
    assert village.audit().ok


def test_the_older_and_the_newer_api_go_together_in_one_round(village: Village) -> None:
    strategy = village.strategy(FedAvg(fraction_evaluate=0, min_available_nodes=3))
    grid = village.grid(legacy_app([village.mod(0), legacy_client]))
    result = village.start(strategy, grid)
    assert values_of(result.arrays)["first"] == [1.5, 1.5]


def test_the_mod_alone_serves_a_plain_server() -> None:
    village = SimpleNamespace(mod=lambda partition: passed)
    grid = legacy_grid(village)  # type: ignore[arg-type]
    plain = FedAvg(min_train_nodes=3, min_evaluate_nodes=3, min_available_nodes=3)
    result = plain.start(grid, initial_arrays(), num_rounds=1)
    # Flower's own mean counts examples: (0.25·10 + 0.5·20 + 0.75·30) / 60.
    assert values_of(result.arrays)["first"] == pytest.approx([1 + 35 / 60] * 2)


def passed(message: Message, context: Context, app: Any) -> Message:
    return app(message, context)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (lambda i: Short(i).to_client(), "given 2 arrays and returned 1"),
        (lambda i: Empty(i).to_client(), "given 2 arrays and returned 0"),
        (lambda _: Silent(), "could not fit: Client does not implement"),
    ],
)
def test_an_older_client_that_fails_is_left_out_with_the_reason(
    village: Village, first: Callable[[int], Client], reason: str
) -> None:
    strategy, grid = village.strategy(), legacy_grid(village, first)
    village.start(strategy, grid)
    failed = [one.error.reason for one in grid.replies if one.has_error()]
    assert reason in failed[0]
    assert strategy.rounds[0].accepted == 2


def test_an_older_strategy_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"flwr\.server\.\S*FedAvg is no strategy") as found:
        GovernedStrategy(LegacyFedAvg())  # type: ignore[arg-type]
    assert "flwr.serverapp.strategy" in found.value.hint


def test_an_older_server_is_told_what_to_use_instead() -> None:
    server = Server(client_manager=SimpleClientManager(), strategy=GovernedStrategy(FedAvg()))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="not in ServerAppComponents") as found:
        server.fit(ServerConfig(num_rounds=1).num_rounds, timeout=None)
    assert "@app.main()" in found.value.hint
