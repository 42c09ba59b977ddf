from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class AuditRevealArgsJSON(typing.TypedDict):
    secret: list[int]
    amplitude: int


@dataclass
class AuditRevealArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "secret" / ByteArray(32), "amplitude" / borsh.U16
    )
    secret: list[int]
    amplitude: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "AuditRevealArgs":
        return cls(secret=obj.secret, amplitude=obj.amplitude)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"secret": self.secret, "amplitude": self.amplitude}

    def to_json(self) -> AuditRevealArgsJSON:
        return {"secret": self.secret, "amplitude": self.amplitude}

    @classmethod
    def from_json(cls, obj: AuditRevealArgsJSON) -> "AuditRevealArgs":
        return cls(secret=obj["secret"], amplitude=obj["amplitude"])
