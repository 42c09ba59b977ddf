"""Looks at what an aggregator selected: reads it, and says what is wrong with it, or what it weighs."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ArtifactCorrupt, ArtifactMissing, LearningError
from fedsol.roles.claims import Claim, Exhibit
from fedsol.roles.notebook import Notebook
from fedsol.roles.rules import selection_rule_of
from fedsol.roles.scene import Scene
from fedsol.roles.seen_files import SeenFiles
from fedsol.roles.selection_checks import Chunks, Judged


@dataclass(frozen=True, eq=False)
class Weights:
    """What each accepted submission weighs (uint32[n]), and what shows it where it was selected."""

    weights: NDArray[np.uint32]
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True)
class SelectionInspector:
    """Reads and judges the running round's selection."""

    files: SeenFiles
    notebook: Notebook
    _right: dict[bytes, bytes] = field(default_factory=dict)

    async def mark(self, scene: Scene) -> tuple[Any, ...]:
        """What must change before another look can find anything else."""
        if scene.round.selection is None:
            return ()
        published = await self._published(scene) is not None
        return bytes(scene.round.selection.root), published, len(self._shown(scene))

    async def look(self, scene: Scene, updates: NDArray[np.int16]) -> Weights | Claim:
        """What the accepted updates (int16[n, d]) weigh, or what is wrong with their selection.

        Raises ``ArtifactError`` when the store cannot be reached.
        """
        accepted = scene.accepted
        rule = selection_rule_of(scene.round.params.rule)
        if rule is None or scene.round.selection is None:
            return Weights(np.array([one.weight for one in accepted.values()], np.uint32))
        revealed = [(one.index, key) for key, one in scene.submissions.items() if one.revealed]
        judged = Judged(
            rule=rule,
            updates=updates,
            indices=tuple(one.index for one in accepted.values()),
            addresses=tuple(key for _, key in sorted(revealed, key=lambda one: one[0])),
            accused=scene.round.aggregator,
            posted=bytes(scene.round.selection.root),
        )
        return await asyncio.to_thread(self._judge, judged, await self._known(scene, judged))

    async def data(self, scene: Scene) -> bytes | None:
        """The posted selection's bytes; None if they cannot be had."""
        return await self._published(scene)

    async def withheld(self, scene: Scene) -> bytes | None:
        """The bytes of a selection that was found right and is not published; None otherwise."""
        if scene.round.selection is None or await self._published(scene) is not None:
            return None
        return self._right.get(bytes(scene.round.selection.root))

    def _judge(self, judged: Judged, known: Chunks) -> Weights | Claim:
        claim, weights = judged.check(known), judged.weights(known)
        if claim is not None:
            return claim
        whole = judged.whole(known)
        if whole is not None:
            self._right.clear()
            self._right[judged.posted] = whole
        if weights is None:
            raise LearningError("a selection is right, and its weights are not known")
        return Weights(weights[list(judged.indices)], judged.weight_exhibits(known))

    async def _known(self, scene: Scene, judged: Judged) -> Chunks:
        data = await self._published(scene)
        whole = None if data is None else judged.read(data)
        return whole or {one.index: one for one in self._shown(scene)}

    def _shown(self, scene: Scene) -> list[Any]:
        return self.notebook.shown(scene.address, scene.round.attempt, of_selection=True)

    async def _published(self, scene: Scene) -> bytes | None:
        if scene.round.selection is None:
            return None
        try:
            return await self.files.get(bytes(scene.round.selection.artifact))
        except (ArtifactMissing, ArtifactCorrupt):
            return None
