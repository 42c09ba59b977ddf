from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class IncompleteJSON(typing.TypedDict):
    kind: typing.Literal["Incomplete"]


class ProvesJSON(typing.TypedDict):
    kind: typing.Literal["Proves"]


class RefutesJSON(typing.TypedDict):
    kind: typing.Literal["Refutes"]


@dataclass
class Incomplete:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Incomplete"

    @classmethod
    def to_json(cls) -> IncompleteJSON:
        return IncompleteJSON(
            kind="Incomplete",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Incomplete": {},
        }


@dataclass
class Proves:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Proves"

    @classmethod
    def to_json(cls) -> ProvesJSON:
        return ProvesJSON(
            kind="Proves",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Proves": {},
        }


@dataclass
class Refutes:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Refutes"

    @classmethod
    def to_json(cls) -> RefutesJSON:
        return RefutesJSON(
            kind="Refutes",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Refutes": {},
        }


EvidenceKind = typing.Union[Incomplete, Proves, Refutes]
EvidenceJSON = typing.Union[IncompleteJSON, ProvesJSON, RefutesJSON]


def from_decoded(obj: dict) -> EvidenceKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Incomplete" in obj:
        return Incomplete()
    if "Proves" in obj:
        return Proves()
    if "Refutes" in obj:
        return Refutes()
    raise ValueError("Invalid enum object")


def from_json(obj: EvidenceJSON) -> EvidenceKind:
    if obj["kind"] == "Incomplete":
        return Incomplete()
    if obj["kind"] == "Proves":
        return Proves()
    if obj["kind"] == "Refutes":
        return Refutes()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Incomplete" / borsh.CStruct(),
    "Proves" / borsh.CStruct(),
    "Refutes" / borsh.CStruct(),
)
