"""Planted updates: noise that anybody can recompute from a seed, and whose true worth is nothing.

A plant hides among the submissions of a round, until its seed is published. An evaluator who did
not look at it will have given it a score that its worth does not explain. With ``amplitude`` (u16),
chunk ``i`` is made of 256 bytes::

    sha256("fedsol:plant:v1" ‖ seed ‖ le32(i) ‖ j)  for j (u8) in 0..8

and its value ``k`` in 0..128 of two of them::

    (bytes[2k] + bytes[2k + 1] - 255) · amplitude / 255, truncated toward zero

What does not fit int16 is 0; so is padding, beyond the parameters. Rust computes the same bit for
bit.

Its worth is nothing on average: one plant points a little the right or the wrong way, by about
``1 / √parameters`` of what an honest update of its length gains. In a small model a plant must be
shorter than an honest update, lest honest evaluators be punished for that little.
"""

import hashlib
from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import LearningError
from fedsol.learning.fixed_point import MAX_QMAX
from fedsol.learning.merkle import UPDATE_VALUES, chunk_count

_DOMAIN = b"fedsol:plant:v1"
_SEED_BYTES = 32
_CENTRE = 255  # of the sum of two bytes, and its largest distance from there
_DIGESTS = 8
_AMPLITUDE_MAX = 65_535  # what whoever plants may say; a bound of 32,767 keeps every value


def plant_chunk(seed: bytes, index: int, amplitude: int, parameters: int) -> bytes:
    """Chunk ``index`` of the plant: 256 bytes, int16 in little-endian order, padded with zeros.

    ``seed`` is 32 bytes; ``parameters`` is the number of the model's.

    Raises:
        LearningError: an argument out of range, or no such chunk.
    """
    _check(seed, amplitude, parameters)
    if not 0 <= index < chunk_count(parameters, UPDATE_VALUES):
        raise LearningError(f"no chunk {index} of {parameters} values")
    values = _values(_noise(hashlib.sha256(_DOMAIN + seed), index), amplitude)
    values[max(0, parameters - index * UPDATE_VALUES) :] = 0
    return values.astype("<i2").tobytes()


def plant_update(seed: bytes, amplitude: int, parameters: int) -> NDArray[np.int16]:
    """The whole plant (int16[parameters]); arguments and errors as :func:`plant_chunk`."""
    _check(seed, amplitude, parameters)
    start = hashlib.sha256(_DOMAIN + seed)
    chunks = range(chunk_count(parameters, UPDATE_VALUES))
    noise = b"".join(_noise(start, index) for index in chunks)
    return _values(noise, amplitude)[:parameters]


def plant_amplitude(norm_squared_target: int, parameters: int, qmax: int) -> int:
    """The largest amplitude, up to ``qmax``, whose expected Σ q² is at most the target.

    A plant's own Σ q² is off by about ``1.2 / √parameters`` of it, up or down: leave that much
    room below a federation's bound, or draw another seed.

    Raises:
        LearningError: a negative target, no parameters, or a ``qmax`` that is not within 1..32,767.
    """
    if norm_squared_target < 0 or parameters < 1 or not 1 <= qmax <= MAX_QMAX:
        raise LearningError(
            f"no plant of norm² {norm_squared_target}, {parameters} parameters and qmax {qmax}"
        )
    # In 65,536ths, so that it is exact: two bytes have so many equally likely pairs.
    target = norm_squared_target << 16
    found = bisect_right(range(qmax + 1), target, key=lambda a: parameters * _mean_square(a))
    return found - 1


def _mean_square(amplitude: int) -> int:
    """Σ q² of one value over all 65,536 pairs of bytes."""
    sums = np.arange(-_CENTRE, _CENTRE + 1, dtype=np.int64)
    values = _truncated(sums, amplitude)
    return int((_CENTRE + 1 - np.abs(sums)) @ (values * values))


# The domain and the seed are hashed once: hashlib goes on from a copy.
def _noise(start: "hashlib._Hash", index: int) -> bytes:
    """The 256 bytes that chunk ``index`` is made of."""
    digests = []
    for j in range(_DIGESTS):
        hasher = start.copy()
        hasher.update(index.to_bytes(4, "little") + bytes([j]))
        digests.append(hasher.digest())
    return b"".join(digests)


def _values(noise: bytes, amplitude: int) -> NDArray[np.int16]:
    pairs = np.frombuffer(noise, np.uint8).reshape(-1, 2)
    sums = pairs.sum(axis=1, dtype=np.int64) - _CENTRE
    values = _truncated(sums, amplitude)
    bounds = np.iinfo(np.int16)
    fits = (bounds.min <= values) & (values <= bounds.max)
    return np.where(fits, values, 0).astype(np.int16)


def _truncated(sums: NDArray[np.int64], amplitude: int) -> NDArray[np.int64]:
    # NumPy's // rounds down, Rust's / toward zero.
    size: NDArray[np.int64] = np.abs(sums) * amplitude // _CENTRE
    return np.sign(sums) * size


def _check(seed: bytes, amplitude: int, parameters: int) -> None:
    if len(seed) != _SEED_BYTES:
        raise LearningError(f"a plant's seed has {_SEED_BYTES} bytes, not {len(seed)}")
    if not 0 <= amplitude <= _AMPLITUDE_MAX:
        raise LearningError(f"a plant's amplitude is a u16, not {amplitude}")
    if not 1 <= parameters <= UPDATE_VALUES << 32:
        raise LearningError(f"no plant of {parameters} parameters")
