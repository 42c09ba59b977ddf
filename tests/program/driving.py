"""Driving the rounds of a world from phase to phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fedsol.program import Participant, Submission
from fedsol.program.instructions.participant import EVALUATOR
from tests.program.calls import Instructions
from tests.program.naming import PHASES

_WAY = ("Commit", "Share", *PHASES[1:8])
"""The phases in their order; only masked rounds have time to share."""


@dataclass(frozen=True)
class Cast:
    """Who does what in a round.

    ``trainers`` commit and show updates, ``silent`` only commit; ``sharers`` join a masked round, share
    in it, and show nothing; ``evaluators`` commit and show scores, ``mute`` only commit;
    ``planters`` are trainers who tell that they planted. ``opinions`` are scores by evaluator, for
    every submission by its index; others find all of them good.
    """

    trainers: tuple[str, ...] = ("alice", "bob")
    silent: tuple[str, ...] = ()
    sharers: tuple[str, ...] = ()
    evaluators: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    planters: tuple[str, ...] = ()
    opinions: Mapping[str, Sequence[int]] = field(default_factory=dict)


class Driving(Instructions):
    """``reach``, and what it consists of."""

    casts: dict[int, Cast]

    async def reach(
        self,
        phase: str,
        *,
        trainers: Iterable[str] = ("alice", "bob"),
        silent: Iterable[str] = (),
        sharers: Iterable[str] = (),
        evaluators: Iterable[str] | None = None,
        mute: Iterable[str] = (),
        planters: Iterable[str] = (),
        opinions: Mapping[str, Sequence[int]] | None = None,
        opener: str | None = None,
    ) -> int:
        """Drives the running round (a new one if none runs) to the start of a phase.

        For who does what see ``Cast``; what the first call for a round says of it holds for all.
        Without ``evaluators`` those with that role and a round's stake are, as many as have a seat.

        At the start of a phase nothing of it is done: in Reveal nothing is revealed, in Score no beacon
        drawn, in Tally no plant told, in Aggregate nothing posted. ``Aborted`` comes as soon as it can:
        by quorum where too few reveal, else because nobody aggregates. Returns the round's number.
        """
        if not (await self.federation()).round_active:
            await self.round_open(opener)
        if self.number not in self.casts:
            scoring = self._evaluating() if evaluators is None else tuple(evaluators)
            self.casts[self.number] = Cast(
                tuple(trainers),
                tuple(silent),
                tuple(sharers),
                scoring,
                tuple(mute),
                tuple(planters),
                opinions or {},
            )
        if phase == "Aborted":
            await self._abort()
        while (now := await self.phase()) != phase:
            assert {now, phase} <= set(_WAY), f"no way from {now} to {phase}"
            assert _WAY.index(now) < _WAY.index(phase), f"no way from {now} to {phase}"
            await self._step(now)
        return self.number

    @property
    def cast(self) -> Cast:
        """Who does what in the running round."""
        return self.casts[self.number]

    @property
    def scored(self) -> bool:
        """Whether evaluators score the running round."""
        window = self.read_round().params.score
        return (window.seconds, window.slots) != (0, 0)

    def _evaluating(self) -> tuple[str, ...]:
        found = []
        for name in dict.fromkeys(self.names.values()):
            if self.exists(self.person(name)):
                person = self.decode(Participant, self.person(name))
                if person.roles & EVALUATOR and person.stake >= self.params.min_stake:
                    found.append(name)
        return tuple(found[: self.params.max_evaluators])

    async def _abort(self) -> None:
        enough = len(self.cast.trainers) >= self.params.min_submissions
        await self.reach("Aggregate" if enough else "Reveal")
        if not enough:
            await self.reveal_all()
        await self.pass_phase()
        await self.round_abort()

    async def commit_all(self) -> None:
        """All trainers commit, or join a masked round, also the silent ones, unless they have."""
        for who in (*self.cast.trainers, *self.cast.silent, *self.cast.sharers):
            if not self.exists(self.submission_at(who)):
                await (self.round_join(who) if self.masked else self.round_commit(who))

    async def share_all(self) -> None:
        """All trainers store their shares, also those who will show nothing, unless they have."""
        for who in (*self.cast.trainers, *self.cast.sharers):
            if (await self.submission(who)).status.kind == "Committed":
                await self.round_share(who)

    async def reveal_all(self) -> None:
        """All trainers but the silent ones show their updates, unless they have."""
        shown = self.submitted()
        for who in self.cast.trainers:
            if who not in shown:
                await self.round_reveal(who)

    async def draw(self) -> None:
        """The beacon is drawn, unless it is."""
        if not self.read_round().drawn:
            self.ledger.advance(slots=2)
            await self.round_advance()

    async def score_commit_all(self) -> None:
        """All evaluators commit to their scores, also the mute ones, unless they have."""
        for who in (*self.cast.evaluators, *self.cast.mute):
            if not self.exists(self.evaluation_at(who)):
                await self.score_commit(who, scores=self.opinion(who))

    async def score_reveal_all(self) -> None:
        """All evaluators but the mute ones show their scores, unless they have or lost their seat."""
        for who in self.cast.evaluators:
            if (await self.evaluation(who)).status.kind == "Committed":
                await self.score_reveal(who, scores=self.opinion(who))

    async def plant_all(self) -> None:
        """All planters tell what they planted, unless they have."""
        for who in self.cast.planters:
            if (await self.submission(who)).status.kind == "Revealed":
                await self.audit_reveal(who)

    async def submission_score_all(self) -> None:
        """Every submission that waits for it gets its score."""
        for who in self.submitted():
            submission: Submission = await self.submission(who)
            if not submission.scored and submission.status.kind != "Faulted":
                await self.submission_score(who)

    def opinion(self, who: str) -> Sequence[int]:
        """What an evaluator of the running round thinks of its submissions."""
        return self.cast.opinions.get(who) or self.scores()

    async def _step(self, phase: str) -> None:
        """Does what the phase is for, and leaves it."""
        match phase:
            case "Commit":
                await self.commit_all()
            case "Share":
                await self.share_all()
            case "Reveal":
                await self.reveal_all()
            case "Score" if not self.scored:
                await self.pass_phase()
                await self.draw()
                return
            case "Score":
                await self.draw()
                await self.score_commit_all()
            case "ScoreReveal":
                await self.score_reveal_all()
            case "Tally":
                await self.plant_all()
                await self.pass_phase()
                await self.submission_score_all()
            case "Aggregate":
                await self.round_aggregate(await self.chosen())
                return
            case "Challenge":
                await self._settle()
                return
        await self.pass_phase()
        await self.round_advance()

    async def _settle(self) -> None:
        await self.pass_phase()
        if self.numbers is not None:
            self.numbers.models.setdefault(self.number, self.numbers.posted(self, self.number))
        await self.round_settle(self.name_of((await self.round()).aggregator))

    async def chosen(self) -> str:
        """The name of the chosen aggregator."""
        return self.listed((await self.round()).chosen)

    def listed(self, place: int) -> str:
        """The name of the aggregator at a place of the list."""
        for name in dict.fromkeys(self.names.values()):
            if self.exists(self.person(name)):
                person = self.decode(Participant, self.person(name))
                if person.listed and person.aggregator_index == place:
                    return name
        raise AssertionError(f"nobody has place {place} in the list of aggregators")
