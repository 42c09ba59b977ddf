"""Recomputes the learning: every update's root and norm, every aggregate, from the stored bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore, decode_model, decode_update
from fedsol.audit.report import Check, check
from fedsol.errors import FedsolError
from fedsol.learning import aggregate, model_root, update_root
from fedsol.learning.aggregation import Mean, Median, Rule, Scale, TrimmedMean
from fedsol.program.events import Event


@dataclass
class _Round:
    number: int
    updates: list[Event] = field(default_factory=list)


@dataclass
class Recomputed:
    """What was recomputed, and what did not come out the same."""

    model: NDArray[np.int32]
    params: Any
    artifacts: ArtifactStore
    roots: int = 0
    aggregates: int = 0
    problems: list[str] = field(default_factory=list)


async def check_updates(
    events: Sequence[Event], params: Any, artifacts: ArtifactStore
) -> list[Check]:
    """Fetches every revealed update and every model, and computes roots, norms and aggregates anew."""
    created = events[0].data
    try:
        await artifacts.get(bytes(created.agreement_hash))
        first = decode_model(await artifacts.get(bytes(created.model_artifact)))
    except FedsolError as error:
        return [Check("updates and aggregates recomputed", False, str(error))]
    done = Recomputed(first.values, params, artifacts)
    if model_root(first.values) != bytes(created.model_root):
        done.problems.append("the first model does not have its root")
    rounds: dict[Pubkey, _Round] = {}
    for event in events:
        if event.name == "RoundOpened":
            rounds[event.data.round] = _Round(event.data.number)
        elif event.name == "RoundRevealed":
            rounds[event.data.round].updates.append(event)
        elif event.name == "RoundSettled":
            await _recompute(done, rounds[event.data.round], event)
    passed = f"{done.roots} updates, {done.aggregates} aggregates"
    return [check("updates and aggregates recomputed", done.problems, passed)]


async def _recompute(done: Recomputed, round_: _Round, settled: Event) -> None:
    try:
        updates = [await _update(done, one) for one in round_.updates]
    except FedsolError as error:
        done.problems.append(f"round {round_.number}: {error}")
        return
    params = done.params
    scale = Scale(
        lr_num=params.lr_num,
        lr_den=params.lr_den,
        frac_bits=params.frac_bits,
        update_bits=params.update_bits,
    )
    weights = np.array([one.data.weight for one in round_.updates], np.uint32)
    model = aggregate(done.model, np.stack(updates), weights, _rule(params.rule), scale)
    if model_root(model) != bytes(settled.data.model_root):
        done.problems.append(f"round {round_.number}: the aggregate is not what the rule yields")
    done.model = model
    done.aggregates += 1


async def _update(done: Recomputed, revealed: Event) -> NDArray[np.int16]:
    data = revealed.data
    values: NDArray[np.int16] = decode_update(
        await done.artifacts.get(bytes(data.artifact)), size=done.model.size
    ).values
    root = update_root(values)
    if (root.hash, root.sum) != (bytes(data.root), data.norm_squared):
        done.problems.append(f"submission {data.index} does not have the root or norm it revealed")
    done.roots += 1
    return values


def _rule(decoded: Any) -> Rule:
    """The rule as an event's decoder gives it: an object of a class that is named like the rule."""
    name = type(decoded).__name__
    plain: dict[str, Rule] = {"Mean": Mean(), "Median": Median()}
    return TrimmedMean(decoded.trim) if name == "TrimmedMean" else plain[name]
