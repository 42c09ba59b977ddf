"""The instructions of disputes as methods of a world.

``target`` is whose submission is disputed; nobody's: the round's aggregate.
"""

from __future__ import annotations

from collections.abc import Sequence

from solders.pubkey import Pubkey

from fedsol.program import instructions as build
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.program.generated.types.part import PartKind
from tests.program.call import Call
from tests.program.calling import Calling


class DisputeCalls(Calling):
    """One method for each instruction of disputes, under its name."""

    def _target(self, name: str | None, number: int) -> Pubkey | None:
        return self.submission_at(name, number) if name else None

    def challenge_open(
        self,
        challenger: str,
        kind: ChallengeKindKind,
        *,
        target: str | None = None,
        number: int | None = None,
    ) -> Call:
        number = number or self.number
        made = build.challenge_open(
            self.ref, number, self.owner(challenger), kind, target=self._target(target, number)
        )
        return self.call("challenge_open", made, challenger)

    def challenge_append(
        self,
        challenger: str,
        part: PartKind,
        *,
        chunk: bytes = b"",
        siblings: Sequence[bytes] = (),
        declared: int = 0,
        target: str | None = None,
        submission: str | None = None,
        place: int = 0,
        number: int | None = None,
    ) -> Call:
        """``submission`` is whose update the chunk is of; nobody's: a model's, or a selection's."""
        number = number or self.number
        made = build.challenge_append(
            self.ref.address,
            number,
            self.owner(challenger),
            part,
            siblings=siblings,
            chunk=chunk,
            declared=declared,
            target=self._target(target, number),
            submission=self._target(submission, number),
            place=place,
        )
        return self.call("challenge_append", made, challenger)

    def challenge_measure(
        self,
        challenger: str,
        position: int,
        data: bytes,
        *,
        pair: tuple[str, str] | None = None,
        number: int | None = None,
    ) -> Call:
        """The next bytes of two updates; with the last, or without any, whose they are."""
        number = number or self.number
        named = tuple(self.submission_at(who, number) for who in pair or ())
        made = build.challenge_measure(
            self.ref.address,
            number,
            self.owner(challenger),
            position,
            data,
            pair=(named[0], named[1]) if named else None,
        )
        return self.call("challenge_measure", made, challenger)

    def challenge_resolve(
        self,
        challenger: str,
        accused: str,
        *,
        target: str | None = None,
        original: str | None = None,
        aggregator: str | None = None,
        last: str | None = None,
        number: int | None = None,
    ) -> Call:
        number = number or self.number
        made = build.challenge_resolve(
            self.ref.address,
            number,
            self.owner(challenger),
            self.person(accused),
            target=self._target(target, number),
            original=self._target(original, number),
            aggregator=self.person(aggregator) if aggregator else None,
            last_aggregator=self.person(last) if last else None,
        )
        return self.call("challenge_resolve", made)

    def challenge_expire(
        self,
        challenger: str,
        accused: str | None = None,
        *,
        target: str | None = None,
        number: int | None = None,
    ) -> Call:
        number = number or self.number
        made = build.challenge_expire(
            self.ref.address,
            number,
            self.owner(challenger),
            accused=self.person(accused) if accused else None,
            target=self._target(target, number),
        )
        return self.call("challenge_expire", made)

    def challenge_close(
        self, challenger: str, *, target: str | None = None, number: int | None = None
    ) -> Call:
        number = number or self.number
        made = build.challenge_close(
            self.ref, number, self.owner(challenger), target=self._target(target, number)
        )
        return self.call("challenge_close", made)

    def demand_open(
        self,
        challenger: str,
        chunk: int,
        *,
        target: str | None = None,
        of_selection: bool = False,
        number: int | None = None,
    ) -> Call:
        number = number or self.number
        made = build.demand_open(
            self.ref,
            number,
            self.owner(challenger),
            chunk,
            target=self._target(target, number),
            of_selection=of_selection,
        )
        return self.call("demand_open", made, challenger)

    def demand_answer(
        self,
        who: str,
        challenger: str,
        *,
        chunk: bytes = b"",
        siblings: Sequence[bytes] = (),
        target: str | None = None,
        by: str | None = None,
        number: int | None = None,
    ) -> Call:
        """``who`` is accused; ``by`` somebody else who answers for it."""
        number = number or self.number
        made = build.demand_answer(
            self.ref.address,
            number,
            self.owner(who),
            self.owner(challenger),
            siblings=siblings,
            chunk=chunk,
            target=self._target(target, number),
            answerer=self.owner(by) if by else None,
        )
        return self.call("demand_answer", made, by or who)
