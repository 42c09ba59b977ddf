from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class TrimmedMeanJSONValue(typing.TypedDict):
    trim: int


class TrimmedMeanValue(typing.TypedDict):
    trim: int


class MeanJSON(typing.TypedDict):
    kind: typing.Literal["Mean"]


class TrimmedMeanJSON(typing.TypedDict):
    value: TrimmedMeanJSONValue
    kind: typing.Literal["TrimmedMean"]


class MedianJSON(typing.TypedDict):
    kind: typing.Literal["Median"]


@dataclass
class Mean:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Mean"

    @classmethod
    def to_json(cls) -> MeanJSON:
        return MeanJSON(
            kind="Mean",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Mean": {},
        }


@dataclass
class TrimmedMean:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "TrimmedMean"
    value: TrimmedMeanValue

    def to_json(self) -> TrimmedMeanJSON:
        return TrimmedMeanJSON(
            kind="TrimmedMean",
            value={
                "trim": self.value["trim"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "TrimmedMean": {
                "trim": self.value["trim"],
            },
        }


@dataclass
class Median:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Median"

    @classmethod
    def to_json(cls) -> MedianJSON:
        return MedianJSON(
            kind="Median",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Median": {},
        }


AggregationRuleKind = typing.Union[Mean, TrimmedMean, Median]
AggregationRuleJSON = typing.Union[MeanJSON, TrimmedMeanJSON, MedianJSON]


def from_decoded(obj: dict) -> AggregationRuleKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Mean" in obj:
        return Mean()
    if "TrimmedMean" in obj:
        val = obj["TrimmedMean"]
        return TrimmedMean(
            TrimmedMeanValue(
                trim=val["trim"],
            )
        )
    if "Median" in obj:
        return Median()
    raise ValueError("Invalid enum object")


def from_json(obj: AggregationRuleJSON) -> AggregationRuleKind:
    if obj["kind"] == "Mean":
        return Mean()
    if obj["kind"] == "TrimmedMean":
        trimmed_mean_json_value = typing.cast(TrimmedMeanJSONValue, obj["value"])
        return TrimmedMean(
            TrimmedMeanValue(
                trim=trimmed_mean_json_value["trim"],
            )
        )
    if obj["kind"] == "Median":
        return Median()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Mean" / borsh.CStruct(),
    "TrimmedMean" / borsh.CStruct("trim" / borsh.U32),
    "Median" / borsh.CStruct(),
)
