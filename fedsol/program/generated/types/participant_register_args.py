from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class ParticipantRegisterArgsJSON(typing.TypedDict):
    agreement: list[int]
    roles: int


@dataclass
class ParticipantRegisterArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "agreement" / ByteArray(32), "roles" / borsh.U8
    )
    agreement: list[int]
    roles: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "ParticipantRegisterArgs":
        return cls(agreement=obj.agreement, roles=obj.roles)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"agreement": self.agreement, "roles": self.roles}

    def to_json(self) -> ParticipantRegisterArgsJSON:
        return {"agreement": self.agreement, "roles": self.roles}

    @classmethod
    def from_json(cls, obj: ParticipantRegisterArgsJSON) -> "ParticipantRegisterArgs":
        return cls(agreement=obj["agreement"], roles=obj["roles"])
