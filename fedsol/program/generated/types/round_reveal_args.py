from __future__ import annotations
from . import (
    update,
)
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class RoundRevealArgsJSON(typing.TypedDict):
    update: update.UpdateJSON
    salt: list[int]


@dataclass
class RoundRevealArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "update" / update.Update.layout, "salt" / ByteArray(32)
    )
    update: update.Update
    salt: list[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "RoundRevealArgs":
        return cls(update=update.Update.from_decoded(obj.update), salt=obj.salt)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"update": self.update.to_encodable(), "salt": self.salt}

    def to_json(self) -> RoundRevealArgsJSON:
        return {"update": self.update.to_json(), "salt": self.salt}

    @classmethod
    def from_json(cls, obj: RoundRevealArgsJSON) -> "RoundRevealArgs":
        return cls(update=update.Update.from_json(obj["update"]), salt=obj["salt"])
