"""A masked federation, and those of its people who do not keep the rules."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.artifacts import artifact_hash, encode_model, encode_update
from fedsol.learning import Mean, aggregate, update_root
from fedsol.learning.privacy.errors import TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation import RevealedShares, new_key
from fedsol.membership import Membership
from fedsol.program import instructions as ix
from fedsol.program.commitment import Update
from fedsol.program.params import masked
from fedsol.reading import update_length
from fedsol.roles import Aggregator, Member, Role, Trainer
from fedsol.roles.masker import Masker
from fedsol.roles.member import Snapshot, fetch_update
from fedsol.roles.memory import MaskMemory
from fedsol.roles.rules import scale_of
from fedsol.updates import read_update
from tests.stories.cast import Town, town

NAMES = ("ada", "ben", "cem", "dee")


@asynccontextmanager
async def masked_town(state: Path, **rules: object) -> AsyncIterator[Town]:
    """Four members whose updates nobody sees; three of them must answer."""
    settings = {"rule": masked(), "max_submissions": 8, "min_submissions": 3, **rules}
    async with town(state, **settings) as hospitals:
        for name in NAMES:
            await hospitals.joins(name)
        yield hospitals


class Seen:
    """What the members had learnt, read from their own disks before the round forgets it."""

    def __init__(self, hospitals: Town) -> None:
        self.hospitals, self.learnt = hospitals, dict[str, NDArray[np.int16]]()
        self.base = np.zeros(0, np.int32)

    async def __call__(self, now: Snapshot) -> None:
        if now.round is None or now.round.phase.kind not in ("Reveal", "Aggregate"):
            return
        number, size = now.round.number, now.round.parameter_count
        member = self.hospitals.people["ada"].member
        self.base = (await member.base_model(now.federation)).values
        for name, one in self.hospitals.people.items():
            if one.member.journal.recall_mask(number) is not None:
                self.learnt[name] = read_update(one.member.journal.hidden_bytes(number), size)

    async def mean(self, *names: str) -> NDArray[np.int32]:
        """What the rule makes of these people's updates in the open."""
        round_ = await self.hospitals.people["ada"].member.round(1)
        assert round_ is not None
        updates = np.stack([self.learnt[name] for name in names])
        weights = np.ones(len(names), np.uint32)
        return aggregate(self.base, updates, weights, Mean(), scale_of(round_))


@dataclass
class During:
    """Somebody who acts in some phases only."""

    role: Role
    phases: tuple[str, ...]

    @property
    def member(self) -> Member:
        return self.role.member

    async def step(self, now: Snapshot) -> bool:
        here = now.round is None or now.round.phase.kind in self.phases
        return here and await self.role.step(now)


@dataclass(frozen=True)
class Liar(Aggregator):
    """Posts a model of its own beside the opening that is right; in the first attempt alone."""

    async def _make(self, *args: Any) -> Any:
        values, _, opening = await super()._make(*args)
        wrong = values + 1
        metadata = (await self.member.base_model(args[0])).metadata
        return wrong, encode_model(wrong, metadata), opening


@dataclass(frozen=True)
class Later(Aggregator):
    """Leaves the first attempt to somebody else."""

    async def step(self, now: Snapshot) -> bool:
        return now.round is not None and now.round.attempt > 0 and await super().step(now)


def only(one: Membership, *phases: str) -> Membership:
    """The same person, who is there in these phases only."""
    return Membership(one.member, tuple(During(role, phases) for role in one.roles))


def aggregating(one: Membership, how: Callable[[Member], Aggregator]) -> Membership:
    """The same person, who aggregates in another way."""
    roles = [how(one.member) if isinstance(role, Aggregator) else role for role in one.roles]
    return Membership(one.member, tuple(roles))


def training(one: Membership, how: Callable[[Trainer], Role]) -> Membership:
    """The same person, who trains in another way."""
    roles = [how(role) if isinstance(role, Trainer) else role for role in one.roles]
    return Membership(one.member, tuple(roles))


def masking(one: Membership, how: type[Masker]) -> Membership:
    """The same person, who masks in another way."""

    class Cheat(Trainer):
        @property
        def _masker(self) -> Masker:
            return how(self.member, self._train)

    return training(one, lambda trainer: Cheat(trainer.member, trainer.training))


class Illegible(Masker):
    """Shares what nobody can read, under its own name."""

    def _shared(self, *args: Any) -> Any:
        party, bundle = super()._shared(*args)
        rubbish = {peer: bytes(len(one)) for peer, one in bundle.ciphertexts.items()}
        return party, replace(bundle, ciphertexts=rubbish)


class Withholding(Masker):
    """Names shares on chain that it never stores."""

    async def _share(self, federation: Any, round_: Any, memory: Any) -> bool:
        step = ix.round_share(
            self.member.federation.address, round_.number, self.member.owner, bytes([7] * 32)
        )
        await self.member.send("cheat", [step])
        return True


class WrongShares(Masker):
    """Answers with shares that are none."""

    async def _agreed(self, *args: Any) -> Any:
        party, agreement = await super()._agreed(*args)
        unmask = party.unmask

        def lie(agreements: Any) -> RevealedShares:
            told = unmask(agreements)
            wrong = {whose: bytes([one[0] ^ 1]) + one[1:] for whose, one in told.seeds.items()}
            return replace(told, seeds=wrong)

        party.unmask = lie
        return party, agreement


class Poisoner(Masker):
    """Adds to its update what no update may have."""

    async def _masked(self, *args: Any) -> Any:
        party, masked = await super()._masked(*args)
        words = np.frombuffer(masked.words, party.plan.dtype).copy()
        words[0] += np.array(40_000_000, words.dtype)
        return party, replace(masked, words=words.tobytes())


class Copycat(Masker):
    """Shows somebody else's masked update as its own, once that is on chain."""

    async def _words(self, federation: Any, round_: Any, memory: Any) -> Any:
        listed = await self.member.submissions(round_.number)
        shown = next(one for one in listed if one.status.kind == "Revealed")
        memory, _ = await super()._words(federation, round_, memory)
        return memory, await fetch_update(self.member.artifacts, shown, update_length(round_))


class Keyless(Masker):
    """Joins with what is no channel key."""

    async def _join(self, federation: Any, round_: Any, memory: Any) -> bool:
        memory = MaskMemory(round_.number, new_key().hex(), bytes(32).hex())
        nothing = np.zeros(round_.parameter_count, np.int16)
        self.member.journal.remember_mask(memory, encode_update(nothing))
        step = ix.round_join(
            self.member.federation.address, round_.number, self.member.owner, bytes(32)
        )
        await self.member.send("cheat", [step])
        return True

    def _shared(self, *_: Any) -> Any:
        raise TooFewSurvivors("there is nothing to share")

    async def _reveal(self, federation: Any, round_: Any, memory: Any) -> bool:
        _, words = await self._words(federation, round_, memory)
        data, root = encode_update(words), update_root(words)
        await self.member.artifacts.put(data)
        shown = Update(root.hash, root.sum, artifact_hash(data))
        address, owner = self.member.federation.address, self.member.owner
        step = ix.round_reveal(address, round_.number, owner, shown, bytes(32))
        await self.member.send("cheat", [step])
        return True


def forestalling(one: Membership, victim: Membership) -> Membership:
    """The same person, who shows somebody else's masked update before that one does."""

    class Forestaller(Masker):
        async def _words(self, federation: Any, round_: Any, memory: Any) -> Any:
            theirs = Masker(victim.member, self.learn)
            kept = victim.member.journal.recall_mask(round_.number)
            _, words = await theirs._words(federation, round_, kept)
            memory, _ = await super()._words(federation, round_, memory)
            return memory, words

    return masking(one, Forestaller)
