"""Masked rounds as they happen: real masks in a world, and what their members stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.artifacts import ArtifactStore, artifact_hash
from fedsol.learning.aggregation import step
from fedsol.learning.privacy import secure_aggregation as masks
from fedsol.masked import Board, board, opening_root, server
from fedsol.program import Submission
from fedsol.program.params import Window
from fedsol.roles.rules import scale_of
from tests.program.court import numbers, open_court
from tests.program.forging import chunks_of, sum_tree
from tests.program.naming import MASKING
from tests.unit.audit.histories import Story, store_of, told
from tests.unit.audit.tampering import Told
from tests.world import World, digest

FOUR = ("alice", "bob", "carol", "dan")
NO_KEY = bytes(32)
"""A point of low order: nobody can agree with it."""


@asynccontextmanager
async def open_masked_court(*people: str, **options: Any) -> AsyncIterator[World]:
    """A world with real numbers whose updates stay under masks; four people unless named."""
    room = {"unbonding": Window(2_000, 800), "max_norm_squared": 2**50}
    async with open_court(*(people or FOUR), **(MASKING | room | options)) as world:
        yield world


def tell_masked(story: Story, *people: str, **options: Any) -> Told:
    """Lets a story happen in such a world, and reads its history."""

    async def happen() -> Told:
        async with open_masked_court(*people, **options) as world:
            await story(world)
            return await told(world)

    return asyncio.run(happen())


@dataclass
class Masked:
    """The running round of a world: what its members know, and all that they stored."""

    world: World
    members: dict[str, masks.Member] = field(default_factory=dict)
    bundles: dict[str, bytes] = field(default_factory=dict)
    words: dict[str, NDArray[np.int16]] = field(default_factory=dict)
    survivors: tuple[str, ...] = ()
    stored: list[bytes] = field(default_factory=list)
    opened: masks.Opening | None = None

    # -- what the members do ---------------------------------------------------------------------

    async def join(self, *people: str, keyless: Sequence[str] = ()) -> None:
        """People join with their channel keys, and some with what is none."""
        await self.world.round_open()
        for who in people:
            await self.world.round_join(who, key=self.key(who))
        for who in keyless:
            await self.world.round_join(who, key=NO_KEY)
        await self.advance()

    async def share(self, *people: str, keyless: Sequence[str] = ()) -> None:
        """People store their shares."""
        made = self.board()
        for who in people:
            number = made.numbers[self.world.person(who)]
            channels = masks.Channels(number, self.private(who), made.keys)
            secret, nonce = self.private(who), self.key(who)
            member = masks.Member(made.plan, channels, secret=secret, nonce=nonce)
            member.advertise()
            self.members[who] = member
            self.bundles[who] = member.share(made.advertisements).to_bytes()
            await self.world.round_share(who, shares=self.put(self.bundles[who]))
        for who in keyless:
            await self.world.round_share(who, shares=self.put(b""))
        await self.advance()

    async def reveal(
        self,
        *people: str,
        keyless: Sequence[str] = (),
        copies: Mapping[str, str] | None = None,
        lies: Mapping[str, Mapping[int, int]] | None = None,
    ) -> None:
        """People show their masked updates; they are under masks with all who shared.

        ``copies``: what somebody shows is another's, who may show it later; of the two only the first
        is in the sum. ``lies``: sums that leaves of its tree declare.
        """
        own = {who: self._mask(who) for who in people}
        sources = [(copies or {}).get(who, who) for who in people]
        for who, source in zip(people, sources, strict=True):
            words = self.words[who] = own[source]
            tree = sum_tree(chunks_of(words), leaves=(lies or {}).get(who))
            shown = numbers(self.world).learn(who, self.world.number, words, tree)
            self.put(shown.data)
            await self.world.round_reveal(who, update=shown.update, salt=self.key(who))
        for who in keyless:
            shown = numbers(self.world).learnt(who, self.world.number)
            await self.world.round_reveal(who, update=shown.update, salt=NO_KEY)
        first = {source: who for who, source in reversed([*zip(people, sources, strict=True)])}
        self.survivors = tuple(who for who in people if who in first.values())
        await self.advance()

    def falls(self, who: str) -> None:
        """Somebody was convicted: it is not in the sum."""
        self.survivors = tuple(one for one in self.survivors if one != who)

    async def draw(self) -> None:
        """The beacon is drawn, and somebody is chosen."""
        await self.world.pass_phase()
        await self.world.draw()

    async def aggregate(self, *, wrong: int = 0, opening: bytes | None = None) -> str:
        """Whoever may posts the next model (``wrong`` by so much) and what opens the sum; their name."""
        world, made = self.world, self.unmask()
        values = self.model(made)
        values[0] += wrong
        shown = numbers(world).post(world.number, values)
        data = made.to_bytes() if opening is None else opening
        posted = opening_root(data), self.put(data)
        who = await self._next_aggregator()
        await world.round_aggregate(who, model=(shown.root, self.put(shown.data)), selection=posted)
        return who

    # -- what follows from it --------------------------------------------------------------------

    def private(self, who: str) -> bytes:
        """A person's private channel key of the round, and what its draws follow from."""
        return digest("channel key", who, self.world.number)

    def key(self, who: str) -> bytes:
        """A person's channel key of the round."""
        return masks.public_key(self.private(who))

    def update(self, who: str) -> NDArray[np.int16]:
        """What a person has learnt, and nobody sees."""
        seed = int.from_bytes(digest("hidden", who, self.world.number), "little")
        qmax, size = self.world.params.qmax, numbers(self.world).size
        return np.random.default_rng(seed).integers(-qmax, qmax, size, np.int16, endpoint=True)

    def board(self) -> Board:
        """The round's board, by the accounts."""
        world, round_ = self.world, self.world.read_round()
        roster = {}
        for who in dict.fromkeys(world.names.values()):
            address = world.submission_at(who)
            if world.exists(address):
                submission: Submission = world.decode(Submission, address)
                roster[world.person(who)] = bytes(submission.commitment)
        place = world.ledger.genesis_hash, world.ref.address, world.number
        return board(*place, roster, round_.params, round_.parameter_count)

    def unmask(self) -> masks.Opening:
        """What the survivors let out together; members answer once in a round."""
        if self.opened is None:
            alive = [self.members[who] for who in self.survivors]
            shared = [one.number for one in self.members.values()]
            agreed = [one.agree(shared, [other.number for other in alive]) for one in alive]
            self.opened = self.server().recover([one.unmask(agreed) for one in alive])
        return self.opened

    def server(self) -> masks.Server:
        """The server that has it all."""
        person = self.world.person
        bundles = {person(who): one for who, one in self.bundles.items()}
        words = {person(who): self.words[who] for who in self.survivors}
        return server(self.board(), bundles, words)

    def model(self, opening: masks.Opening) -> NDArray[np.int32]:
        """The next model: the mean of the survivors' updates, of which none was seen."""
        base, total = numbers(self.world).base(self.world.number), self.server().total(opening)
        return step(base.values, total, len(self.survivors), scale_of(self.world.read_round()))

    def _mask(self, who: str) -> NDArray[np.int16]:
        member = self.members[who]
        others = (one for other, one in self.bundles.items() if other != who)
        read = [masks.EncryptedShares.from_bytes(one) for one in others]
        mine = {one.sender: one.ciphertexts[member.number] for one in read}
        return masks.halves_of(member.mask(mine, self.update(who)).words)

    # -- the chain and the store -----------------------------------------------------------------

    async def advance(self) -> None:
        """The phase passes."""
        await self.world.pass_phase()
        await self.world.round_advance()

    def put(self, data: bytes) -> bytes:
        """Stores something; its hash."""
        self.stored.append(data)
        return artifact_hash(data)

    async def fill(self, artifacts: ArtifactStore, *, without: Sequence[bytes] = ()) -> None:
        """All that was shared, masked, opened and posted so far is stored, but for some bytes."""
        for data in self.stored:
            if data not in without:
                await artifacts.put(data)

    async def _next_aggregator(self) -> str:
        """Who is chosen; somebody else, after its time, where it may not, or has moved to its place."""
        round_, able = await self.world.round(), list[str]()
        for who in self.members:
            person = await self.world.participant(who)
            if not person.listed or person.barred_round == self.world.number:
                continue
            able.append(who)
            seated = person.seated_slot < round_.beacon_slot
            if seated and person.aggregator_index == round_.chosen:
                return who
        self.world.pass_window(round_.deadline)
        return able[0]


async def play(
    world: World,
    people: Sequence[str] = FOUR,
    *,
    silent: Sequence[str] = (),
    mute: Sequence[str] = (),
    keyless: Sequence[str] = (),
) -> Masked:
    """A masked round up to its aggregate.

    ``mute`` people share nothing, ``silent`` ones show nothing; ``keyless`` ones take part with a
    channel key that is none.
    """
    round_ = Masked(world)
    await round_.join(*people, keyless=keyless)
    await round_.share(*(who for who in people if who not in mute), keyless=keyless)
    shows = [who for who in people if who not in (*mute, *silent)]
    await round_.reveal(*shows, keyless=keyless)
    await round_.draw()
    return round_


async def store(
    world: World, name: str, *rounds: Masked, without: Sequence[bytes] = ()
) -> ArtifactStore:
    """A store with all that was shared, masked, opened and posted, but for some bytes."""
    made = await store_of(world, name)
    for round_ in rounds:
        await round_.fill(made, without=without)
    return made
