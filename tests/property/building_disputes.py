"""The instructions of disputes, for steps of the reference."""

from __future__ import annotations

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.program import instructions as build
from fedsol.program.generated.types.challenge_kind import (
    ChallengeKindKind,
    SelectionUnavailable,
    Unavailable,
)
from tests.property.model import Step
from tests.property.names import address, reference_of, tokens_of

_PARTS = {
    "Update": build.UPDATE,
    "Base": build.BASE,
    "Posted": build.POSTED,
    "Selection": build.SELECTION,
}


def kind_of(step: Step) -> ChallengeKindKind:
    """What a step claims."""
    if step.word == "WrongAggregate":
        return build.wrong_aggregate(step.place)
    if step.word == "LyingNorm":
        return build.lying_norm(step.place)
    if step.word == "FalsePlant":
        return build.false_plant(step.place)
    if step.word == "Unavailable":
        return Unavailable({"chunk": step.place})
    if step.word == "SelectionUnavailable":
        return SelectionUnavailable({"chunk": step.place})
    if step.word == "WrongWeights":
        return build.wrong_weights()
    if step.word == "WrongSelection":
        return build.wrong_selection(step.place, step.other)
    if step.word == "WrongDistance":
        return build.wrong_distance(step.place, step.other)
    return build.copied_update()


class BuildsDisputes:
    """One method per instruction."""

    def _challenge_open(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.challenge_open(
            ref, step.number, me, kind_of(step), target=_target(step), tokens=tokens_of(step)
        )

    def _demand_open(self, step: Step) -> Instruction:
        ref, me = reference_of(step.fed, step.actor), address(step.actor)
        return build.demand_open(
            ref,
            step.number,
            me,
            step.place,
            target=_target(step),
            of_selection=step.flag,
            tokens=tokens_of(step),
        )

    def _challenge_append(self, step: Step) -> Instruction:
        return build.challenge_append(
            address(step.fed),
            step.number,
            address(step.actor),
            _PARTS[step.part or "Update"],
            siblings=[step.proof.siblings if step.proof else b"\0"],
            chunk=step.proof.chunk if step.proof else b"",
            declared=step.proof.declared if step.proof else 0,
            target=_target(step),
            submission=_named(f"{step.fed}#{step.number}/{step.who}" if step.who else ""),
            place=step.proof.place if step.proof else 0,
        )

    def _challenge_measure(self, step: Step) -> Instruction:
        pair = [address(f"{step.fed}#{step.number}/{owner}") for owner in step.pair]
        return build.challenge_measure(
            address(step.fed),
            step.number,
            address(step.actor),
            step.place,
            step.data,
            pair=(pair[0], pair[1]) if pair else None,
        )

    def _demand_answer(self, step: Step) -> Instruction:
        owner = step.accused.split("/")[-1] or step.actor
        return build.demand_answer(
            address(step.fed),
            step.number,
            address(owner),
            address(step.who),
            answerer=address(step.actor),
            siblings=[step.proof.siblings if step.proof else b"\0"],
            chunk=step.proof.chunk if step.proof else b"",
            target=_target(step),
        )

    def _challenge_resolve(self, step: Step) -> Instruction:
        accused = address(step.accused or f"{step.fed}/{step.actor}")
        return build.challenge_resolve(
            address(step.fed),
            step.number,
            address(step.who),
            accused,
            target=_target(step),
            original=_named(step.original),
            aggregator=_named(step.aggregator),
            last_aggregator=_named(step.last),
        )

    def _challenge_expire(self, step: Step) -> Instruction:
        return build.challenge_expire(
            address(step.fed),
            step.number,
            address(step.who),
            accused=_named(step.accused),
            target=_target(step),
        )

    def _challenge_close(self, step: Step) -> Instruction:
        ref, challenger = reference_of(step.fed, step.actor), address(step.who)
        return build.challenge_close(
            ref, step.number, challenger, target=_target(step), tokens=tokens_of(step)
        )


def _target(step: Step) -> Pubkey | None:
    return _named(f"{step.fed}#{step.number}/{step.target}" if step.target else "")


def _named(name: str) -> Pubkey | None:
    return address(name) if name else None
