from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class CommittedJSON(typing.TypedDict):
    kind: typing.Literal["Committed"]


class DisplacedJSON(typing.TypedDict):
    kind: typing.Literal["Displaced"]


class RevealedJSON(typing.TypedDict):
    kind: typing.Literal["Revealed"]


class DoneJSON(typing.TypedDict):
    kind: typing.Literal["Done"]


class FaultedJSON(typing.TypedDict):
    kind: typing.Literal["Faulted"]


@dataclass
class Committed:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Committed"

    @classmethod
    def to_json(cls) -> CommittedJSON:
        return CommittedJSON(
            kind="Committed",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Committed": {},
        }


@dataclass
class Displaced:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Displaced"

    @classmethod
    def to_json(cls) -> DisplacedJSON:
        return DisplacedJSON(
            kind="Displaced",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Displaced": {},
        }


@dataclass
class Revealed:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Revealed"

    @classmethod
    def to_json(cls) -> RevealedJSON:
        return RevealedJSON(
            kind="Revealed",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Revealed": {},
        }


@dataclass
class Done:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "Done"

    @classmethod
    def to_json(cls) -> DoneJSON:
        return DoneJSON(
            kind="Done",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Done": {},
        }


@dataclass
class Faulted:
    discriminator: typing.ClassVar = 4
    kind: typing.ClassVar = "Faulted"

    @classmethod
    def to_json(cls) -> FaultedJSON:
        return FaultedJSON(
            kind="Faulted",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Faulted": {},
        }


EvaluationStatusKind = typing.Union[Committed, Displaced, Revealed, Done, Faulted]
EvaluationStatusJSON = typing.Union[
    CommittedJSON, DisplacedJSON, RevealedJSON, DoneJSON, FaultedJSON
]


def from_decoded(obj: dict) -> EvaluationStatusKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Committed" in obj:
        return Committed()
    if "Displaced" in obj:
        return Displaced()
    if "Revealed" in obj:
        return Revealed()
    if "Done" in obj:
        return Done()
    if "Faulted" in obj:
        return Faulted()
    raise ValueError("Invalid enum object")


def from_json(obj: EvaluationStatusJSON) -> EvaluationStatusKind:
    if obj["kind"] == "Committed":
        return Committed()
    if obj["kind"] == "Displaced":
        return Displaced()
    if obj["kind"] == "Revealed":
        return Revealed()
    if obj["kind"] == "Done":
        return Done()
    if obj["kind"] == "Faulted":
        return Faulted()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Committed" / borsh.CStruct(),
    "Displaced" / borsh.CStruct(),
    "Revealed" / borsh.CStruct(),
    "Done" / borsh.CStruct(),
    "Faulted" / borsh.CStruct(),
)
