from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class RoundAggregateArgsJSON(typing.TypedDict):
    new_model_root: list[int]
    new_model_artifact: list[int]
    accepted: typing.Optional[int]


@dataclass
class RoundAggregateArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "new_model_root" / borsh.U8[32],
        "new_model_artifact" / borsh.U8[32],
        "accepted" / borsh.Option(borsh.U32),
    )
    new_model_root: list[int]
    new_model_artifact: list[int]
    accepted: typing.Optional[int]

    @classmethod
    def from_decoded(cls, obj: Container) -> "RoundAggregateArgs":
        return cls(
            new_model_root=obj.new_model_root,
            new_model_artifact=obj.new_model_artifact,
            accepted=obj.accepted,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "new_model_root": self.new_model_root,
            "new_model_artifact": self.new_model_artifact,
            "accepted": self.accepted,
        }

    def to_json(self) -> RoundAggregateArgsJSON:
        return {
            "new_model_root": self.new_model_root,
            "new_model_artifact": self.new_model_artifact,
            "accepted": self.accepted,
        }

    @classmethod
    def from_json(cls, obj: RoundAggregateArgsJSON) -> "RoundAggregateArgs":
        return cls(
            new_model_root=obj["new_model_root"],
            new_model_artifact=obj["new_model_artifact"],
            accepted=obj["accepted"],
        )
