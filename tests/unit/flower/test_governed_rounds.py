"""Flower's rounds under a federation: what happens on the chain, and who is paid or punished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from flwr.app import ArrayRecord, Message
from flwr.serverapp.strategy import FedAvg

from fedsol.errors import ArchitectureMismatch, ConfigError
from fedsol.flower import GovernedMod, GovernedStrategy, Layout
from fedsol.flower.notices import Answer, Notice
from fedsol.roles import Member
from tests.unit.flower.conftest import Founding
from tests.unit.flower.village import (
    REWARD,
    Village,
    initial_arrays,
    learn,
    make_app,
    record_of,
)

LEAST = 1_000
"""The stake that clients deposit when they join: the federation's minimum."""


def values_of(arrays: ArrayRecord) -> dict[str, Any]:
    return {name: array.numpy().tolist() for name, array in arrays.items()}


def test_rounds_are_settled_paid_and_audited(village: Village) -> None:
    strategy = village.strategy()
    result = village.start(strategy, village.grid(), rounds=2)
    ended = [(one.number, one.settled, one.accepted) for one in strategy.rounds]
    assert ended == [(1, True, 3), (2, True, 3)]
    # Each round adds the mean of 0.25, 0.5 and 0.75.
    assert values_of(result.arrays) == {"second": [[1.0, 1.0]] * 3, "first": [2.0, 2.0]}
    fixed = Layout.of(initial_arrays()).fixed(result.arrays, 16)
    np.testing.assert_array_equal(fixed, village.model())
    assert village.rewards() == [2 * REWARD // 3] * 3
    assert village.stakes() == [LEAST] * 3
    report = village.audit()
    assert report.ok, [check for check in report.checks if not check.ok]


def test_metrics_are_combined_as_flower_does(village: Village) -> None:
    result = village.start(village.strategy(), village.grid())
    # Weighted by 10, 20 and 30 examples: (0·10 + 1·20 + 2·30) / 60.
    assert result.train_metrics_clientapp[1]["loss"] == pytest.approx(4 / 3)
    assert result.evaluate_metrics_clientapp[1]["sum"] == pytest.approx(2 + 8 * 0.5)


def test_what_was_learnt_leaves_a_client_only_after_all_have_committed(village: Village) -> None:
    grid = village.grid()
    village.start(village.strategy(), grid)
    trained, revealed, evaluated = grid.replies[:3], grid.replies[3:6], grid.replies[9:]
    assert [list(one.content.array_records) for one in trained] == [[], [], []]
    assert [list(one.content.array_records) for one in revealed] == [["fedsol-update"]] * 3
    assert [list(one.content) for one in evaluated] == [["metrics"]] * 3


@dataclass(frozen=True, kw_only=True)
class Liar(GovernedMod):
    """Reveals what it committed to on chain, sends other bytes, and never shows the true ones."""

    async def settle(self, member: Member, notice: Notice) -> Answer:
        now = await member.snapshot()
        if now.round is None or now.round.phase.kind != "Reveal":
            raise ConfigError("I would rather not say")
        true = await super().settle(member, notice)
        return Answer(true.owner, true.update[:-2] + b"\x01\x00")


def test_who_sends_another_update_than_it_committed_to_is_found_out_and_slashed(
    village: Village,
) -> None:
    liar = make_app(village.mod(0, Liar), learn)
    strategy = village.strategy(bonds=1_000, stake=2_000)
    result = village.start(strategy, village.grid(liar))
    assert strategy.found == {1: {0: "it sent another update than the one that it committed to"}}
    assert strategy.rounds[0].settled
    assert strategy.rounds[0].accepted == 2
    assert values_of(result.arrays)["first"] == [1.625, 1.625]
    assert village.stakes() == [LEAST // 2, LEAST, LEAST]
    assert village.audit().ok


@dataclass(frozen=True, kw_only=True)
class Vanishing(GovernedMod):
    """Commits and is never heard of again."""

    async def settle(self, member: Member, notice: Notice) -> Answer:
        raise OSError("the power is out")


def test_who_commits_and_does_not_reveal_is_slashed_and_the_others_go_on(village: Village) -> None:
    strategy = village.strategy()
    result = village.start(strategy, village.grid(make_app(village.mod(0, Vanishing), learn)))
    assert strategy.rounds[0].accepted == 2
    assert values_of(result.arrays)["first"] == [1.625, 1.625]
    assert village.stakes() == [LEAST - LEAST // 5, LEAST, LEAST]


def fails(arrays: ArrayRecord, partition: int) -> ArrayRecord:
    raise ValueError("no data today")


def test_whose_app_fails_commits_to_nothing_and_loses_nothing(village: Village) -> None:
    strategy = village.strategy()
    village.start(strategy, village.grid(make_app(village.mod(0), fails)))
    assert [one.accepted for one in strategy.rounds] == [2]
    assert len(village.submissions(1)) == 0
    assert village.stakes() == [LEAST] * 3


def test_too_few_updates_abort_the_round_and_leave_the_model(founding: Founding) -> None:
    village = founding(min_submissions=3)
    strategy, grid = village.strategy(), village.grid(make_app(village.mod(0), fails))
    result = village.start(strategy, grid)
    assert [one.settled for one in strategy.rounds] == [False]
    assert len(result.arrays) == 0
    assert village.model().tolist() == [65_536] * 2 + [0] * 6
    assert village.stakes() == [LEAST] * 3


class Dies(Exception):
    """The server's process, at the worst moment."""


def dies(message: Message) -> None:
    notice = message.content.config_records.get("fedsol")
    if notice is not None and notice["errand"] == "settle":
        raise Dies


def test_a_server_that_died_lets_the_clients_reveal_when_it_is_back(village: Village) -> None:
    grid = village.grid()
    grid.spoil = dies
    with pytest.raises(Dies):
        village.start(village.strategy(), grid)
    again = village.strategy()
    result = village.start(again, village.grid())
    assert [(one.number, one.accepted) for one in again.rounds] == [(1, 3), (2, 3)]
    assert values_of(result.arrays)["first"] == [2.0, 2.0]
    assert village.stakes() == [LEAST] * 3


def test_a_client_trains_no_model_that_the_chain_does_not_name(village: Village) -> None:
    def spoil(message: Message) -> None:
        if "arrays" in message.content and message.metadata.dst_node_id == 0:
            other = {n: a.numpy() + np.float32(1) for n, a in message.content["arrays"].items()}
            message.content["arrays"] = record_of(other)

    strategy, grid = village.strategy(), village.grid()
    grid.spoil = spoil
    village.start(strategy, grid)
    (refused,) = [one.error.reason for one in grid.replies if one.has_error()]
    assert "another model than the one that the chain names" in refused
    assert strategy.rounds[0].accepted == 2


def test_a_client_follows_no_server_into_another_federation(village: Village) -> None:
    def spoil(message: Message) -> None:
        if (notice := message.content.config_records.get("fedsol")) is not None:
            record = type(notice)({**notice, "federation": str(village.sandbox.bank.pubkey())})
            message.content["fedsol"] = record

    grid = village.grid()
    grid.spoil = spoil
    village.start(village.strategy(), grid)
    assert all("this client for" in one.error.reason for one in grid.replies[:3])
    assert village.participant(0) is None


def test_a_governed_client_does_not_train_for_a_plain_server(village: Village) -> None:
    grid = village.grid()
    FedAvg(min_available_nodes=3).start(grid, initial_arrays(), num_rounds=1)
    assert all("outside any federation" in one.error.reason for one in grid.replies[:3])
    assert not grid.replies[-1].has_error()


def test_a_client_without_the_mod_is_left_out(village: Village) -> None:
    class Plain(GovernedMod):
        def __call__(self, message: Message, context: Any, app: Any) -> Message:
            Notice.take_off(message)
            return app(message, context)

    strategy = village.strategy()
    village.start(strategy, village.grid(make_app(village.mod(0, Plain), learn)))
    assert strategy.rounds[0].accepted == 2


def test_an_app_with_other_arrays_is_refused_at_the_start(village: Village) -> None:
    other = record_of({"first": np.zeros(2, np.float32)})
    with pytest.raises(ArchitectureMismatch, match="not of the federation's architecture"):
        village.strategy().start(village.grid(), other)


def test_a_strategy_can_only_be_used_by_start(village: Village) -> None:
    strategy: GovernedStrategy = village.strategy()
    with pytest.raises(ConfigError, match="not connected"):
        strategy.aggregate_train(1, [])


def test_without_a_clock_of_its_own_the_server_waits(founding: Founding) -> None:
    village = founding(seconds=5)
    strategy = village.strategy(fast_forward=False)
    village.start(strategy, village.grid())
    assert [one.accepted for one in strategy.rounds] == [3]


def test_an_update_that_nobody_demands_aborts_the_round(village: Village) -> None:
    strategy = village.strategy()
    village.start(strategy, village.grid(make_app(village.mod(0, Liar), learn)))
    assert [one.settled for one in strategy.rounds] == [False]
    assert list(strategy.found[1]) == [0]
    assert village.audit().ok
