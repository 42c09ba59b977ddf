from __future__ import annotations
from . import (
    deadline,
)
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh


class UnbondingJSON(typing.TypedDict):
    amount: int
    release: deadline.DeadlineJSON
    round: int


@dataclass
class Unbonding:
    layout: typing.ClassVar = borsh.CStruct(
        "amount" / borsh.U64, "release" / deadline.Deadline.layout, "round" / borsh.U64
    )
    amount: int
    release: deadline.Deadline
    round: int

    @classmethod
    def from_decoded(cls, obj: Container) -> "Unbonding":
        return cls(
            amount=obj.amount,
            release=deadline.Deadline.from_decoded(obj.release),
            round=obj.round,
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "amount": self.amount,
            "release": self.release.to_encodable(),
            "round": self.round,
        }

    def to_json(self) -> UnbondingJSON:
        return {
            "amount": self.amount,
            "release": self.release.to_json(),
            "round": self.round,
        }

    @classmethod
    def from_json(cls, obj: UnbondingJSON) -> "Unbonding":
        return cls(
            amount=obj["amount"],
            release=deadline.Deadline.from_json(obj["release"]),
            round=obj["round"],
        )
