from __future__ import annotations
from . import (
    part,
)
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class EvidenceArgsJSON(typing.TypedDict):
    part: part.PartJSON
    place: int
    chunk: list[int]
    declared: int
    siblings: list[int]


@dataclass
class EvidenceArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "part" / part.layout,
        "place" / borsh.U32,
        "chunk" / borsh.Bytes,
        "declared" / borsh.U64,
        "siblings" / borsh.Bytes,
    )
    part: part.PartKind
    place: int
    chunk: bytes
    declared: int
    siblings: bytes

    @classmethod
    def from_decoded(cls, obj: Container) -> "EvidenceArgs":
        return cls(
            part=part.from_decoded(obj.part),
            place=obj.place,
            chunk=obj.chunk,
            declared=obj.declared,
            siblings=obj.siblings,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "part": self.part.to_encodable(),
            "place": self.place,
            "chunk": self.chunk,
            "declared": self.declared,
            "siblings": self.siblings,
        }

    def to_json(self) -> EvidenceArgsJSON:
        return {
            "part": self.part.to_json(),
            "place": self.place,
            "chunk": list(self.chunk),
            "declared": self.declared,
            "siblings": list(self.siblings),
        }

    @classmethod
    def from_json(cls, obj: EvidenceArgsJSON) -> "EvidenceArgs":
        return cls(
            part=part.from_json(obj["part"]),
            place=obj["place"],
            chunk=bytes(obj["chunk"]),
            declared=obj["declared"],
            siblings=bytes(obj["siblings"]),
        )
