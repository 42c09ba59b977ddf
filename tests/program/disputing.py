"""Disputes in a world with real numbers: who claims what, and shows it piece by piece.

``open_court`` (of ``tests.program.court``) makes such a world; ``dispute(world, "eve")`` is eve's
dispute of the round's aggregate, ``dispute(world, "eve", "bob")`` that of bob's submission.
``tests.program.forging`` has the updates that lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solders.pubkey import Pubkey

from fedsol.chain.records import Landed
from fedsol.learning import Evidence
from fedsol.program import Challenge
from fedsol.program import addresses as at
from fedsol.program import instructions as build
from fedsol.program.generated.types.challenge_kind import ChallengeKindKind
from fedsol.program.generated.types.part import PartKind
from fedsol.program.instructions.dispute import BASE, POSTED, UPDATE, wrong_aggregate
from tests.program.call import Call
from tests.program.court import BOND as BOND
from tests.program.court import PEOPLE as PEOPLE
from tests.program.court import PURSE as PURSE
from tests.program.court import SIZE as SIZE
from tests.program.court import SPOT as SPOT
from tests.program.court import numbers as numbers
from tests.program.court import open_court as open_court
from tests.program.court import open_planting_round as open_planting_round
from tests.program.court import parts as parts
from tests.program.court import post_next as post_next
from tests.program.court import post_true as post_true
from tests.program.court import post_wrong as post_wrong
from tests.program.updates import Shown
from tests.world import World


@dataclass(frozen=True)
class Dispute:
    """A challenge or demand of ``by``, about ``on``'s submission or (``None``) the aggregate."""

    world: World
    by: str
    on: str | None
    number: int

    @property
    def target(self) -> Pubkey | None:
        """The submission's address."""
        return self.world.submission_at(self.on, self.number) if self.on else None

    @property
    def address(self) -> Pubkey:
        """The account's address."""
        round_ = self.world.round_at(self.number)
        return at.challenge_address(round_, self.target or round_, self.world.owner(self.by))

    @property
    def state(self) -> Challenge:
        """The account."""
        return self.world.decode(Challenge, self.address)  # type: ignore[no-any-return]

    @property
    def data(self) -> bytes:
        """The account's data, also what follows its fields."""
        account = self.world.ledger.get_account(self.address)
        assert account is not None
        return bytes(account.data)

    # -- claims ----------------------------------------------------------------------------------

    def open(self, kind: ChallengeKindKind, *, tokens: Pubkey | None = None) -> Call:
        made = build.challenge_open(
            self.world.ref,
            self.number,
            self.world.owner(self.by),
            kind,
            target=self.target,
            tokens=tokens,
        )
        return self.world.call("challenge_open", made, self.by)

    def demand(
        self, chunk: int, *, of_selection: bool = False, tokens: Pubkey | None = None
    ) -> Call:
        made = build.demand_open(
            self.world.ref,
            self.number,
            self.world.owner(self.by),
            chunk,
            target=self.target,
            of_selection=of_selection,
            tokens=tokens,
        )
        return self.world.call("demand_open", made, self.by)

    # -- evidence --------------------------------------------------------------------------------

    def append(
        self,
        part: PartKind,
        who: str | None = None,
        *,
        chunk: bytes = b"",
        siblings: Sequence[bytes] = (),
        declared: int = 0,
        place: int = 0,
    ) -> Call:
        """Whatever is said to be evidence; ``who`` is whose update it is of."""
        made = build.challenge_append(
            self.world.ref.address,
            self.number,
            self.world.owner(self.by),
            part,
            siblings=siblings,
            chunk=chunk,
            declared=declared,
            target=self.target,
            submission=self.world.submission_at(who, self.number) if who else None,
            place=place,
        )
        return self.world.call("challenge_append", made, self.by)

    def show(
        self, part: PartKind, evidence: Evidence, who: str | None = None, *, declared: int = 0
    ) -> Call:
        """A chunk with its whole path."""
        chunk, siblings = evidence.chunk, evidence.siblings
        return self.append(part, who, chunk=chunk, siblings=siblings, declared=declared)

    def learnt(self, who: str) -> Shown:
        """Somebody's update."""
        return numbers(self.world).learnt(who, self.number)

    def update(self, who: str, coordinate: int = SPOT) -> Call:
        """The value of somebody's update."""
        return self.show(UPDATE, self.learnt(who).evidence(coordinate), who)

    def base(self, coordinate: int = SPOT) -> Call:
        """The value of the model before."""
        return self.show(BASE, numbers(self.world).base(self.number).evidence(coordinate))

    def posted(self, coordinate: int = SPOT) -> Call:
        """The value of the model that was posted."""
        shown = numbers(self.world).posted(self.world, self.number)
        return self.show(POSTED, shown.evidence(coordinate))

    def leaf(self, chunk: int, *, declared: int | None = None) -> Call:
        """A chunk of the challenged update, with the leaf's sum as its author declared it."""
        shown = self.learnt(self.on or "")
        record = bytes(shown.tree.levels[0][chunk])
        if declared is None:
            declared = int.from_bytes(record[32:], "little")
        evidence = Evidence(chunk, 0, shown.chunk(chunk), shown.path(chunk))
        return self.show(UPDATE, evidence, self.on, declared=declared)

    async def prove(self, coordinate: int = SPOT) -> None:
        """Opens a challenge of the aggregate and shows all that a verdict needs."""
        await self.open(wrong_aggregate(coordinate))
        await self.show_all(coordinate)

    async def show_all(self, coordinate: int = SPOT) -> None:
        """Shows both models and every accepted update at a coordinate."""
        await self.posted(coordinate)
        await self.base(coordinate)
        for who in self.world.submitted(self.number):
            if (await self.world.submission(who, self.number)).status.kind == "Revealed":
                await self.update(who, coordinate)

    # -- ends ------------------------------------------------------------------------------------

    @property
    def accused(self) -> str:
        """Who is accused."""
        return self.world.name_of(self.state.accused)

    def resolve(
        self,
        *,
        original: str | None = None,
        aggregator: str | None = None,
        last: str | None = None,
        accused: str | None = None,
    ) -> Call:
        world = self.world
        made = build.challenge_resolve(
            world.ref.address,
            self.number,
            world.owner(self.by),
            world.person(accused or self.accused),
            target=self.target,
            original=world.submission_at(original, self.number) if original else None,
            aggregator=world.person(aggregator) if aggregator else None,
            last_aggregator=world.person(last) if last else None,
        )
        return world.call("challenge_resolve", made)

    def expire(self, *, accused: str | None = None) -> Call:
        made = build.challenge_expire(
            self.world.ref.address,
            self.number,
            self.world.owner(self.by),
            accused=self.world.person(accused) if accused else None,
            target=self.target,
        )
        return self.world.call("challenge_expire", made)

    def close(self, *, tokens: Pubkey | None = None) -> Call:
        made = build.challenge_close(
            self.world.ref,
            self.number,
            self.world.owner(self.by),
            target=self.target,
            tokens=tokens,
        )
        return self.world.call("challenge_close", made)

    async def decide(self, *, original: str | None = None) -> Landed:
        """Resolves with whatever accounts a verdict may need."""
        world, accused = self.world, self.accused
        round_, federation = await world.round(self.number), await world.federation()
        standing = round_.phase.kind == "Challenge" and self.on
        poster = world.name_of(round_.aggregator) if standing else None
        poster = None if poster == accused else poster
        last = world.listed(federation.aggregators - 1) if federation.aggregators else None
        last = None if last in (accused, poster) else last
        return await self.resolve(original=original, aggregator=poster, last=last)

    async def judge(self, *, original: str | None = None) -> None:
        """Resolves, and closes."""
        await self.decide(original=original)
        await self.close()

    # -- answers ---------------------------------------------------------------------------------

    def answer(
        self,
        *,
        chunk: bytes = b"",
        siblings: Sequence[bytes] = (),
        by: str | None = None,
    ) -> Call:
        """Shows bytes as the demanded chunk, or the next piece of its path; by the accused."""
        world, accused = self.world, self.accused
        made = build.demand_answer(
            world.ref.address,
            self.number,
            world.owner(accused),
            world.owner(self.by),
            siblings=siblings,
            chunk=chunk,
            target=self.target,
            answerer=world.owner(by) if by else None,
        )
        return world.call("demand_answer", made, by or accused)

    def demanded(self, chunk: int) -> Shown:
        """What a demanded chunk is of."""
        if self.on:
            return self.learnt(self.on)
        return numbers(self.world).posted(self.world, self.number)

    def answer_truly(self, chunk: int, *, by: str | None = None) -> Call:
        """Shows the demanded chunk with its whole path."""
        shown = self.demanded(chunk)
        return self.answer(chunk=shown.chunk(chunk), siblings=shown.path(chunk), by=by)


def dispute(world: World, by: str, on: str | None = None) -> Dispute:
    """A person's dispute in the running round, of somebody's submission or of the aggregate."""
    return Dispute(world, by, on, world.number)
