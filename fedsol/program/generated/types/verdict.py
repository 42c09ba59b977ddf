from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class OpenJSON(typing.TypedDict):
    kind: typing.Literal["Open"]


class ConvictedJSON(typing.TypedDict):
    kind: typing.Literal["Convicted"]


class AcquittedJSON(typing.TypedDict):
    kind: typing.Literal["Acquitted"]


class MootJSON(typing.TypedDict):
    kind: typing.Literal["Moot"]


@dataclass
class Open:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Open"

    @classmethod
    def to_json(cls) -> OpenJSON:
        return OpenJSON(
            kind="Open",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Open": {},
        }


@dataclass
class Convicted:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Convicted"

    @classmethod
    def to_json(cls) -> ConvictedJSON:
        return ConvictedJSON(
            kind="Convicted",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Convicted": {},
        }


@dataclass
class Acquitted:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Acquitted"

    @classmethod
    def to_json(cls) -> AcquittedJSON:
        return AcquittedJSON(
            kind="Acquitted",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Acquitted": {},
        }


@dataclass
class Moot:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "Moot"

    @classmethod
    def to_json(cls) -> MootJSON:
        return MootJSON(
            kind="Moot",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Moot": {},
        }


VerdictKind = typing.Union[Open, Convicted, Acquitted, Moot]
VerdictJSON = typing.Union[OpenJSON, ConvictedJSON, AcquittedJSON, MootJSON]


def from_decoded(obj: dict) -> VerdictKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Open" in obj:
        return Open()
    if "Convicted" in obj:
        return Convicted()
    if "Acquitted" in obj:
        return Acquitted()
    if "Moot" in obj:
        return Moot()
    raise ValueError("Invalid enum object")


def from_json(obj: VerdictJSON) -> VerdictKind:
    if obj["kind"] == "Open":
        return Open()
    if obj["kind"] == "Convicted":
        return Convicted()
    if obj["kind"] == "Acquitted":
        return Acquitted()
    if obj["kind"] == "Moot":
        return Moot()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Open" / borsh.CStruct(),
    "Convicted" / borsh.CStruct(),
    "Acquitted" / borsh.CStruct(),
    "Moot" / borsh.CStruct(),
)
