"""Looks at the aggregate of a masked round: opens the sum once more, and asks for what is withheld.

That a masked sum is wrong can be proved to nobody who was not in it; the program takes no such claim,
and its members object instead. Bytes of the new model can be demanded as in any round.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.errors import ArchitectureMismatch, ArtifactCorrupt, ArtifactMissing, ConfigError
from fedsol.learning import model_root
from fedsol.learning.merkle import MODEL_VALUES, chunk_count
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors
from fedsol.learning.privacy.secure_aggregation import Opening
from fedsol.log import get_logger
from fedsol.masked import (
    Board,
    board,
    new_model,
    opening_root,
    server,
    without_copies,
)
from fedsol.reading import update_length
from fedsol.roles.aggregate_checks import Model
from fedsol.roles.claims import Claim, Doubt
from fedsol.roles.disputes import Shown
from fedsol.roles.rules import scale_of
from fedsol.roles.scene import Scene
from fedsol.roles.seen_files import SeenFiles
from fedsol.updates import read_update

log = get_logger(__name__)

# Why a sum does not open; any other error may be the store's, or ours.
_CLOSED = (
    ArtifactMissing,
    ArtifactCorrupt,
    ArchitectureMismatch,
    ConfigError,
    InvalidMessage,
    TooFewSurvivors,
)


@dataclass(frozen=True, eq=False)
class MaskedSum:
    """What a masked round's sum makes: ``expected`` (int32[d]), None where it does not open.

    ``accused`` is who posted ``posted``, the root of a model of so many ``chunks``.
    """

    expected: Model | None
    accused: Pubkey
    posted: bytes
    chunks: int

    @property
    def right(self) -> Model | None:
        """The posted model, if it is what the sum makes."""
        fits = self.expected is not None and model_root(self.expected) == self.posted
        return self.expected if fits else None

    def check(self, values: Model | None, shown: Sequence[Shown]) -> Claim | None:
        """What can be claimed: that the model's bytes cannot be had, unless they can be made here.

        ``values`` (int32[d]) are those of its published bytes, None if they cannot be had or do not
        have the posted root; ``shown`` is what its author showed on demand.
        """
        known = {one.index for one in shown}
        unknown = [chunk for chunk in range(self.chunks) if chunk not in known]
        if values is not None or self.right is not None or not unknown:
            return None
        why = "its bytes cannot be had"
        return Doubt(self.accused, None, secrets.choice(unknown), why, narrows=False)


@dataclass(frozen=True)
class SumInspector:
    """Opens the running round's masked sum by what is published."""

    files: SeenFiles

    async def look(self, scene: Scene, base: Model) -> MaskedSum:
        """The sum of the accepted masked updates, after the model before (int32[d]).

        Raises ``ArtifactError`` when the store cannot be reached.
        """
        expected = None
        try:
            expected = await self._open(scene, base)
        except _CLOSED as error:
            log.warning("masked_sum_does_not_open", round=scene.number, reason=str(error))
        posted = bytes(scene.round.new_model_root)
        chunks = chunk_count(scene.round.parameter_count, MODEL_VALUES)
        found = MaskedSum(expected, scene.round.aggregator, posted, chunks)
        if expected is not None and found.right is None:
            hint = "Its members can object: fedsol round object."
            log.warning("masked_sum_is_another", round=scene.number, hint=hint)
        return found

    async def _open(self, scene: Scene, base: Model) -> Model:
        round_, posted = scene.round, scene.round.selection
        made = _board(scene)
        here = {
            one.participant: one
            for one in scene.submissions.values()
            if one.participant in made.numbers and any(one.shares)
        }
        bundles = {who: await self.files.get(bytes(one.shares)) for who, one in here.items()}
        shown = {who: one for who, one in here.items() if one.status.kind == "Revealed"}
        roots = {who: (one.index, bytes(one.root)) for who, one in shown.items()}
        counting, size = without_copies(roots), update_length(round_)
        words = {
            who: read_update(await self.files.get(bytes(one.artifact)), size)
            for who, one in shown.items()
            if who in counting
        }
        if posted is None:
            raise InvalidMessage("nothing was posted that opens the sum")
        data = await self.files.get(bytes(posted.artifact))
        if opening_root(data) != bytes(posted.root):
            raise InvalidMessage("the opening does not have the root that was posted")

        def opened() -> NDArray[np.int32]:
            total = server(made, bundles, words).total(Opening.from_bytes(data))
            return new_model(base, total, len(words), round_.params, scale_of(round_))

        return await asyncio.to_thread(opened)


def _board(scene: Scene) -> Board:
    round_ = scene.round
    roster = {one.participant: bytes(one.commitment) for one in scene.submissions.values()}
    return board(
        bytes(scene.federation.genesis),
        round_.federation,
        scene.number,
        roster,
        round_.params,
        round_.parameter_count,
    )
