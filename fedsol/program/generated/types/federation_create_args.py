from __future__ import annotations
from . import (
    params,
)
import typing
from dataclasses import dataclass
from construct import Container
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray


class FederationCreateArgsJSON(typing.TypedDict):
    name: str
    genesis: list[int]
    architecture_hash: list[int]
    agreement_hash: list[int]
    model_root: list[int]
    model_artifact: list[int]
    parameter_count: int
    params: params.ParamsJSON


@dataclass
class FederationCreateArgs:
    layout: typing.ClassVar = borsh.CStruct(
        "name" / borsh.String,
        "genesis" / ByteArray(32),
        "architecture_hash" / ByteArray(32),
        "agreement_hash" / ByteArray(32),
        "model_root" / ByteArray(32),
        "model_artifact" / ByteArray(32),
        "parameter_count" / borsh.U32,
        "params" / params.Params.layout,
    )
    name: str
    genesis: list[int]
    architecture_hash: list[int]
    agreement_hash: list[int]
    model_root: list[int]
    model_artifact: list[int]
    parameter_count: int
    params: params.Params

    @classmethod
    def from_decoded(cls, obj: Container) -> "FederationCreateArgs":
        return cls(
            name=obj.name,
            genesis=obj.genesis,
            architecture_hash=obj.architecture_hash,
            agreement_hash=obj.agreement_hash,
            model_root=obj.model_root,
            model_artifact=obj.model_artifact,
            parameter_count=obj.parameter_count,
            params=params.Params.from_decoded(obj.params),
        )

    def to_encodable(self) -> dict[str, typing.Any]:
        return {
            "name": self.name,
            "genesis": self.genesis,
            "architecture_hash": self.architecture_hash,
            "agreement_hash": self.agreement_hash,
            "model_root": self.model_root,
            "model_artifact": self.model_artifact,
            "parameter_count": self.parameter_count,
            "params": self.params.to_encodable(),
        }

    def to_json(self) -> FederationCreateArgsJSON:
        return {
            "name": self.name,
            "genesis": self.genesis,
            "architecture_hash": self.architecture_hash,
            "agreement_hash": self.agreement_hash,
            "model_root": self.model_root,
            "model_artifact": self.model_artifact,
            "parameter_count": self.parameter_count,
            "params": self.params.to_json(),
        }

    @classmethod
    def from_json(cls, obj: FederationCreateArgsJSON) -> "FederationCreateArgs":
        return cls(
            name=obj["name"],
            genesis=obj["genesis"],
            architecture_hash=obj["architecture_hash"],
            agreement_hash=obj["agreement_hash"],
            model_root=obj["model_root"],
            model_artifact=obj["model_artifact"],
            parameter_count=obj["parameter_count"],
            params=params.Params.from_json(obj["params"]),
        )
