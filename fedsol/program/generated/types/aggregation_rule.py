from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class TrimmedMeanJSONValue(typing.TypedDict):
    trim: int


class MultiKrumJSONValue(typing.TypedDict):
    byzantine: int
    keep: int


class MaskedJSONValue(typing.TypedDict):
    threshold_bps: int


class TrimmedMeanValue(typing.TypedDict):
    trim: int


class MultiKrumValue(typing.TypedDict):
    byzantine: int
    keep: int


class MaskedValue(typing.TypedDict):
    threshold_bps: int


class MeanJSON(typing.TypedDict):
    kind: typing.Literal["Mean"]


class TrimmedMeanJSON(typing.TypedDict):
    value: TrimmedMeanJSONValue
    kind: typing.Literal["TrimmedMean"]


class MedianJSON(typing.TypedDict):
    kind: typing.Literal["Median"]


class MultiKrumJSON(typing.TypedDict):
    value: MultiKrumJSONValue
    kind: typing.Literal["MultiKrum"]


class WeightedJSON(typing.TypedDict):
    kind: typing.Literal["Weighted"]


class MaskedJSON(typing.TypedDict):
    value: MaskedJSONValue
    kind: typing.Literal["Masked"]


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


@dataclass
class MultiKrum:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "MultiKrum"
    value: MultiKrumValue

    def to_json(self) -> MultiKrumJSON:
        return MultiKrumJSON(
            kind="MultiKrum",
            value={
                "byzantine": self.value["byzantine"],
                "keep": self.value["keep"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "MultiKrum": {
                "byzantine": self.value["byzantine"],
                "keep": self.value["keep"],
            },
        }


@dataclass
class Weighted:
    discriminator: typing.ClassVar = 4
    kind: typing.ClassVar = "Weighted"

    @classmethod
    def to_json(cls) -> WeightedJSON:
        return WeightedJSON(
            kind="Weighted",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Weighted": {},
        }


@dataclass
class Masked:
    discriminator: typing.ClassVar = 5
    kind: typing.ClassVar = "Masked"
    value: MaskedValue

    def to_json(self) -> MaskedJSON:
        return MaskedJSON(
            kind="Masked",
            value={
                "threshold_bps": self.value["threshold_bps"],
            },
        )

    def to_encodable(self) -> dict:
        return {
            "Masked": {
                "threshold_bps": self.value["threshold_bps"],
            },
        }


AggregationRuleKind = typing.Union[
    Mean, TrimmedMean, Median, MultiKrum, Weighted, Masked
]
AggregationRuleJSON = typing.Union[
    MeanJSON, TrimmedMeanJSON, MedianJSON, MultiKrumJSON, WeightedJSON, MaskedJSON
]


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
    if "MultiKrum" in obj:
        val = obj["MultiKrum"]
        return MultiKrum(
            MultiKrumValue(
                byzantine=val["byzantine"],
                keep=val["keep"],
            )
        )
    if "Weighted" in obj:
        return Weighted()
    if "Masked" in obj:
        val = obj["Masked"]
        return Masked(
            MaskedValue(
                threshold_bps=val["threshold_bps"],
            )
        )
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
    if obj["kind"] == "MultiKrum":
        multi_krum_json_value = typing.cast(MultiKrumJSONValue, obj["value"])
        return MultiKrum(
            MultiKrumValue(
                byzantine=multi_krum_json_value["byzantine"],
                keep=multi_krum_json_value["keep"],
            )
        )
    if obj["kind"] == "Weighted":
        return Weighted()
    if obj["kind"] == "Masked":
        masked_json_value = typing.cast(MaskedJSONValue, obj["value"])
        return Masked(
            MaskedValue(
                threshold_bps=masked_json_value["threshold_bps"],
            )
        )
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Mean" / borsh.CStruct(),
    "TrimmedMean" / borsh.CStruct("trim" / borsh.U32),
    "Median" / borsh.CStruct(),
    "MultiKrum" / borsh.CStruct("byzantine" / borsh.U32, "keep" / borsh.U32),
    "Weighted" / borsh.CStruct(),
    "Masked" / borsh.CStruct("threshold_bps" / borsh.U16),
)
