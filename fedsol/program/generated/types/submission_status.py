from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class CommittedJSON(typing.TypedDict):
    kind: typing.Literal["Committed"]


class RevealedJSON(typing.TypedDict):
    kind: typing.Literal["Revealed"]


class RejectedJSON(typing.TypedDict):
    kind: typing.Literal["Rejected"]


class PlantedJSON(typing.TypedDict):
    kind: typing.Literal["Planted"]


class FaultedJSON(typing.TypedDict):
    kind: typing.Literal["Faulted"]


class SharedJSON(typing.TypedDict):
    kind: typing.Literal["Shared"]


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
class Revealed:
    discriminator: typing.ClassVar = 1
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
class Rejected:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Rejected"

    @classmethod
    def to_json(cls) -> RejectedJSON:
        return RejectedJSON(
            kind="Rejected",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Rejected": {},
        }


@dataclass
class Planted:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "Planted"

    @classmethod
    def to_json(cls) -> PlantedJSON:
        return PlantedJSON(
            kind="Planted",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Planted": {},
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


@dataclass
class Shared:
    discriminator: typing.ClassVar = 5
    kind: typing.ClassVar = "Shared"

    @classmethod
    def to_json(cls) -> SharedJSON:
        return SharedJSON(
            kind="Shared",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Shared": {},
        }


SubmissionStatusKind = typing.Union[
    Committed, Revealed, Rejected, Planted, Faulted, Shared
]
SubmissionStatusJSON = typing.Union[
    CommittedJSON, RevealedJSON, RejectedJSON, PlantedJSON, FaultedJSON, SharedJSON
]


def from_decoded(obj: dict) -> SubmissionStatusKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Committed" in obj:
        return Committed()
    if "Revealed" in obj:
        return Revealed()
    if "Rejected" in obj:
        return Rejected()
    if "Planted" in obj:
        return Planted()
    if "Faulted" in obj:
        return Faulted()
    if "Shared" in obj:
        return Shared()
    raise ValueError("Invalid enum object")


def from_json(obj: SubmissionStatusJSON) -> SubmissionStatusKind:
    if obj["kind"] == "Committed":
        return Committed()
    if obj["kind"] == "Revealed":
        return Revealed()
    if obj["kind"] == "Rejected":
        return Rejected()
    if obj["kind"] == "Planted":
        return Planted()
    if obj["kind"] == "Faulted":
        return Faulted()
    if obj["kind"] == "Shared":
        return Shared()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Committed" / borsh.CStruct(),
    "Revealed" / borsh.CStruct(),
    "Rejected" / borsh.CStruct(),
    "Planted" / borsh.CStruct(),
    "Faulted" / borsh.CStruct(),
    "Shared" / borsh.CStruct(),
)
