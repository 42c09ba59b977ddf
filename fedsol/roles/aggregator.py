"""An aggregator: fetches every revealed update, checks it, computes the rule and posts the new model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fedsol.artifacts import artifact_hash, decode_update, encode_model
from fedsol.errors import ArtifactCorrupt, ArtifactError
from fedsol.learning import Mean, Median, Rule, Scale, TrimmedMean, aggregate, model_root
from fedsol.learning.merkle import update_root
from fedsol.log import get_logger
from fedsol.program import Federation, Round, Submission
from fedsol.program import instructions as ix
from fedsol.program.generated.types.aggregation_rule import AggregationRuleKind
from fedsol.program.generated.types.aggregation_rule import TrimmedMean as RawTrimmedMean
from fedsol.roles.member import Member, Snapshot
from fedsol.roles.trainer import deadline_passed

log = get_logger(__name__)


@dataclass(frozen=True)
class Aggregator:
    """The aggregator role of a member."""

    member: Member

    async def step(self, now: Snapshot) -> bool:
        """Posts the aggregate if it is this member's turn; says whether it did."""
        round_ = now.round
        if round_ is None or round_.phase.kind != "Aggregate" or not await self._is_my_turn(now):
            return False
        try:
            values, data = await self.compute(now.federation, round_)
        except ArtifactError as error:
            log.warning("cannot aggregate yet", round=round_.number, reason=str(error))
            return False
        await self.member.artifacts.put(data)
        step = ix.round_aggregate(
            self.member.federation.address,
            round_.number,
            self.member.owner,
            model_root=model_root(values),
            model_artifact=artifact_hash(data),
        )
        await self.member.send(f"round-{round_.number}-aggregate", [step])
        log.info("aggregated", round=round_.number, submissions=round_.revealed)
        return True

    async def compute(
        self, federation: Federation, round_: Round
    ) -> tuple[NDArray[np.int32], bytes]:
        """The round's new model (int32[d]) and its artifact, from what is on chain and in the
        store.

        Raises ``ArtifactMissing`` and ``ArtifactCorrupt`` if an update is not there or not what was
        revealed.
        """
        base = await self.member.base_model(federation)
        listed = await self.member.submissions(round_.number)
        accepted = [one for one in listed if one.status.kind == "Revealed"]
        updates = np.stack(
            [await self._update(one, federation.parameter_count) for one in accepted]
        )
        weights = np.array([one.weight for one in accepted], np.uint32)
        values = aggregate(
            base.values, updates, weights, rule_of(round_.params.rule), scale_of(round_)
        )
        return values, encode_model(values, base.metadata)

    async def _update(self, submission: Submission, size: int) -> NDArray[np.int16]:
        data = await self.member.artifacts.get(bytes(submission.artifact))
        values: NDArray[np.int16] = decode_update(data, size=size).values
        root = update_root(values)
        if (root.hash, root.sum) != (bytes(submission.root), submission.norm_squared):
            raise ArtifactCorrupt(
                f"the update of submission {submission.index} does not have the revealed root"
            )
        return values

    async def _is_my_turn(self, now: Snapshot) -> bool:
        me, round_ = await self.member.me(), now.round
        if me is None or round_ is None or not me.roles & 4:
            return False
        if me.stake < round_.params.min_stake + round_.params.aggregator_bond:
            return False
        chosen = me.listed and me.aggregator_index == round_.chosen
        return chosen or deadline_passed(round_, now)


def rule_of(raw: AggregationRuleKind) -> Rule:
    """The program's rule as the learning layer names it."""
    if isinstance(raw, RawTrimmedMean):
        return TrimmedMean(raw.value["trim"])
    return Mean() if raw.kind == "Mean" else Median()


def scale_of(round_: Round) -> Scale:
    """The round's fixed-point settings and server learning rate."""
    params = round_.params
    return Scale(
        lr_num=params.lr_num,
        lr_den=params.lr_den,
        frac_bits=params.frac_bits,
        update_bits=params.update_bits,
    )
