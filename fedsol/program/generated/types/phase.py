from __future__ import annotations
import typing
from dataclasses import dataclass
from anchorpy.borsh_extension import EnumForCodegen
import borsh_construct as borsh


class CommitJSON(typing.TypedDict):
    kind: typing.Literal["Commit"]


class RevealJSON(typing.TypedDict):
    kind: typing.Literal["Reveal"]


class ScoreJSON(typing.TypedDict):
    kind: typing.Literal["Score"]


class ScoreRevealJSON(typing.TypedDict):
    kind: typing.Literal["ScoreReveal"]


class TallyJSON(typing.TypedDict):
    kind: typing.Literal["Tally"]


class AggregateJSON(typing.TypedDict):
    kind: typing.Literal["Aggregate"]


class ChallengeJSON(typing.TypedDict):
    kind: typing.Literal["Challenge"]


class SettledJSON(typing.TypedDict):
    kind: typing.Literal["Settled"]


class AbortedJSON(typing.TypedDict):
    kind: typing.Literal["Aborted"]


class ShareJSON(typing.TypedDict):
    kind: typing.Literal["Share"]


@dataclass
class Commit:
    discriminator: typing.ClassVar = 0
    kind: typing.ClassVar = "Commit"

    @classmethod
    def to_json(cls) -> CommitJSON:
        return CommitJSON(
            kind="Commit",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Commit": {},
        }


@dataclass
class Reveal:
    discriminator: typing.ClassVar = 1
    kind: typing.ClassVar = "Reveal"

    @classmethod
    def to_json(cls) -> RevealJSON:
        return RevealJSON(
            kind="Reveal",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Reveal": {},
        }


@dataclass
class Score:
    discriminator: typing.ClassVar = 2
    kind: typing.ClassVar = "Score"

    @classmethod
    def to_json(cls) -> ScoreJSON:
        return ScoreJSON(
            kind="Score",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Score": {},
        }


@dataclass
class ScoreReveal:
    discriminator: typing.ClassVar = 3
    kind: typing.ClassVar = "ScoreReveal"

    @classmethod
    def to_json(cls) -> ScoreRevealJSON:
        return ScoreRevealJSON(
            kind="ScoreReveal",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "ScoreReveal": {},
        }


@dataclass
class Tally:
    discriminator: typing.ClassVar = 4
    kind: typing.ClassVar = "Tally"

    @classmethod
    def to_json(cls) -> TallyJSON:
        return TallyJSON(
            kind="Tally",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Tally": {},
        }


@dataclass
class Aggregate:
    discriminator: typing.ClassVar = 5
    kind: typing.ClassVar = "Aggregate"

    @classmethod
    def to_json(cls) -> AggregateJSON:
        return AggregateJSON(
            kind="Aggregate",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Aggregate": {},
        }


@dataclass
class Challenge:
    discriminator: typing.ClassVar = 6
    kind: typing.ClassVar = "Challenge"

    @classmethod
    def to_json(cls) -> ChallengeJSON:
        return ChallengeJSON(
            kind="Challenge",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Challenge": {},
        }


@dataclass
class Settled:
    discriminator: typing.ClassVar = 7
    kind: typing.ClassVar = "Settled"

    @classmethod
    def to_json(cls) -> SettledJSON:
        return SettledJSON(
            kind="Settled",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Settled": {},
        }


@dataclass
class Aborted:
    discriminator: typing.ClassVar = 8
    kind: typing.ClassVar = "Aborted"

    @classmethod
    def to_json(cls) -> AbortedJSON:
        return AbortedJSON(
            kind="Aborted",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Aborted": {},
        }


@dataclass
class Share:
    discriminator: typing.ClassVar = 9
    kind: typing.ClassVar = "Share"

    @classmethod
    def to_json(cls) -> ShareJSON:
        return ShareJSON(
            kind="Share",
        )

    @classmethod
    def to_encodable(cls) -> dict:
        return {
            "Share": {},
        }


PhaseKind = typing.Union[
    Commit,
    Reveal,
    Score,
    ScoreReveal,
    Tally,
    Aggregate,
    Challenge,
    Settled,
    Aborted,
    Share,
]
PhaseJSON = typing.Union[
    CommitJSON,
    RevealJSON,
    ScoreJSON,
    ScoreRevealJSON,
    TallyJSON,
    AggregateJSON,
    ChallengeJSON,
    SettledJSON,
    AbortedJSON,
    ShareJSON,
]


def from_decoded(obj: dict) -> PhaseKind:
    if not isinstance(obj, dict):
        raise ValueError("Invalid enum object")
    if "Commit" in obj:
        return Commit()
    if "Reveal" in obj:
        return Reveal()
    if "Score" in obj:
        return Score()
    if "ScoreReveal" in obj:
        return ScoreReveal()
    if "Tally" in obj:
        return Tally()
    if "Aggregate" in obj:
        return Aggregate()
    if "Challenge" in obj:
        return Challenge()
    if "Settled" in obj:
        return Settled()
    if "Aborted" in obj:
        return Aborted()
    if "Share" in obj:
        return Share()
    raise ValueError("Invalid enum object")


def from_json(obj: PhaseJSON) -> PhaseKind:
    if obj["kind"] == "Commit":
        return Commit()
    if obj["kind"] == "Reveal":
        return Reveal()
    if obj["kind"] == "Score":
        return Score()
    if obj["kind"] == "ScoreReveal":
        return ScoreReveal()
    if obj["kind"] == "Tally":
        return Tally()
    if obj["kind"] == "Aggregate":
        return Aggregate()
    if obj["kind"] == "Challenge":
        return Challenge()
    if obj["kind"] == "Settled":
        return Settled()
    if obj["kind"] == "Aborted":
        return Aborted()
    if obj["kind"] == "Share":
        return Share()
    kind = obj["kind"]
    raise ValueError(f"Unrecognized enum kind: {kind}")


layout = EnumForCodegen(
    "Commit" / borsh.CStruct(),
    "Reveal" / borsh.CStruct(),
    "Score" / borsh.CStruct(),
    "ScoreReveal" / borsh.CStruct(),
    "Tally" / borsh.CStruct(),
    "Aggregate" / borsh.CStruct(),
    "Challenge" / borsh.CStruct(),
    "Settled" / borsh.CStruct(),
    "Aborted" / borsh.CStruct(),
    "Share" / borsh.CStruct(),
)
