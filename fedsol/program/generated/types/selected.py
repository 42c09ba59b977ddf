from __future__ import annotations
from . import (
    aggregation_rule,
)
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class SelectedJSON(typing.TypedDict):
    rule: aggregation_rule.AggregationRuleJSON
    root: list[int]
    accepted: int
    shown: int
    entry: typing.Optional[int]
    measured: typing.Optional[int]
    position: int
    distance: int


@dataclass
class Selected:
    layout: typing.ClassVar = borsh.CStruct(
        "rule" / aggregation_rule.layout,
        "root" / ByteArray(32),
        "accepted" / borsh.U32,
        "shown" / borsh.U32,
        "entry" / borsh.Option(borsh.U64),
        "measured" / borsh.Option(borsh.U64),
        "position" / borsh.U32,
        "distance" / borsh.U64,
    )
    rule: aggregation_rule.AggregationRuleKind
    root: list[int]
    accepted: int
    shown: int
    entry: typing.Optional[int]
    measured: typing.Optional[int]
    position: int
    distance: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "Selected":
        return cls(
            rule=aggregation_rule.from_decoded(obj.rule),
            root=obj.root,
            accepted=obj.accepted,
            shown=obj.shown,
            entry=obj.entry,
            measured=obj.measured,
            position=obj.position,
            distance=obj.distance,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "rule": self.rule.to_encodable(),
            "root": self.root,
            "accepted": self.accepted,
            "shown": self.shown,
            "entry": self.entry,
            "measured": self.measured,
            "position": self.position,
            "distance": self.distance,
        }

    def to_json(self) -> SelectedJSON:
        return {
            "rule": self.rule.to_json(),
            "root": self.root,
            "accepted": self.accepted,
            "shown": self.shown,
            "entry": self.entry,
            "measured": self.measured,
            "position": self.position,
            "distance": self.distance,
        }

    @classmethod
    def from_json(cls, obj: SelectedJSON) -> "Selected":
        return cls(
            rule=aggregation_rule.from_json(obj["rule"]),
            root=obj["root"],
            accepted=obj["accepted"],
            shown=obj["shown"],
            entry=obj["entry"],
            measured=obj["measured"],
            position=obj["position"],
            distance=obj["distance"],
        )
