from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class WrongAggregateJSONValue(typing.TypedDict):
    coordinate: int


class LyingNormJSONValue(typing.TypedDict):
    chunk: int


class FalsePlantJSONValue(typing.TypedDict):
    chunk: int


class UnavailableJSONValue(typing.TypedDict):
    chunk: int


class WrongSelectionJSONValue(typing.TypedDict):
    selected: int
    passed_over: int


class WrongDistanceJSONValue(typing.TypedDict):
    first: int
    second: int


class SelectionUnavailableJSONValue(typing.TypedDict):
    chunk: int


class WrongAggregateValue(typing.TypedDict):
    coordinate: int


class LyingNormValue(typing.TypedDict):
    chunk: int


class FalsePlantValue(typing.TypedDict):
    chunk: int


class UnavailableValue(typing.TypedDict):
    chunk: int


class WrongSelectionValue(typing.TypedDict):
    selected: int
    passed_over: int


class WrongDistanceValue(typing.TypedDict):
    first: int
    second: int


class SelectionUnavailableValue(typing.TypedDict):
    chunk: int


class WrongAggregateJSON(typing.TypedDict):
    value: WrongAggregateJSONValue
    kind: typing.Literal["WrongAggregate"]


class LyingNormJSON(typing.TypedDict):
    value: LyingNormJSONValue
    kind: typing.Literal["LyingNorm"]


class CopiedUpdateJSON(typing.TypedDict):
    kind: typing.Literal["CopiedUpdate"]


class FalsePlantJSON(typing.TypedDict):
    value: FalsePlantJSONValue
    kind: typing.Literal["FalsePlant"]


class UnavailableJSON(typing.TypedDict):
    value: UnavailableJSONValue
    kind: typing.Literal["Unavailable"]


class WrongWeightsJSON(typing.TypedDict):
    kind: typing.Literal["WrongWeights"]


class WrongSelectionJSON(typing.TypedDict):
    value: WrongSelectionJSONValue
    kind: typing.Literal["WrongSelection"]


class WrongDistanceJSON(typing.TypedDict):
    value: WrongDistanceJSONValue
    kind: typing.Literal["WrongDistance"]


class SelectionUnavailableJSON(typing.TypedDict):
    value: SelectionUnavailableJSONValue
    kind: typing.Literal["SelectionUnavailable"]


@dataclass
class WrongAggregate:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "WrongAggregate"
    value: WrongAggregateValue

    def to_json(self) -> WrongAggregateJSON:
        return WrongAggregateJSON(
            kind="WrongAggregate",
            value={
                "coordinate": self.value["coordinate"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "WrongAggregate": {
                "coordinate": self.value["coordinate"],
            },
        }


@dataclass
class LyingNorm:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "LyingNorm"
    value: LyingNormValue

    def to_json(self) -> LyingNormJSON:
        return LyingNormJSON(
            kind="LyingNorm",
            value={
                "chunk": self.value["chunk"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "LyingNorm": {
                "chunk": self.value["chunk"],
            },
        }


@dataclass
class CopiedUpdate:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "CopiedUpdate"

    @classmethod
    def to_json(cls) -> CopiedUpdateJSON:
        return CopiedUpdateJSON(
            kind="CopiedUpdate",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "CopiedUpdate": {},
        }


@dataclass
class FalsePlant:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "FalsePlant"
    value: FalsePlantValue

    def to_json(self) -> FalsePlantJSON:
        return FalsePlantJSON(
            kind="FalsePlant",
            value={
                "chunk": self.value["chunk"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "FalsePlant": {
                "chunk": self.value["chunk"],
            },
        }


@dataclass
class Unavailable:
    discriminator: typing.ClassVar = 4
    kind: typing.ClassVar = "Unavailable"
    value: UnavailableValue

    def to_json(self) -> UnavailableJSON:
        return UnavailableJSON(
            kind="Unavailable",
            value={
                "chunk": self.value["chunk"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "Unavailable": {
                "chunk": self.value["chunk"],
            },
        }


@dataclass
class WrongWeights:
    discriminator: typing.ClassVar = 5
    kind: typing.ClassVar = "WrongWeights"

    @classmethod
    def to_json(cls) -> WrongWeightsJSON:
        return WrongWeightsJSON(
            kind="WrongWeights",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "WrongWeights": {},
        }


@dataclass
class WrongSelection:
    discriminator: typing.ClassVar = 6
    kind: typing.ClassVar = "WrongSelection"
    value: WrongSelectionValue

    def to_json(self) -> WrongSelectionJSON:
        return WrongSelectionJSON(
            kind="WrongSelection",
            value={
                "selected": self.value["selected"],
                "passed_over": self.value["passed_over"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "WrongSelection": {
                "selected": self.value["selected"],
                "passed_over": self.value["passed_over"],
            },
        }


@dataclass
class WrongDistance:
    discriminator: typing.ClassVar = 7
    kind: typing.ClassVar = "WrongDistance"
    value: WrongDistanceValue

    def to_json(self) -> WrongDistanceJSON:
        return WrongDistanceJSON(
            kind="WrongDistance",
            value={
                "first": self.value["first"],
                "second": self.value["second"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "WrongDistance": {
                "first": self.value["first"],
                "second": self.value["second"],
            },
        }


@dataclass
class SelectionUnavailable:
    discriminator: typing.ClassVar = 8
    kind: typing.ClassVar = "SelectionUnavailable"
    value: SelectionUnavailableValue

    def to_json(self) -> SelectionUnavailableJSON:
        return SelectionUnavailableJSON(
            kind="SelectionUnavailable",
            value={
                "chunk": self.value["chunk"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "SelectionUnavailable": {
                "chunk": self.value["chunk"],
            },
        }


ChallengeKindKind = typing.Union[
    WrongAggregate,
    LyingNorm,
    CopiedUpdate,
    FalsePlant,
    Unavailable,
    WrongWeights,
    WrongSelection,
    WrongDistance,
    SelectionUnavailable,
]
ChallengeKindJSON = typing.Union[
    WrongAggregateJSON,
    LyingNormJSON,
    CopiedUpdateJSON,
    FalsePlantJSON,
    UnavailableJSON,
    WrongWeightsJSON,
    WrongSelectionJSON,
    WrongDistanceJSON,
    SelectionUnavailableJSON,
]


def from_decoded(obj: dict) -> ChallengeKindKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "WrongAggregate" in obj:
        val = obj["WrongAggregate"]
        return WrongAggregate(
            WrongAggregateValue(
                coordinate=val["coordinate"],
            )
        )
    if "LyingNorm" in obj:
        val = obj["LyingNorm"]
        return LyingNorm(
            LyingNormValue(
                chunk=val["chunk"],
            )
        )
    if "CopiedUpdate" in obj:
        return CopiedUpdate()
    if "FalsePlant" in obj:
        val = obj["FalsePlant"]
        return FalsePlant(
            FalsePlantValue(
                chunk=val["chunk"],
            )
        )
    if "Unavailable" in obj:
        val = obj["Unavailable"]
        return Unavailable(
            UnavailableValue(
                chunk=val["chunk"],
            )
        )
    if "WrongWeights" in obj:
        return WrongWeights()
    if "WrongSelection" in obj:
        val = obj["WrongSelection"]
        return WrongSelection(
            WrongSelectionValue(
                selected=val["selected"],
                passed_over=val["passed_over"],
            )
        )
    if "WrongDistance" in obj:
        val = obj["WrongDistance"]
        return WrongDistance(
            WrongDistanceValue(
                first=val["first"],
                second=val["second"],
            )
        )
    if "SelectionUnavailable" in obj:
        val = obj["SelectionUnavailable"]
        return SelectionUnavailable(
            SelectionUnavailableValue(
                chunk=val["chunk"],
            )
        )
    raise ValueError("Invalid enum object")


def from_json(obj: ChallengeKindJSON) -> ChallengeKindKind:
    if obj["kind"] == "WrongAggregate":
        wrong_aggregate_json_value = typing.cast(WrongAggregateJSONValue, obj["value"])
        return WrongAggregate(
            WrongAggregateValue(
                coordinate=wrong_aggregate_json_value["coordinate"],
            )
        )
    if obj["kind"] == "LyingNorm":
        lying_norm_json_value = typing.cast(LyingNormJSONValue, obj["value"])
        return LyingNorm(
            LyingNormValue(
                chunk=lying_norm_json_value["chunk"],
            )
        )
    if obj["kind"] == "CopiedUpdate":
        return CopiedUpdate()
    if obj["kind"] == "FalsePlant":
        false_plant_json_value = typing.cast(FalsePlantJSONValue, obj["value"])
        return FalsePlant(
            FalsePlantValue(
                chunk=false_plant_json_value["chunk"],
            )
        )
    if obj["kind"] == "Unavailable":
        unavailable_json_value = typing.cast(UnavailableJSONValue, obj["value"])
        return Unavailable(
            UnavailableValue(
                chunk=unavailable_json_value["chunk"],
            )
        )
    if obj["kind"] == "WrongWeights":
        return WrongWeights()
    if obj["kind"] == "WrongSelection":
        wrong_selection_json_value = typing.cast(WrongSelectionJSONValue, obj["value"])
        return WrongSelection(
            WrongSelectionValue(
                selected=wrong_selection_json_value["selected"],
                passed_over=wrong_selection_json_value["passed_over"],
            )
        )
    if obj["kind"] == "WrongDistance":
        wrong_distance_json_value = typing.cast(WrongDistanceJSONValue, obj["value"])
        return WrongDistance(
            WrongDistanceValue(
                first=wrong_distance_json_value["first"],
                second=wrong_distance_json_value["second"],
            )
        )
    if obj["kind"] == "SelectionUnavailable":
        selection_unavailable_json_value = typing.cast(
            SelectionUnavailableJSONValue, obj["value"]
        )
        return SelectionUnavailable(
            SelectionUnavailableValue(
                chunk=selection_unavailable_json_value["chunk"],
            )
        )
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "WrongAggregate" / borsh.CStruct("coordinate" / borsh.U32),
    "LyingNorm" / borsh.CStruct("chunk" / borsh.U32),
    "CopiedUpdate" / borsh.CStruct(),
    "FalsePlant" / borsh.CStruct("chunk" / borsh.U32),
    "Unavailable" / borsh.CStruct("chunk" / borsh.U32),
    "WrongWeights" / borsh.CStruct(),
    "WrongSelection" / borsh.CStruct("selected" / borsh.U32, "passed_over" / borsh.U32),
    "WrongDistance" / borsh.CStruct("first" / borsh.U32, "second" / borsh.U32),
    "SelectionUnavailable" / borsh.CStruct("chunk" / borsh.U32),
)
