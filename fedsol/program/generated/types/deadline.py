from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class DeadlineJSON(typing.TypedDict):
    time: int
    slot: int


@dataclass
class Deadline:
    layout: typing.ClassVar = borsh.CStruct("time" / borsh.I64, "slot" / borsh.U64)
    time: int
    slot: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "Deadline":
        return cls(time=obj.time, slot=obj.slot)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"time": self.time, "slot": self.slot}

    def to_json(self) -> DeadlineJSON:
        return {"time": self.time, "slot": self.slot}

    @classmethod
    def from_json(cls, obj: DeadlineJSON) -> "Deadline":
        return cls(time=obj["time"], slot=obj["slot"])
