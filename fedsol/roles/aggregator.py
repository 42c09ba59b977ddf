"""An aggregator: fetches every accepted update, checks it, computes the rule and posts the new model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.artifacts import artifact_hash, encode_model
from fedsol.errors import ArtifactError
from fedsol.learning import aggregate, model_root
from fedsol.learning.privacy.errors import InvalidMessage, TooFewSurvivors
from fedsol.learning.selection import Selection, select
from fedsol.log import get_logger
from fedsol.masked import opening_root
from fedsol.program import Federation, Participant, Round, Submission
from fedsol.program import instructions as ix
from fedsol.program.instructions.participant import AGGREGATOR
from fedsol.reading import is_masked, is_over, is_past
from fedsol.roles.masked_round import read_masked_round, unmask
from fedsol.roles.member import Member, Snapshot, fetch_update
from fedsol.roles.rules import rule_of, scale_of, selection_rule_of

log = get_logger(__name__)


Weigh = Callable[[NDArray[np.int16]], NDArray[Any]]
"""Weights (float[n], any scale) for updates (int16[n, d])."""


@dataclass(frozen=True)
class Aggregator:
    """The aggregator role of a member.

    ``weigh`` is what makes the weights where the federation's rule is ``weighted``: they are this
    member's word, which nobody can check. Without it each update weighs the same.
    """

    member: Member
    weigh: Weigh | None = field(default=None, kw_only=True)

    async def step(self, now: Snapshot) -> bool:
        """Posts the aggregate if it is this member's turn; says whether it did.

        Open disputes about submissions are not waited for: whoever has a bond could let both windows
        pass with them. If one of them convicts, the aggregate falls with its submission, and this
        member's bond comes home.
        """
        round_ = now.round
        if round_ is None or round_.phase.kind != "Aggregate" or not await self._is_my_turn(now):
            return False
        accepted = await self._accepted(round_)
        if accepted is None:
            return False
        try:
            made = await self._make(now.federation, round_, accepted)
        except TooFewSurvivors as error:
            log.debug("members are still telling", round=round_.number, reason=str(error))
            return False
        except (ArtifactError, InvalidMessage) as error:
            log.warning("cannot aggregate yet", round=round_.number, reason=str(error))
            return False
        values, data, selected = made
        await self.member.artifacts.put(data)
        step = ix.round_aggregate(
            self.member.federation.address,
            round_.number,
            self.member.owner,
            model_root=model_root(values),
            model_artifact=artifact_hash(data),
            accepted=len(accepted),
            selection=selected,
        )
        # Whatever fell meanwhile, another aggregate is needed: what was signed before is not it.
        label = f"round-{round_.number}-aggregate-{round_.attempt}-{round_.accepted}"
        await self.member.send(label, [step])
        log.info("aggregated", round=round_.number, submissions=round_.accepted)
        return True

    async def _make(
        self, federation: Federation, round_: Round, accepted: Sequence[Submission]
    ) -> tuple[NDArray[np.int32], bytes, tuple[bytes, bytes] | None]:
        """The new model, its artifact, and root and hash of what is posted beside it, then stored."""
        if is_masked(round_.params):
            facts = await read_masked_round(self.member, federation, round_)
            values, data, opening = await unmask(self.member, federation, facts)
            return values, data, (opening_root(opening), await self.member.artifacts.put(opening))
        values, data, selection = await self.compute(federation, round_, accepted)
        return values, data, None if selection is None else await self._publish(selection)

    async def compute(
        self, federation: Federation, round_: Round, accepted: Sequence[Submission]
    ) -> tuple[NDArray[np.int32], bytes, Selection | None]:
        """The round's new model (int32[d]), its artifact, and what it selects where the rule does.

        All from what is on chain and in the store. Raises ``ArtifactMissing`` and
        ``ArtifactCorrupt`` if an update is not there or not what was revealed.
        """
        base = await self.member.base_model(federation)
        size = federation.parameter_count
        updates = np.stack(
            [await fetch_update(self.member.artifacts, one, size) for one in accepted]
        )
        selection = self.select(round_, accepted, updates)
        weights = np.array([one.weight for one in accepted], np.uint32)
        if selection is not None:
            weights = selection.weights[[one.index for one in accepted]]
        values = aggregate(
            base.values, updates, weights, rule_of(round_.params.rule), scale_of(round_)
        )
        return values, encode_model(values, base.metadata), selection

    def select(
        self, round_: Round, accepted: Sequence[Submission], updates: NDArray[np.int16]
    ) -> Selection | None:
        """Which of the accepted updates (int16[n, d]) count; None where the rule does not select."""
        rule = selection_rule_of(round_.params.rule)
        if rule is None:
            return None
        weights = None if self.weigh is None else self.weigh(updates)
        indices = [one.index for one in accepted]
        return select(rule, updates, indices, round_.revealed, weights)

    async def _publish(self, selection: Selection) -> tuple[bytes, bytes]:
        """Stores a selection; its root and artifact."""
        await self.member.artifacts.put(selection.encoded)
        return selection.tree.record, artifact_hash(selection.encoded)

    async def _accepted(self, round_: Round) -> list[Submission] | None:
        """What is to be combined, by index; None while the endpoint's list is not what the round
        counts.
        """
        listed = await self.member.submissions(round_.number)
        accepted = [one for one in listed if one.status.kind == "Revealed"]
        if len(accepted) == round_.accepted:
            return accepted
        reason = f"{len(accepted)} accepted are listed, the round counts {round_.accepted}"
        log.warning("cannot aggregate yet", round=round_.number, reason=reason)
        return None

    async def _is_my_turn(self, now: Snapshot) -> bool:
        me, round_ = await self.member.me(), now.round
        if me is None or round_ is None or not can_post(me, round_):
            return False
        if round_.accepted < round_.params.min_submissions or is_past(round_.takeover, now.clock):
            return False
        # Who took its place after the beacon could be known was not chosen by it.
        seated = me.listed and me.seated_slot < round_.beacon_slot
        chosen = seated and me.aggregator_index == round_.chosen
        return chosen or is_over(round_, now.clock)


def can_post(me: Participant, round_: Round) -> bool:
    """Whether a participant may post a round's aggregate at all: role, stake, and no fault in it."""
    bond, least = round_.params.aggregator_bond, round_.params.min_stake
    free = me.stake >= max(least, me.locked) + bond
    return bool(me.roles & AGGREGATOR) and free and me.barred_round != round_.number
