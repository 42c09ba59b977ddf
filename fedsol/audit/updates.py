"""Recomputes the learning: every accepted update's root and norm, every aggregate, from the stored
bytes.

Of a masked round the updates are masked words: their roots are recomputed, their norms are noise, and
the aggregate is what their opened sum makes.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fedsol.artifacts import ArtifactStore, decode_model
from fedsol.audit.ledger import Aggregate, Ledger, Round, Submission
from fedsol.audit.masked_sums import unmask
from fedsol.audit.report import Check, check
from fedsol.audit.verdicts import rule_of, scale_of, selection_rule_of
from fedsol.errors import FedsolError
from fedsol.learning import aggregate, model_root, update_root
from fedsol.learning.proof import faulty_leaf
from fedsol.learning.selection import MultiKrum, decode_selection, select
from fedsol.updates import read_update

_NAME = "updates and aggregates recomputed"
_MASKED = (
    "; masked: the posted model is the exact sum of what was committed; what single updates are, and "
    "their norms, cannot be checked"
)


@dataclass
class Recomputed:
    """What was recomputed, and what did not come out the same; ``model`` (int32[d]) is the newest.

    ``left_out``: accepted masked updates that are in no sum, as their author's channel key is none or
    they are copies of an earlier one.
    """

    model: NDArray[np.int32]
    ledger: Ledger
    artifacts: ArtifactStore
    roots: int = 0
    aggregates: int = 0
    left_out: int = 0
    problems: list[str] = field(default_factory=list)


async def check_updates(ledger: Ledger, artifacts: ArtifactStore) -> list[Check]:
    """Fetches every accepted update, and computes roots, norms, aggregates and models anew.

    An aggregate that settled must be what the rule yields; one that was convicted must not.
    """
    created = ledger.created.data
    try:
        await artifacts.get(bytes(created.agreement_hash))
        first = decode_model(await artifacts.get(bytes(created.model_artifact)))
    except FedsolError as error:
        return [Check(_NAME, False, str(error))]
    done = Recomputed(first.values, ledger, artifacts)
    if model_root(first.values) != bytes(created.model_root):
        done.problems.append("the first model does not have its root")
    for round_ in ledger.rounds.values():
        before = done.model
        for one in round_.aggregates:
            await _recompute(done, round_, one, before)
    return [check(_NAME, done.problems, _passed(done))]


def _passed(done: Recomputed) -> str:
    """What was recomputed; where updates are masked also what that says, and what it cannot say."""
    kind = "masked updates" if done.ledger.is_masked else "updates"
    passed = f"{done.roots} {kind}, {done.aggregates} aggregates"
    if done.left_out:
        why = "their channel key is none or their update a copy"
        passed += f", {done.left_out} updates in no sum, as {why}"
    return passed + _MASKED if done.ledger.is_masked and done.aggregates else passed


async def _recompute(
    done: Recomputed, round_: Round, posted: Aggregate, before: NDArray[np.int32]
) -> None:
    settled = round_.phase == "Settled" and posted is round_.standing
    convicted = round_.fallen.get(posted.attempt, False)
    if not settled and not convicted:
        return  # nobody relies on it, and nobody was blamed for it
    try:
        updates = [await _update(done, one) for one in posted.accepted]
    except FedsolError as error:
        # Of a fallen aggregate the evidence in the ledger says enough: authors may be gone.
        done.problems += [f"round {round_.number}: {error}"] if settled else []
        return
    try:
        model, chosen = await _aggregate(done, round_, posted, before, updates)
    except FedsolError as error:
        done.problems += [f"round {round_.number}: {error}"] if settled else []
        return
    done.aggregates += 1
    right = chosen and model_root(model) == posted.root
    if settled:
        if not chosen:
            done.problems.append(f"round {round_.number}: the selection is not what the rule makes")
        elif not right:
            what = (
                "the sum of what was committed" if done.ledger.is_masked else "what the rule yields"
            )
            done.problems.append(f"round {round_.number}: the aggregate is not {what}")
        done.model = await _stored(done, round_, posted, model)
    elif right:
        done.problems.append(f"round {round_.number}: a right aggregate was convicted")


async def _aggregate(
    done: Recomputed,
    round_: Round,
    posted: Aggregate,
    before: NDArray[np.int32],
    updates: list[NDArray[np.int16]],
) -> tuple[NDArray[np.int32], bool]:
    """The model that the accepted updates make, and whether a posted selection is what it should be.

    Raises FedsolError for what cannot be had, or opened.
    """
    ledger, params = done.ledger, done.ledger.params
    if ledger.is_masked:
        accepted = (one.participant for one in posted.accepted)
        words = dict(zip(accepted, updates, strict=True))
        opened = await unmask(ledger, done.artifacts, round_, posted, words, before)
        done.left_out += len(words) - opened.survivors
        return opened.model, True
    weights, chosen = await _weights(done, posted, np.stack(updates))
    rule, scale = rule_of(params.rule), scale_of(params)
    return aggregate(before, np.stack(updates), weights, rule, scale), chosen


async def _weights(
    done: Recomputed, posted: Aggregate, updates: NDArray[np.int16]
) -> tuple[NDArray[np.uint32], bool]:
    """What each accepted update weighs, and whether a posted selection is what the rule makes.

    Posted weights without a rule are read from the store. Raises FedsolError if they cannot be had.
    """
    rule = selection_rule_of(done.ledger.params.rule)
    if rule is None or posted.selection is None:
        return np.array([one.weight for one in posted.accepted], np.uint32), True
    indices = [one.index or 0 for one in posted.accepted]
    root, artifact = posted.selection
    if isinstance(rule, MultiKrum):
        made = select(rule, updates, indices, len(posted.revealed))
    else:
        data = await done.artifacts.get(artifact)
        made = decode_selection(data, len(posted.revealed), with_table=False)
    return made.weights[indices], made.tree.record == root


async def _stored(
    done: Recomputed, round_: Round, posted: Aggregate, computed: NDArray[np.int32]
) -> NDArray[np.int32]:
    """The model that the federation goes on with: what was posted, if its bytes are what they should."""
    try:
        data = await done.artifacts.get(posted.artifact)
        values: NDArray[np.int32] = decode_model(data, size=computed.size).values
    except FedsolError as error:
        done.problems.append(f"round {round_.number}: {error}")
        return computed
    if model_root(values) != posted.root:
        done.problems.append(f"round {round_.number}: the stored model does not have its root")
        return computed
    return values


async def _update(done: Recomputed, accepted: Submission) -> NDArray[np.int16]:
    ledger = done.ledger
    values = read_update(await done.artifacts.get(accepted.artifact), ledger.update_length)
    root = update_root(values)
    if (root.hash, root.sum) != (accepted.root, accepted.norm_squared):
        done.problems.append(
            f"submission {accepted.index} does not have the root or norm it revealed"
        )
    if not ledger.is_masked and faulty_leaf(values, ledger.params.qmax) is not None:
        done.problems.append(f"submission {accepted.index} has values beyond the bound")
    done.roots += 1
    return values
