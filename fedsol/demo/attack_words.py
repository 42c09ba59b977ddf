"""What happens to a cheat, in plain words: the claim, the evidence, the verdict, the payment."""

from dataclasses import dataclass
from typing import Any

from fedsol.demo.board import tokens

_BAR, _DONE, _OPEN = 7, "▰", "▱"


@dataclass
class Case:
    """A dispute under way. ``kind`` and ``verdict`` are as the events have them."""

    kind: Any
    challenger: str
    accused: str
    on_aggregate: bool
    bond: int
    attempt: int
    needed: int
    shown: int = 0
    verdict: Any = None

    @property
    def name(self) -> str:
        """The kind's name."""
        return type(self.kind).__name__

    @property
    def progress(self) -> str:
        """How far it is, in one line."""
        if self.verdict is not None:
            return f"{self.challenger} v. {self.accused}: decided"
        if self.name == "Unavailable":
            return f"{self.challenger} v. {self.accused}: waiting for the chunk"
        done = _BAR * self.shown // self.needed
        bar = _DONE * done + _OPEN * (_BAR - done)
        return f"{self.challenger} v. {self.accused}: evidence {bar} {self.shown} of {self.needed}"


def claim_of(case: Case) -> str:
    """Who noticed what, and what it puts on it."""
    who, whom, bond = case.challenger, case.accused, tokens(case.bond)
    what = "model" if case.on_aggregate else "update"
    place = next(
        (getattr(case.kind, at) for at in ("coordinate", "chunk") if hasattr(case.kind, at)), 0
    )
    match case.name:
        case "WrongAggregate":
            found = f"its number {place} is wrong"
            return f"the {who} has computed the model again: {found}, and puts up {bond}"
        case "LyingNorm":
            found = f"chunk {place} is longer than its leaf says"
            return f"the {who} has added up {whom}'s update: {found}, and puts up {bond}"
        case "CopiedUpdate":
            return f"the {who} sees one root twice: {whom} has the later, and puts up {bond}"
        case "FalsePlant":
            found = f"chunk {place} differs"
            return f"the {who} has made {whom}'s noise again: {found}, and puts up {bond}"
    # Whether the bytes are others or none at all, no event tells.
    found = f"nothing that has the root of {whom}'s {what}"
    return f"the {who} finds {found}: it demands chunk {place}, with a bond of {bond}"


def evidence_of(case: Case, part: Any, author: str) -> str:
    """Which piece of evidence has come."""
    what = {"Base": "the model before", "Posted": "the posted model"}
    piece = what.get(type(part).__name__, f"{author}'s update" if author else "the chunk")
    return f"{case.shown} of {case.needed}: {piece}, one chunk with its path"


def verdict_of(case: Case, bond: int) -> str:
    """What the program decided; ``bond`` is the aggregator's that is lost. Token units."""
    slash = case.verdict
    if not slash.proven:
        part = tokens(slash.to_finder)
        return f"not proved: of the {case.challenger}'s bond {case.accused} gets {part}"
    silence = "nothing was shown in time: " if case.name == "Unavailable" else ""
    fine = f"{tokens(slash.slashed - bond)} of its stake"
    whole = f"its bond of {tokens(bond)} and {fine}" if bond else fine
    return f"{silence}guilty, {case.accused} loses {whole}"


def payment(case: Case, closed: Any) -> str:
    """Who was paid what when the dispute was closed."""
    rest = f"{tokens(closed.to_treasury)} go to the treasury, {tokens(closed.burned)} are burned"
    if closed.paid == case.bond:
        return f"the {case.challenger} gets its bond of {tokens(case.bond)} back"
    if closed.paid < case.bond:
        return rest
    won = tokens(closed.paid - case.bond)
    bond = f"its bond of {tokens(case.bond)} back"
    return f"{won} go to the {case.challenger}, which gets {bond}; {rest}"


def expired(case: Case, data: Any) -> str:
    """How a dispute ended that was not decided."""
    if data.returned:
        return f"nothing is left to decide, the {case.challenger} keeps its bond"
    return (
        f"too late, of the {case.challenger}'s bond {case.accused} gets {tokens(data.to_accused)}"
    )


def evaluator_fault(name: str, finder: str, data: Any) -> str:
    """Why an evaluator is slashed, and who gets it."""
    if data.silent:
        why = "sealed scores and never showed them"
    elif data.missed:
        why = "found planted noise good"
    else:
        why = f"was far from the others {data.strikes} times, and near {data.credits} times"
    return (
        f"{name} {why}, and is slashed {tokens(data.slashed)}: {tokens(data.to_finder)} to the "
        f"{finder} that proved it, {tokens(data.to_treasury)} to the treasury, "
        f"{tokens(data.burned)} burned"
    )
