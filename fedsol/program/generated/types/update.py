from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class UpdateJSON(typing.TypedDict):
    root: list[int]
    norm_squared: int
    artifact: list[int]


@dataclass
class Update:
    layout: typing.ClassVar = borsh.CStruct(
        "root" / ByteArray(32), "norm_squared" / borsh.U64, "artifact" / ByteArray(32)
    )
    root: list[int]
    norm_squared: int
    artifact: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "Update":
        return cls(root=obj.root, norm_squared=obj.norm_squared, artifact=obj.artifact)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "root": self.root,
            "norm_squared": self.norm_squared,
            "artifact": self.artifact,
        }

    def to_json(self) -> UpdateJSON:
        return {
            "root": self.root,
            "norm_squared": self.norm_squared,
            "artifact": self.artifact,
        }

    @classmethod
    def from_json(cls, obj: UpdateJSON) -> "Update":
        return cls(
            root=obj["root"], norm_squared=obj["norm_squared"], artifact=obj["artifact"]
        )
