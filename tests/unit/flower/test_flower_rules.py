"""Which of Flower's strategies a federation settles, and that it settles what they compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flwr.app import Message, MetricRecord, RecordDict
from flwr.serverapp.strategy import (
    FedAdam,
    FedAvg,
    FedAvgM,
    FedMedian,
    FedProx,
    FedTrimmedAvg,
    Krum,
    Strategy,
)
from flwr.supercore.task_identity import TaskIdentity

from fedsol.errors import ConfigError
from fedsol.flower.rules import require_settled, trims_alike
from fedsol.learning import Scale, aggregate, to_fixed, to_float
from fedsol.learning.fixed_point import quantise
from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.params import Params, mean, median, multi_krum, trimmed_mean, weighted
from fedsol.roles.rules import rule_of
from tests.unit.flower.village import record_of

CLIENTS, SIZE = 7, 50


class Choosy(FedAvg):
    """Chooses clients otherwise, and averages as its base does."""

    def configure_train(self, *args: Any) -> Any:
        return list(super().configure_train(*args))[:1]


class Doubling(FedAvg):
    """Averages otherwise."""

    def aggregate_train(self, *args: Any) -> Any:
        raise NotImplementedError


SETTLED = [
    (FedAvg(), mean()),
    (FedProx(proximal_mu=0.1), mean()),
    (Choosy(), mean()),
    (FedMedian(), median()),
    (FedTrimmedAvg(beta=0.3), trimmed_mean(2)),
]
REFUSED = [FedAdam(), FedAvgM(), Krum(), Doubling(), FedMedian(), FedTrimmedAvg()]


def name_of(value: object) -> str:
    return type(value).__name__


@pytest.mark.parametrize(("strategy", "rule"), SETTLED, ids=name_of)
def test_a_strategy_is_governed_by_the_rule_that_it_computes(strategy: FedAvg, rule: Any) -> None:
    assert require_settled(strategy, Params.local(rule=rule).raw()) is strategy


@pytest.mark.parametrize("strategy", REFUSED, ids=name_of)
def test_a_strategy_that_computes_something_else_is_refused(strategy: Strategy) -> None:
    with pytest.raises(ConfigError, match=f"{name_of(strategy)} is not what this federation"):
        require_settled(strategy, Params.local(rule=mean()).raw())


def test_another_learning_rate_than_flowers_is_refused() -> None:
    with pytest.raises(ConfigError, match="learning rate is 1/2"):
        require_settled(FedAvg(), Params.local(lr_num=1, lr_den=2).raw())


@pytest.mark.parametrize(("clients", "alike"), [(6, False), (7, True), (9, True), (10, False)])
def test_a_fraction_that_trims_otherwise_is_seen(clients: int, alike: bool) -> None:
    params = Params.local(rule=trimmed_mean(2)).raw()
    assert trims_alike(FedTrimmedAvg(beta=0.3), params, clients) is alike


@pytest.mark.parametrize(("strategy", "rule"), SETTLED, ids=name_of)
def test_the_program_settles_what_flower_computes(strategy: FedAvg, rule: Any) -> None:
    """Equal but for rounding: half a unit of an update, and half of a model."""
    TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = 1, 0, 1
    random = np.random.default_rng(5)
    before = random.normal(size=SIZE).astype(np.float32)
    learnt = (before + random.normal(size=(CLIENTS, SIZE)) / 4).astype(np.float32)
    asked = Message(RecordDict(), 1, "train")
    replies = [
        Message(
            RecordDict({"arrays": record_of({"w": row}), "m": MetricRecord({"num-examples": 1})}),
            reply_to=asked,
        )
        for row in learnt
    ]
    flowers, _ = strategy.aggregate_train(1, replies)
    assert flowers is not None
    fixed = to_fixed(before, 16)
    updates = np.stack([quantise(fixed, row, 14, 32_767, frac_bits=16) for row in learnt])
    weights = np.ones(CLIENTS, np.uint32)
    ours = aggregate(fixed, updates, weights, rule_of(rule), Scale(1, 1, 16, 14))
    difference = np.abs(to_float(ours, 16) - flowers["w"].numpy())
    assert difference.max() <= 2**-15 + 2**-16


@pytest.mark.parametrize("rule", [multi_krum(1, 2), weighted()])
def test_no_plain_mean_passes_for_a_rule_that_selects(rule: AggregationRuleKind) -> None:
    params = Params.local(rule=rule, min_submissions=5, max_submissions=10).raw()
    with pytest.raises(ConfigError, match="FedAvg is not what this federation settles"):
        require_settled(FedAvg(), params)
