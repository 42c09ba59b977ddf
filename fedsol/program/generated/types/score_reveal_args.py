from __future__ import annotations
import typing
from dataclasses import dataclass
from construct import Container, Construct
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class ScoreRevealArgsJSON(typing.TypedDict):
    from_: int
    scores: list[int]
    salt: typing.Optional[list[int]]


@dataclass
class ScoreRevealArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "from_" / borsh.U32,
        "scores" / borsh.Vec(typing.cast(Construct, borsh.U16)),
        "salt" / borsh.Option(ByteArray(32)),
    )
    from_: int
    scores: list[int]
    salt: typing.Optional[list[int]]

    @classmethod
    def from_decoded(cls, obj: Container) -> "ScoreRevealArgs":
        return cls(from_=obj.from_, scores=obj.scores, salt=obj.salt)

    def to_encodable(self) -> dict[str, typing.Any]:
        return {"from_": self.from_, "scores": self.scores, "salt": self.salt}

    def to_json(self) -> ScoreRevealArgsJSON:
        return {"from_": self.from_, "scores": self.scores, "salt": self.salt}

    @classmethod
    def from_json(cls, obj: ScoreRevealArgsJSON) -> "ScoreRevealArgs":
        return cls(from_=obj["from"], scores=obj["scores"], salt=obj["salt"])
