from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class WindowJSON(typing.TypedDict):
    seconds: int
    slots: int


@dataclass
class Window:
    layout: typing.ClassVar = borsh.CStruct("seconds" / borsh.U32, "slots" / borsh.U32)
    seconds: int
    slots: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "Window":
        return cls(seconds=obj.seconds, slots=obj.slots)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"seconds": self.seconds, "slots": self.slots}

    def to_json(self) -> WindowJSON:
        return {"seconds": self.seconds, "slots": self.slots}

    @classmethod
    def from_json(cls, obj: WindowJSON) -> "Window":
        return cls(seconds=obj["seconds"], slots=obj["slots"])
