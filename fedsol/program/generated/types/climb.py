from __future__ import annotations
from . import (
    node,
)
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class ClimbJSON(typing.TypedDict):
    node: node.NodeJSON
    position: int
    level: int
    overflowed: bool


@dataclass
class Climb:
    layout: typing.ClassVar = borsh.CStruct(
        "node" / node.Node.layout,
        "position" / borsh.U32,
        "level" / borsh.U8,
        "overflowed" / borsh.Bool,
    )
    node: node.Node
    position: int
    level: int
    overflowed: bool

    @classmethod
    def from_decoded(cls, obj: Container) -> "Climb":
        return cls(
            node=node.Node.from_decoded(obj.node),
            position=obj.position,
            level=obj.level,
            overflowed=obj.overflowed,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "node": self.node.to_encodable(),
            "position": self.position,
            "level": self.level,
            "overflowed": self.overflowed,
        }

    def to_json(self) -> ClimbJSON:
        return {
            "node": self.node.to_json(),
            "position": self.position,
            "level": self.level,
            "overflowed": self.overflowed,
        }

    @classmethod
    def from_json(cls, obj: ClimbJSON) -> "Climb":
        return cls(
            node=node.Node.from_json(obj["node"]),
            position=obj["position"],
            level=obj["level"],
            overflowed=obj["overflowed"],
        )
