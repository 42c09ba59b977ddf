from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class DemandAnswerArgsJSON(typing.TypedDict):
    chunk: list[int]
    siblings: list[int]


@dataclass
class DemandAnswerArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "chunk" / borsh.Bytes, "siblings" / borsh.Bytes
    )
    chunk: bytes
    siblings: bytes

    @classmethod
    def from_decoded(cls, obj: Container) -> "DemandAnswerArgs":
        return cls(chunk=obj.chunk, siblings=obj.siblings)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"chunk": self.chunk, "siblings": self.siblings}

    def to_json(self) -> DemandAnswerArgsJSON:
        return {"chunk": list(self.chunk), "siblings": list(self.siblings)}

    @classmethod
    def from_json(cls, obj: DemandAnswerArgsJSON) -> "DemandAnswerArgs":
        return cls(chunk=bytes(obj["chunk"]), siblings=bytes(obj["siblings"]))
