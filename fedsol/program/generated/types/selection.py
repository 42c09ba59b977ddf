from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class SelectionJSON(typing.TypedDict):
    root: list[int]
    artifact: list[int]


@dataclass
class Selection:
    layout: typing.ClassVar = borsh.CStruct(
        "root" / ByteArray(32), "artifact" / ByteArray(32)
    )
    root: list[int]
    artifact: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "Selection":
        return cls(root=obj.root, artifact=obj.artifact)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"root": self.root, "artifact": self.artifact}

    def to_json(self) -> SelectionJSON:
        return {"root": self.root, "artifact": self.artifact}

    @classmethod
    def from_json(cls, obj: SelectionJSON) -> "Selection":
        return cls(root=obj["root"], artifact=obj["artifact"])
