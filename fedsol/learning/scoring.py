"""What an evaluator gives a submission: a score in basis points, and what a round makes of several.

An update's **gain** is the loss of the model on held-out data, less that of the model one server
step of this update alone later: the exact aggregate of the one, under ``Mean`` and the federation's
``Scale``. Its score compares the gain with a **reference**, the larger of two: the gain of one
**other** submission, which the round's beacon picks, and the median of all finite gains of the
round.

- 0 if the gain is not positive, or not finite: nothing is ever paid for making a model worse, and
  two bad updates do not make a good one;
- 10,000 if the reference is no larger;
- else ``floor(10,000 · gain / reference)``.

Gains are floats of one machine and one evaluator's data; scores are where integers begin again.

The median is there so that a little noise that happens to help earns little, even beside an other
that is worth nothing, as long as most of the round is worth something. Beyond that a gain says that
an update helps, not who found it. One that repeats somebody else's earns what that one earns:
copying is a fault that the roots prove. Where a server step stops far short of what one step could
gain, last round's step helps as much as a new one, and its copy is paid as much.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from statistics import median

import jax
import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ArchitectureMismatch, LearningError
from fedsol.learning.aggregation import Mean, Scale, aggregate
from fedsol.learning.datasets import Dataset
from fedsol.learning.fixed_point import to_float
from fedsol.learning.local_training import Samples, evaluate_padded, pad_samples
from fedsol.learning.models import Model, parameter_spec
from fedsol.learning.parameters import unflatten

MAX_SCORE = 10_000
"""The best score: basis points of a whole."""
Updates = NDArray[np.int16] | Mapping[int, NDArray[np.int16] | None]
"""A round's updates: int16[n, d], or by index; ``None`` is one whose bytes could not be had."""
_OTHER = b"fedsol:other:v1"
_BEACON_BYTES = 32
_ROWS = 64  # least rows that held-out data are padded to


def other_index(beacon: bytes, index: int, count: int) -> int | None:
    """Which of ``count`` submissions number ``index`` is compared with; ``None`` if it is alone.

    ``le64(sha256("fedsol:other:v1" ‖ beacon ‖ le32(index))[:8]) mod (count - 1)``, not counting
    itself. ``beacon`` is 32 bytes.

    Raises:
        LearningError: no such submission, or a beacon of another length.
    """
    if len(beacon) != _BEACON_BYTES or not 0 <= index < count:
        raise LearningError(f"no submission {index} of {count} (beacon: {len(beacon)} bytes)")
    if count == 1:
        return None
    digest = hashlib.sha256(_OTHER + beacon + index.to_bytes(4, "little")).digest()
    picked = int.from_bytes(digest[:8], "little") % (count - 1)
    return picked + (picked >= index)


def references(found: Sequence[float], beacon: bytes) -> list[float]:
    """What each gain is compared with: the other's, or the median of all, whichever is larger.

    Gains that are not finite count for nothing. ``beacon`` is 32 bytes.
    """
    finite = [gain for gain in found if math.isfinite(gain)]
    middle = median(finite) if finite else 0.0
    worth = [gain if math.isfinite(gain) else -math.inf for gain in found]
    others = [other_index(beacon, index, len(found)) for index in range(len(found))]
    return [middle if other is None else max(middle, worth[other]) for other in others]


def score_update(gain: float, reference: float) -> int:
    """The score (0..10,000) of a gain (nats) beside its reference."""
    if not (math.isfinite(gain) and gain > 0):
        return 0
    # Divided first: a product of ten thousand may be infinite.
    return int(MAX_SCORE * (gain / reference)) if reference > gain else MAX_SCORE


def gains(
    model: Model, values: NDArray[np.int32], updates: Updates, data: Dataset, scale: Scale
) -> NDArray[np.float64]:
    """The gain (nats, float64[n]) of each update on held-out ``data``; 0 where bytes are missing.

    ``values`` (int32[d]) is the model before the round. NaN and infinities are left as they come.

    Raises:
        LearningError: indices that are not 0..n-1, updates that do not fit, or no data.
        ArchitectureMismatch: ``values`` are not of the model.
    """
    if values.shape != (parameter_spec(model).size,):
        raise ArchitectureMismatch(f"{values.shape} values are not of {model}")
    samples: Samples = jax.device_put(pad_samples(data.x, data.y, _ROWS))
    loss = partial(_loss, model, samples=samples, frac_bits=scale.frac_bits)
    before = loss(values)
    one = np.ones(1, np.uint32)

    def gain(update: NDArray[np.int16] | None) -> float:
        if update is None:
            return 0.0
        return before - loss(aggregate(values, update[None], one, Mean(), scale))

    # One at a time, through one compilation: what an update is worth must not depend, by a
    # rounding, on how many others are evaluated with it. And no more than one model is in memory.
    return np.array([gain(update) for update in _in_order(updates)], np.float64)


def score_all(
    model: Model,
    values: NDArray[np.int32],
    updates: Updates,
    beacon: bytes,
    data: Dataset,
    scale: Scale,
) -> NDArray[np.uint16]:
    """The score (uint16[n]) of each update; each gain is computed once.

    Arguments and errors as :func:`gains` and :func:`other_index`.
    """
    found = gains(model, values, updates, data, scale).tolist()
    pairs = zip(found, references(found, beacon), strict=True)
    return np.array([score_update(*pair) for pair in pairs], np.uint16)


def weighted_median(scores: Sequence[int], weights: Sequence[int]) -> int:
    """The lowest score ``m`` with ``2 · Σ (weights of scores ≤ m) ≥ Σ weights``, exact.

    Raises:
        LearningError: not one weight for each score, a negative weight, or no weight at all.
    """
    if len(scores) != len(weights) or min(weights, default=0) < 0:
        raise LearningError(f"{len(weights)} weights, or negative ones, for {len(scores)} scores")
    total = sum(weights)
    if total == 0:
        raise LearningError("scores without any weight have no median")
    reached = 0
    for score, weight in sorted(zip(scores, weights, strict=True)):
        reached += weight
        if 2 * reached >= total:
            return score
    raise AssertionError("the last score reaches every total")


def _loss(model: Model, values: NDArray[np.int32], *, samples: Samples, frac_bits: int) -> float:
    params = unflatten(to_float(values, frac_bits), parameter_spec(model))
    return float(evaluate_padded(model, params, samples)[0])


def _in_order(updates: Updates) -> Iterable[NDArray[np.int16] | None]:
    if not isinstance(updates, Mapping):
        return updates
    if sorted(updates) != list(range(len(updates))):
        raise LearningError(f"updates must be numbered 0..{len(updates) - 1}: {sorted(updates)}")
    return [updates[index] for index in range(len(updates))]
