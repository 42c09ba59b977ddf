"""Those who break a rule: for the demo and for the tests, each by as little as it takes.

A cheat is the honest role with one thing changed, so that what catches it is the rule alone.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.artifacts import ArtifactStore, artifact_hash, decode_model, decode_update, encode_model
from fedsol.errors import ArtifactMissing
from fedsol.learning import Tree, update_tree
from fedsol.learning.merkle import EMPTY_HASH, UPDATE_VALUES, chunk_count, leaf_hash, update_chunk
from fedsol.learning.scoring import MAX_SCORE
from fedsol.learning.selection import Selection
from fedsol.learning.update import Update
from fedsol.program import Federation, Participant, Round, Submission
from fedsol.roles import Aggregator, Answerer, Evaluator, Member, Trainer
from fedsol.roles.answerer import Material
from fedsol.roles.disputes import Dispute
from fedsol.roles.member import Snapshot
from fedsol.roles.memory import RoundMemory, ScoresMemory, new_salt

Values = NDArray[np.int16]


@dataclass(frozen=True)
class WrongAggregator(Aggregator):
    """Posts a model that is wrong in one coordinate, by one unit in the last place."""

    coordinate: int = 0

    async def compute(
        self, federation: Federation, round_: Round, accepted: Sequence[Submission]
    ) -> tuple[NDArray[np.int32], bytes, Selection | None]:
        """The right model, and then not."""
        values, data, selection = await super().compute(federation, round_, accepted)
        wrong = values.copy()
        wrong[self.coordinate] ^= 1
        return wrong, encode_model(wrong, dict(decode_model(data).metadata)), selection


@dataclass(frozen=True)
class NormLiar(Trainer):
    """Submits ``boost`` times what it learnt, and says in its tree that it is no longer than allowed.

    The lie is in the leaf ``liar`` as far as that has something to hide, and in the longest ones.
    """

    boost: float = 4.0
    liar: int | None = None

    async def _train(self, federation: Federation, round_: Round) -> Update:
        honest = await super()._train(federation, round_)
        qmax = round_.params.qmax
        values = np.clip(np.rint(honest.values * self.boost), -qmax, qmax).astype(np.int16)
        return Update(values, self.tree(values, round_.params.max_norm_squared).root)

    def tree(self, values: Values, bound: int) -> Tree:
        """The tree with the lie (of int16[d]): its sum is ``bound`` at most."""
        true = update_tree(values).levels[0].view("<u8")[:, 4]
        sums = [int(one) for one in true[: chunk_count(values.size, UPDATE_VALUES)]]
        excess = max(0, sum(sums) - bound)
        longest = sorted(range(len(sums)), key=lambda i: -sums[i])
        for leaf in longest if self.liar is None else [self.liar, *longest]:
            hidden = min(excess, sums[leaf])
            sums[leaf] -= hidden
            excess -= hidden
        return tree_with_sums(values, sums)


@dataclass(frozen=True)
class LyingAnswerer(Answerer):
    """Answers for a ``NormLiar`` what can be answered at all: chunks whose path does not lie."""

    liar: NormLiar

    async def material(self, dispute: Dispute, round_: Round) -> Material:
        """The update with the tree that was committed to."""
        if dispute.target is None:
            return await super().material(dispute, round_)
        data = self.member.journal.update_bytes(round_.number)
        values = decode_update(data, size=round_.parameter_count).values
        return Material(values, self.liar.tree(values, round_.params.max_norm_squared))


@dataclass(frozen=True)
class Copycat(Trainer):
    """Commits to the update of somebody whose memory leaks, with a salt of its own."""

    victim: Member | None = None

    async def _commit(self, federation: Federation, round_: Round) -> bool:
        leaked = self.victim is not None and self.victim.journal.recall(round_.number) is not None
        return leaked and await super()._commit(federation, round_)

    async def _prepare(self, federation: Federation, round_: Round, me: Participant) -> RoundMemory:
        assert self.victim is not None
        leaked = self.victim.journal.recall(round_.number)
        assert leaked is not None
        memory = replace(leaked, salt=new_salt().hex())
        self.member.journal.remember(memory, self.victim.journal.update_bytes(round_.number))
        return memory


@dataclass(frozen=True)
class FalsePlanter(Trainer):
    """Submits what it learnt, and says afterwards that it was planted: who liked it would pay."""

    plants: bool = True

    async def _prepare(self, federation: Federation, round_: Round, me: Participant) -> RoundMemory:
        honest = replace(self, plants=False)
        memory = await Trainer._prepare(honest, federation, round_, me)
        secret = self._planter.pick(federation, round_, me)
        if secret is None:
            return memory
        false = replace(memory, secret=secret.hex(), amplitude=1)
        journal = self.member.journal
        journal.remember(false, journal.update_bytes(round_.number))
        return false


@dataclass(frozen=True)
class Silent:
    """Commits, and never reveals."""

    trainer: Trainer

    @property
    def member(self) -> Member:
        """Whose role it is."""
        return self.trainer.member

    async def step(self, now: Snapshot) -> bool:
        """As the trainer, while commitments are open."""
        committing = now.round is not None and now.round.phase.kind == "Commit"
        return committing and await self.trainer.step(now)


@dataclass(frozen=True)
class LazyEvaluator(Evaluator):
    """Looks at nothing: gives everybody the same score, or what it gave last time."""

    stale: bool = False

    async def _score(self, federation: Federation, round_: Round) -> ScoresMemory | None:
        journal = self.member.journal
        last = journal.recall_scores(round_.number - 1) if self.stale else None
        known = last.scores if last is not None and last.scores else [MAX_SCORE]
        scores = [known[index % len(known)] for index in range(round_.revealed)]
        memory = ScoresMemory(round_.number, new_salt().hex(), scores)
        journal.remember_scores(memory)
        return memory


@dataclass
class Withheld:
    """A store into which nothing gets from here: what is put is kept for oneself."""

    store: ArtifactStore
    own: dict[bytes, bytes] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def put(self, data: bytes) -> bytes:
        """The hash, as if it had been stored."""
        digest = artifact_hash(data)
        self.own[digest] = data
        return digest

    async def get(self, digest: bytes, **limits: int) -> bytes:
        """What was published by others, or withheld here."""
        try:
            return await self.store.get(digest, **limits)
        except ArtifactMissing:
            if digest in self.own:
                return self.own[digest]
            raise


def withholding(member: Member) -> Member:
    """The same member, who publishes nothing any more."""
    return replace(member, artifacts=Withheld(member.artifacts))  # type: ignore[arg-type]


def tree_with_sums(values: Values, sums: Sequence[int]) -> Tree:
    """The tree of an update (int16[d]) whose leaves declare these sums, one for each chunk."""
    records = [
        leaf_hash(index, update_chunk(values, index)) + total.to_bytes(8, "little")
        for index, total in enumerate(sums)
    ]
    levels = []
    while len(records) > 1:
        if len(records) % 2:
            records.append(EMPTY_HASH + bytes(8))
        levels.append(records)
        records = [
            _parent(left, right) for left, right in zip(records[::2], records[1::2], strict=True)
        ]
    levels.append(records)
    return Tree(
        tuple(np.frombuffer(b"".join(level), np.uint8).reshape(-1, 40) for level in levels),
        len(sums),
    )


def _parent(left: bytes, right: bytes) -> bytes:
    total = int.from_bytes(left[32:], "little") + int.from_bytes(right[32:], "little")
    return hashlib.sha256(b"\x01" + left + right).digest() + total.to_bytes(8, "little")
