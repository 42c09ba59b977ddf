from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class SlashRatesJSON(typing.TypedDict):
    no_reveal_bps: int
    evaluator_bps: int
    fraud_bps: int
    round_cap_bps: int


@dataclass
class SlashRates:
    layout: typing.ClassVar = borsh.CStruct(
        "no_reveal_bps" / borsh.U16,
        "evaluator_bps" / borsh.U16,
        "fraud_bps" / borsh.U16,
        "round_cap_bps" / borsh.U16,
    )
    no_reveal_bps: int
    evaluator_bps: int
    fraud_bps: int
    round_cap_bps: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "SlashRates":
        return cls(
            no_reveal_bps=obj.no_reveal_bps,
            evaluator_bps=obj.evaluator_bps,
            fraud_bps=obj.fraud_bps,
            round_cap_bps=obj.round_cap_bps,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "no_reveal_bps": self.no_reveal_bps,
            "evaluator_bps": self.evaluator_bps,
            "fraud_bps": self.fraud_bps,
            "round_cap_bps": self.round_cap_bps,
        }

    def to_json(self) -> SlashRatesJSON:
        return {
            "no_reveal_bps": self.no_reveal_bps,
            "evaluator_bps": self.evaluator_bps,
            "fraud_bps": self.fraud_bps,
            "round_cap_bps": self.round_cap_bps,
        }

    @classmethod
    def from_json(cls, obj: SlashRatesJSON) -> "SlashRates":
        return cls(
            no_reveal_bps=obj["no_reveal_bps"],
            evaluator_bps=obj["evaluator_bps"],
            fraud_bps=obj["fraud_bps"],
            round_cap_bps=obj["round_cap_bps"],
        )
