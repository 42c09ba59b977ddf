from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class ScoringJSON(typing.TypedDict):
    min_evaluators: int
    max_evaluators: int
    evaluator_bps: int
    floor: int
    band: int
    audit_one_in: int


@dataclass
class Scoring:
    layout: typing.ClassVar = borsh.CStruct(
        "min_evaluators" / borsh.U8,
        "max_evaluators" / borsh.U8,
        "evaluator_bps" / borsh.U16,
        "floor" / borsh.U16,
        "band" / borsh.U16,
        "audit_one_in" / borsh.U16,
    )
    min_evaluators: int
    max_evaluators: int
    evaluator_bps: int
    floor: int
    band: int
    audit_one_in: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "Scoring":
        return cls(
            min_evaluators=obj.min_evaluators,
            max_evaluators=obj.max_evaluators,
            evaluator_bps=obj.evaluator_bps,
            floor=obj.floor,
            band=obj.band,
            audit_one_in=obj.audit_one_in,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "min_evaluators": self.min_evaluators,
            "max_evaluators": self.max_evaluators,
            "evaluator_bps": self.evaluator_bps,
            "floor": self.floor,
            "band": self.band,
            "audit_one_in": self.audit_one_in,
        }

    def to_json(self) -> ScoringJSON:
        return {
            "min_evaluators": self.min_evaluators,
            "max_evaluators": self.max_evaluators,
            "evaluator_bps": self.evaluator_bps,
            "floor": self.floor,
            "band": self.band,
            "audit_one_in": self.audit_one_in,
        }

    @classmethod
    def from_json(cls, obj: ScoringJSON) -> "Scoring":
        return cls(
            min_evaluators=obj["min_evaluators"],
            max_evaluators=obj["max_evaluators"],
            evaluator_bps=obj["evaluator_bps"],
            floor=obj["floor"],
            band=obj["band"],
            audit_one_in=obj["audit_one_in"],
        )
