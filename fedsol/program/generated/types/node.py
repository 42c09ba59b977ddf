from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class NodeJSON(typing.TypedDict):
    hash: list[int]
    sum: int


@dataclass
class Node:
    layout: typing.ClassVar = borsh.CStruct("hash" / ByteArray(32), "sum" / borsh.U64)
    hash: list[int]
    sum: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "Node":
        return cls(hash=obj.hash, sum=obj.sum)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"hash": self.hash, "sum": self.sum}

    def to_json(self) -> NodeJSON:
        return {"hash": self.hash, "sum": self.sum}

    @classmethod
    def from_json(cls, obj: NodeJSON) -> "Node":
        return cls(hash=obj["hash"], sum=obj["sum"])
