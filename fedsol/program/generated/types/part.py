from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class UpdateJSON(typing.TypedDict):
    kind: typing.Literal["Update"]


class BaseJSON(typing.TypedDict):
    kind: typing.Literal["Base"]


class PostedJSON(typing.TypedDict):
    kind: typing.Literal["Posted"]


class SelectionJSON(typing.TypedDict):
    kind: typing.Literal["Selection"]


@dataclass
class Update:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Update"

    @classmethod
    def to_json(cls) -> UpdateJSON:
        return UpdateJSON(
            kind="Update",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Update": {},
        }


@dataclass
class Base:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Base"

    @classmethod
    def to_json(cls) -> BaseJSON:
        return BaseJSON(
            kind="Base",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Base": {},
        }


@dataclass
class Posted:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Posted"

    @classmethod
    def to_json(cls) -> PostedJSON:
        return PostedJSON(
            kind="Posted",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Posted": {},
        }


@dataclass
class Selection:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "Selection"

    @classmethod
    def to_json(cls) -> SelectionJSON:
        return SelectionJSON(
            kind="Selection",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Selection": {},
        }


PartKind = typing.Union[Update, Base, Posted, Selection]
PartJSON = typing.Union[UpdateJSON, BaseJSON, PostedJSON, SelectionJSON]


def from_decoded(obj: dict) -> PartKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Update" in obj:
        return Update()
    if "Base" in obj:
        return Base()
    if "Posted" in obj:
        return Posted()
    if "Selection" in obj:
        return Selection()
    raise ValueError("Invalid enum object")


def from_json(obj: PartJSON) -> PartKind:
    if obj["kind"] == "Update":
        return Update()
    if obj["kind"] == "Base":
        return Base()
    if obj["kind"] == "Posted":
        return Posted()
    if obj["kind"] == "Selection":
        return Selection()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Update" / borsh.CStruct(),
    "Base" / borsh.CStruct(),
    "Posted" / borsh.CStruct(),
    "Selection" / borsh.CStruct(),
)
