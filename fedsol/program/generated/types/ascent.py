from __future__ import annotations
from . import (
    climb,
    part,
)
import typing
from dataclasses import dataclass
from construct import Container
from solders.pubkey import Pubkey
from anchorpy.borsh_extension import BorshPubkey
import borsh_construct as borsh


class AscentJSON(typing.TypedDict):
    part: part.PartJSON
    submission: str
    value: int
    faulty: bool
    climb: climb.ClimbJSON


@dataclass
class Ascent:
    layout: typing.ClassVar = borsh.CStruct(
        "part" / part.layout,
        "submission" / BorshPubkey,
        "value" / borsh.I32,
        "faulty" / borsh.Bool,
        "climb" / climb.Climb.layout,
    )
    part: part.PartKind
    submission: Pubkey
    value: int
    faulty: bool
    climb: climb.Climb

    @classmethod
    def from_decoded(cls, obj: Container) -> "Ascent":
        return cls(
            part=part.from_decoded(obj.part),
            submission=obj.submission,
            value=obj.value,
            faulty=obj.faulty,
            climb=climb.Climb.from_decoded(obj.climb),
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "part": self.part.to_encodable(),
            "submission": self.submission,
            "value": self.value,
            "faulty": self.faulty,
            "climb": self.climb.to_encodable(),
        }

    def to_json(self) -> AscentJSON:
        return {
            "part": self.part.to_json(),
            "submission": str(self.submission),
            "value": self.value,
            "faulty": self.faulty,
            "climb": self.climb.to_json(),
        }

    @classmethod
    def from_json(cls, obj: AscentJSON) -> "Ascent":
        return cls(
            part=part.from_json(obj["part"]),
            submission=Pubkey.from_string(obj["submission"]),
            value=obj["value"],
            faulty=obj["faulty"],
            climb=climb.Climb.from_json(obj["climb"]),
        )
