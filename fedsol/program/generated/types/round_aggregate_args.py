from __future__ import annotations
from . import (
    selection,
)
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class RoundAggregateArgsJSON(typing.TypedDict):
    new_model_root: list[int]
    new_model_artifact: list[int]
    accepted: typing.Optional[int]
    selection: typing.Optional[selection.SelectionJSON]


@dataclass
class RoundAggregateArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "new_model_root" / ByteArray(32),
        "new_model_artifact" / ByteArray(32),
        "accepted" / borsh.Option(borsh.U32),
        "selection" / borsh.Option(selection.Selection.layout),
    )
    new_model_root: list[int]
    new_model_artifact: list[int]
    accepted: typing.Optional[int]
    selection: typing.Optional[selection.Selection]

    @classmethod
    def from_decoded(cls, obj: Container) -> "RoundAggregateArgs":
        return cls(
            new_model_root=obj.new_model_root,
            new_model_artifact=obj.new_model_artifact,
            accepted=obj.accepted,
            selection=(
                None
                if obj.selection is None
                else selection.Selection.from_decoded(obj.selection)
            ),
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "new_model_root": self.new_model_root,
            "new_model_artifact": self.new_model_artifact,
            "accepted": self.accepted,
            "selection": (
                None if self.selection is None else self.selection.to_encodable()
            ),
        }

    def to_json(self) -> RoundAggregateArgsJSON:
        return {
            "new_model_root": self.new_model_root,
            "new_model_artifact": self.new_model_artifact,
            "accepted": self.accepted,
            "selection": (None if self.selection is None else self.selection.to_json()),
        }

    @classmethod
    def from_json(cls, obj: RoundAggregateArgsJSON) -> "RoundAggregateArgs":
        return cls(
            new_model_root=obj["new_model_root"],
            new_model_artifact=obj["new_model_artifact"],
            accepted=obj["accepted"],
            selection=(
                None
                if obj["selection"] is None
                else selection.Selection.from_json(obj["selection"])
            ),
        )
