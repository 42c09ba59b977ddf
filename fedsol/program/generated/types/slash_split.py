from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class SlashSplitJSON(typing.TypedDict):
    finder_bps: int
    treasury_bps: int


@dataclass
class SlashSplit:
    layout: typing.ClassVar = borsh.CStruct(
        "finder_bps" / borsh.U16, "treasury_bps" / borsh.U16
    )
    finder_bps: int
    treasury_bps: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "SlashSplit":
        return cls(finder_bps=obj.finder_bps, treasury_bps=obj.treasury_bps)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"finder_bps": self.finder_bps, "treasury_bps": self.treasury_bps}

    def to_json(self) -> SlashSplitJSON:
        return {"finder_bps": self.finder_bps, "treasury_bps": self.treasury_bps}

    @classmethod
    def from_json(cls, obj: SlashSplitJSON) -> "SlashSplit":
        return cls(finder_bps=obj["finder_bps"], treasury_bps=obj["treasury_bps"])
