"""Looks at everything in a round once: reads what was published, and says what is wrong with it."""

import asyncio
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from solders.pubkey import Pubkey

from fedsol.artifacts import decode_model, encode_model
from fedsol.errors import (
    ArchitectureMismatch,
    ArtifactCorrupt,
    ArtifactError,
    ArtifactMissing,
    FedsolError,
    LearningError,
)
from fedsol.learning import model_root, model_tree, update_root, update_tree
from fedsol.learning.merkle import MODEL_VALUES, model_chunk
from fedsol.log import get_logger
from fedsol.program import Submission
from fedsol.reading import is_masked
from fedsol.roles.aggregate_checks import Model, Recount
from fedsol.roles.answerer import Material, selection_material
from fedsol.roles.claims import Claim, Doubt, Proof
from fedsol.roles.disputes import Shown, is_standing
from fedsol.roles.inspecting_masked import MaskedSum, SumInspector
from fedsol.roles.inspecting_selections import SelectionInspector
from fedsol.roles.member import BaseModel
from fedsol.roles.notebook import Notebook
from fedsol.roles.publishing import publish
from fedsol.roles.rules import rule_of, scale_of
from fedsol.roles.scene import Scene
from fedsol.roles.seen_files import SeenFiles
from fedsol.roles.update_checks import Posted, Values, check_update, find_copies, known_values
from fedsol.roles.watch_metrics import WatchMetrics
from fedsol.updates import find_artifact, read_update

log = get_logger(__name__)

# What says that the right bytes are not there; any other error may be the store's, or ours.
_NOT_TO_BE_HAD = (ArtifactMissing, ArtifactCorrupt, ArchitectureMismatch)


@dataclass
class Inspector:
    """What is known of the running round; nothing is computed twice unless something changed."""

    files: SeenFiles
    notebook: Notebook
    metrics: WatchMetrics
    unsure: bool = False
    """Whether something could not be read at the last look."""
    _base: tuple[bytes, BaseModel] | None = None
    _found: dict[Pubkey, tuple[Any, Claim | None]] = field(default_factory=dict)
    _right: tuple[Any, Model] | None = None
    _told: set[str] = field(default_factory=set)

    def forget(self) -> None:
        """Begins a round: nothing of the one before it counts."""
        self._found.clear()
        self._told.clear()
        self._right = None
        self.files.clear()

    async def look(self, scene: Scene) -> list[Claim]:
        """All that is wrong, proofs first."""
        self.unsure = False
        found: list[Claim] = list(find_copies(scene))
        copies = {one.target for one in found}
        try:
            await self._read_base(scene)
        except ArtifactError as error:
            # Where not even the model can be read, nobody may be blamed for what is missing.
            self._doubt_oneself("store_unusable", error)
            return found
        for address, one in scene.submissions.items():
            if is_standing(one) and address not in copies:
                found += await self._one(self._update(scene, address, one))
        if scene.phase == "Challenge" and all(map(self._is_clean, scene.accepted)):
            found += await self._one(self._aggregate(scene))
        return sorted(found, key=lambda one: isinstance(one, Doubt))

    async def material(
        self, scene: Scene, target: Pubkey | None, *, of_selection: bool = False
    ) -> Material | None:
        """What the author of something right would show; None if it is not known to be right."""
        if of_selection:
            data = await self.selecting.data(scene)
            return None if data is None else selection_material(data)
        if target is None:
            known = self._right is not None and self._right[0] == _posted_mark(scene)
            values = self._right[1] if known and self._right is not None else None
            return None if values is None else Material(values, model_tree(values))
        if not self._is_clean(target):
            return None
        known_update = await self._values(scene, target, scene.submissions[target])
        if known_update is None:
            return None
        return Material(known_update, update_tree(known_update))

    async def prove(self, scene: Scene, coordinate: int) -> Proof:
        """The proof that a coordinate of the posted model is wrong, padding included.

        Raises ``ArtifactError`` if its bytes cannot be had, ``LearningError`` if it is right.
        """
        if is_masked(scene.round.params):
            raise LearningError(
                "that a masked sum is wrong can be proved to nobody",
                hint="Its members object instead: fedsol round object.",
            )
        model = await self._posted_model(scene)
        if model is None:
            raise ArtifactMissing("the posted model's bytes cannot be had, or are others")
        chunk = coordinate // MODEL_VALUES
        path = model_tree(model).prove(chunk).siblings
        shown = Shown(chunk, model_chunk(model, chunk), path)
        recount = await self._recount(scene)
        if not isinstance(recount, Recount):
            raise LearningError("what was selected is wrong or cannot be had: challenge that")
        return recount.prove(coordinate, shown)

    @cached_property
    def selecting(self) -> SelectionInspector:
        """Who looks at what an aggregator selected."""
        return SelectionInspector(self.files, self.notebook)

    async def _one(self, check: Any) -> list[Claim]:
        """A check's result, where it could be made."""
        try:
            claim: Claim | None = await check
        except (ArtifactError, LearningError) as error:
            self._doubt_oneself("check_failed", error)
            return []
        return [] if claim is None else [claim]

    def _doubt_oneself(self, what: str, error: FedsolError) -> None:
        """Notes that something could not be looked at; says so once."""
        self.unsure = True
        if str(error) not in self._told:
            self._told.add(str(error))
            log.warning(what, reason=str(error), hint=error.hint)

    def _is_clean(self, address: Pubkey) -> bool:
        return address in self._found and self._found[address][1] is None

    async def _update(self, scene: Scene, address: Pubkey, one: Submission) -> Claim | None:
        shown = self.notebook.shown(address)
        mark: tuple[Any, ...] = (one.status.kind, len(shown))
        known = self._found.get(address)
        # Bytes that were missing may come; nothing else changes by itself.
        if known is not None and known[0][:2] == mark and not isinstance(known[1], Doubt):
            return known[1]
        posted = Posted.of(address, one, scene.round)
        values = await self._published(one, posted.size)
        mark = (*mark, values is not None)
        if known is None or known[0] != mark:
            claim = await asyncio.to_thread(check_update, posted, values, shown)
            self.metrics.checks.labels("update").inc()
            self._found[address] = (mark, claim)
            log.info("update_checked", round=scene.number, index=one.index, **_said(claim))
            if claim is None and values is None and posted.plant is None:
                await self._publish_update(scene, address, one)
        return self._found[address][1]

    async def _published(self, one: Submission, size: int) -> Values | None:
        """The values of a submission's published bytes; None if they cannot be had."""
        try:
            return read_update(await self.files.get(bytes(one.artifact)), size)
        except _NOT_TO_BE_HAD:
            return None

    async def _values(self, scene: Scene, address: Pubkey, one: Submission) -> Values | None:
        """A submission's values, if they have its root."""
        posted = Posted.of(address, one, scene.round)
        published = await self._published(one, posted.size)
        values = known_values(posted, published, self.notebook.shown(address))
        if values is None or update_root(values) != posted.root:
            return None
        return values

    async def _aggregate(self, scene: Scene) -> Claim | None:
        shown = self.notebook.shown(scene.address, scene.round.attempt)
        selected = await self.selecting.mark(scene)
        mark: tuple[Any, ...] = ((_posted_mark(scene), selected), len(shown))
        known = self._found.get(scene.address)
        if known is not None and known[0][:2] == mark and not isinstance(known[1], Doubt):
            return known[1]
        model = await self._posted_model(scene)
        mark = (*mark, model is not None)
        if known is None or known[0] != mark:
            recount, right = await self._recount(scene), None
            claim = recount if isinstance(recount, Proof | Doubt) else None
            if isinstance(recount, Recount | MaskedSum):
                right = recount.right
                claim = await asyncio.to_thread(recount.check, model, shown)
            self.metrics.checks.labels("aggregate").inc()
            self._found[scene.address] = (mark, claim)
            log.info("aggregate_checked", round=scene.number, **_said(claim))
            if claim is None and right is not None:
                self._right = (_posted_mark(scene), right)
                await self._publish_selection(scene)
                await self._publish_model(scene, right)
        return self._found[scene.address][1]

    async def _recount(self, scene: Scene) -> Recount | MaskedSum | Claim:
        """The round's aggregate anew, or what is wrong with the selection that it is made of.

        Raises ``ArtifactError`` where not all of it can be read.
        """
        accepted = scene.accepted
        if len(accepted) != scene.round.accepted:
            # Of an endpoint that lags, no bond may hang.
            raise ArtifactError(f"{len(accepted)} of {scene.round.accepted} accepted are listed")
        if is_masked(scene.round.params):
            base = (await self._read_base(scene)).values
            return await SumInspector(self.files).look(scene, base)
        values = [await self._values(scene, key, one) for key, one in accepted.items()]
        if any(one is None for one in values):
            self._found = {key: one for key, one in self._found.items() if key not in accepted}
            raise ArtifactMissing("an update that was there has gone")
        updates = np.stack([one for one in values if one is not None])
        selected = await self.selecting.look(scene, updates)
        if isinstance(selected, Proof | Doubt):
            return selected
        return Recount(
            base=(await self._read_base(scene)).values,
            updates=updates,
            weights=selected.weights,
            selected=selected.exhibits,
            rule=rule_of(scene.round.params.rule),
            scale=scale_of(scene.round),
            submissions=tuple(accepted),
            indices=tuple(one.index for one in accepted.values()),
            accused=scene.round.aggregator,
            posted=bytes(scene.round.new_model_root),
        )

    async def _posted_model(self, scene: Scene) -> Model | None:
        """The posted model's values, if its bytes can be had and have the posted root."""
        try:
            data = await self.files.get(bytes(scene.round.new_model_artifact))
            values: Model = decode_model(data, size=scene.round.parameter_count).values
        except _NOT_TO_BE_HAD:
            return None
        right = model_root(values) == bytes(scene.round.new_model_root)
        return values if right else None

    async def _read_base(self, scene: Scene) -> BaseModel:
        """The model before the round.

        Raises ``ArtifactError``, also if what is there is not what the chain names.
        """
        root = bytes(scene.round.base_model_root)
        if self._base is None or self._base[0] != root:
            data = await self.files.get(bytes(scene.federation.model_artifact))
            vector = decode_model(data, size=scene.round.parameter_count)
            if model_root(vector.values) != root:
                raise ArtifactCorrupt("the model's artifact does not have the root on chain")
            self._base = (root, BaseModel(vector.values, dict(vector.metadata)))
        return self._base[1]

    async def _publish_update(self, scene: Scene, address: Pubkey, one: Submission) -> None:
        """Publishes an update of which its author showed every chunk, and published none."""
        values = await self._values(scene, address, one)
        if values is not None:
            digest = bytes(one.artifact)
            await publish(self.files.store, digest, find_artifact(values, digest), "update")

    async def _publish_selection(self, scene: Scene) -> None:
        """Publishes what was rightly selected and withheld: whoever audits needs it."""
        data = await self.selecting.withheld(scene)
        if data is not None and scene.round.selection is not None:
            await publish(
                self.files.store, bytes(scene.round.selection.artifact), data, "selection"
            )

    async def _publish_model(self, scene: Scene, values: Model) -> None:
        """Publishes a right model whose author did not: everybody needs it for the next round."""
        digest = bytes(scene.round.new_model_artifact)
        try:
            await self.files.get(digest)
        except ArtifactError:
            base = await self._read_base(scene)
            await publish(self.files.store, digest, encode_model(values, base.metadata), "model")


def _posted_mark(scene: Scene) -> tuple[int, bytes]:
    return scene.round.attempt, bytes(scene.round.new_model_root)


def _said(claim: Claim | None) -> dict[str, Any]:
    if claim is None:
        return {"found": "nothing"}
    if isinstance(claim, Doubt):
        return {"found": "doubt", "why": claim.why, "chunk": claim.chunk}
    return {"found": claim.kind.kind}
