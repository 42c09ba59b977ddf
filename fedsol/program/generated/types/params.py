from __future__ import annotations
from . import (
    aggregation_rule,
    scoring,
    slash_rates,
    slash_split,
    window,
)
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class ParamsJSON(typing.TypedDict):
    commit: window.WindowJSON
    reveal: window.WindowJSON
    score: window.WindowJSON
    aggregate: window.WindowJSON
    challenge: window.WindowJSON
    dispute: window.WindowJSON
    unbonding: window.WindowJSON
    min_submissions: int
    max_submissions: int
    min_stake: int
    aggregator_bond: int
    challenge_bond: int
    round_reward: int
    max_norm_squared: int
    qmax: int
    frac_bits: int
    update_bits: int
    lr_num: int
    lr_den: int
    scoring: scoring.ScoringJSON
    slash_rates: slash_rates.SlashRatesJSON
    slash_split: slash_split.SlashSplitJSON
    rule: aggregation_rule.AggregationRuleJSON


@dataclass
class Params:
    layout: typing.ClassVar = borsh.CStruct(
        "commit" / window.Window.layout,
        "reveal" / window.Window.layout,
        "score" / window.Window.layout,
        "aggregate" / window.Window.layout,
        "challenge" / window.Window.layout,
        "dispute" / window.Window.layout,
        "unbonding" / window.Window.layout,
        "min_submissions" / borsh.U32,
        "max_submissions" / borsh.U32,
        "min_stake" / borsh.U64,
        "aggregator_bond" / borsh.U64,
        "challenge_bond" / borsh.U64,
        "round_reward" / borsh.U64,
        "max_norm_squared" / borsh.U64,
        "qmax" / borsh.U16,
        "frac_bits" / borsh.U8,
        "update_bits" / borsh.U8,
        "lr_num" / borsh.U32,
        "lr_den" / borsh.U32,
        "scoring" / scoring.Scoring.layout,
        "slash_rates" / slash_rates.SlashRates.layout,
        "slash_split" / slash_split.SlashSplit.layout,
        "rule" / aggregation_rule.layout,
    )
    commit: window.Window
    reveal: window.Window
    score: window.Window
    aggregate: window.Window
    challenge: window.Window
    dispute: window.Window
    unbonding: window.Window
    min_submissions: int
    max_submissions: int
    min_stake: int
    aggregator_bond: int
    challenge_bond: int
    round_reward: int
    max_norm_squared: int
    qmax: int
    frac_bits: int
    update_bits: int
    lr_num: int
    lr_den: int
    scoring: scoring.Scoring
    slash_rates: slash_rates.SlashRates
    slash_split: slash_split.SlashSplit
    rule: aggregation_rule.AggregationRuleKind

    @classmethod
    def from_decoded(cls, obj: Container) -> "Params":
        return cls(
            commit=window.Window.from_decoded(obj.commit),
            reveal=window.Window.from_decoded(obj.reveal),
            score=window.Window.from_decoded(obj.score),
            aggregate=window.Window.from_decoded(obj.aggregate),
            challenge=window.Window.from_decoded(obj.challenge),
            dispute=window.Window.from_decoded(obj.dispute),
            unbonding=window.Window.from_decoded(obj.unbonding),
            min_submissions=obj.min_submissions,
            max_submissions=obj.max_submissions,
            min_stake=obj.min_stake,
            aggregator_bond=obj.aggregator_bond,
            challenge_bond=obj.challenge_bond,
            round_reward=obj.round_reward,
            max_norm_squared=obj.max_norm_squared,
            qmax=obj.qmax,
            frac_bits=obj.frac_bits,
            update_bits=obj.update_bits,
            lr_num=obj.lr_num,
            lr_den=obj.lr_den,
            scoring=scoring.Scoring.from_decoded(obj.scoring),
            slash_rates=slash_rates.SlashRates.from_decoded(obj.slash_rates),
            slash_split=slash_split.SlashSplit.from_decoded(obj.slash_split),
            rule=aggregation_rule.from_decoded(obj.rule),
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "commit": self.commit.to_encodable(),
            "reveal": self.reveal.to_encodable(),
            "score": self.score.to_encodable(),
            "aggregate": self.aggregate.to_encodable(),
            "challenge": self.challenge.to_encodable(),
            "dispute": self.dispute.to_encodable(),
            "unbonding": self.unbonding.to_encodable(),
            "min_submissions": self.min_submissions,
            "max_submissions": self.max_submissions,
            "min_stake": self.min_stake,
            "aggregator_bond": self.aggregator_bond,
            "challenge_bond": self.challenge_bond,
            "round_reward": self.round_reward,
            "max_norm_squared": self.max_norm_squared,
            "qmax": self.qmax,
            "frac_bits": self.frac_bits,
            "update_bits": self.update_bits,
            "lr_num": self.lr_num,
            "lr_den": self.lr_den,
            "scoring": self.scoring.to_encodable(),
            "slash_rates": self.slash_rates.to_encodable(),
            "slash_split": self.slash_split.to_encodable(),
            "rule": self.rule.to_encodable(),
        }

    def to_json(self) -> ParamsJSON:
        return {
            "commit": self.commit.to_json(),
            "reveal": self.reveal.to_json(),
            "score": self.score.to_json(),
            "aggregate": self.aggregate.to_json(),
            "challenge": self.challenge.to_json(),
            "dispute": self.dispute.to_json(),
            "unbonding": self.unbonding.to_json(),
            "min_submissions": self.min_submissions,
            "max_submissions": self.max_submissions,
            "min_stake": self.min_stake,
            "aggregator_bond": self.aggregator_bond,
            "challenge_bond": self.challenge_bond,
            "round_reward": self.round_reward,
            "max_norm_squared": self.max_norm_squared,
            "qmax": self.qmax,
            "frac_bits": self.frac_bits,
            "update_bits": self.update_bits,
            "lr_num": self.lr_num,
            "lr_den": self.lr_den,
            "scoring": self.scoring.to_json(),
            "slash_rates": self.slash_rates.to_json(),
            "slash_split": self.slash_split.to_json(),
            "rule": self.rule.to_json(),
        }

    @classmethod
    def from_json(cls, obj: ParamsJSON) -> "Params":
        return cls(
            commit=window.Window.from_json(obj["commit"]),
            reveal=window.Window.from_json(obj["reveal"]),
            score=window.Window.from_json(obj["score"]),
            aggregate=window.Window.from_json(obj["aggregate"]),
            challenge=window.Window.from_json(obj["challenge"]),
            dispute=window.Window.from_json(obj["dispute"]),
            unbonding=window.Window.from_json(obj["unbonding"]),
            min_submissions=obj["min_submissions"],
            max_submissions=obj["max_submissions"],
            min_stake=obj["min_stake"],
            aggregator_bond=obj["aggregator_bond"],
            challenge_bond=obj["challenge_bond"],
            round_reward=obj["round_reward"],
            max_norm_squared=obj["max_norm_squared"],
            qmax=obj["qmax"],
            frac_bits=obj["frac_bits"],
            update_bits=obj["update_bits"],
            lr_num=obj["lr_num"],
            lr_den=obj["lr_den"],
            scoring=scoring.Scoring.from_json(obj["scoring"]),
            slash_rates=slash_rates.SlashRates.from_json(obj["slash_rates"]),
            slash_split=slash_split.SlashSplit.from_json(obj["slash_split"]),
            rule=aggregation_rule.from_json(obj["rule"]),
        )
