from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class MeasureArgsJSON(typing.TypedDict):
    position: int
    bytes: list[int]


@dataclass
class MeasureArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "position" / borsh.U32, "bytes" / borsh.Bytes
    )
    position: int
    bytes: bytes

    @classmethod
    def from_decoded(cls, obj: Container) -> "MeasureArgs":
        return cls(position=obj.position, bytes=obj.bytes)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"position": self.position, "bytes": self.bytes}

    def to_json(self) -> MeasureArgsJSON:
        return {"position": self.position, "bytes": list(self.bytes)}

    @classmethod
    def from_json(cls, obj: MeasureArgsJSON) -> "MeasureArgs":
        return cls(position=obj["position"], bytes=bytes(obj["bytes"]))
