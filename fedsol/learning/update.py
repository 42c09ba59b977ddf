"""From trained parameters to what a trainer commits to: a quantised update and its root."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ArchitectureMismatch, LearningError
from fedsol.learning.codecs import Codec, ErrorFeedback, decode, is_encoded, read_header
from fedsol.learning.fixed_point import difference, fit_norm, quantise_delta
from fedsol.learning.merkle import Root, update_root
from fedsol.learning.parameters import Params, flatten
from fedsol.learning.scheme import Scheme as Scheme


@dataclass(frozen=True, eq=False)
class Update:
    """A quantised update, ``values`` (int16[d]), and the root of its sum tree.

    ``codec`` writes its artifact, if any; ``residual`` (float32[d]) is then what it held back, to
    be given to the trainer's next update.
    """

    values: NDArray[np.int16]
    root: Root
    codec: Codec | None = None
    residual: NDArray[np.float32] | None = None

    def to_bytes(self) -> bytes:
        """The values as the codec writes them, or else in little-endian order, without padding."""
        if self.codec is not None:
            return self.codec.encode(self.values)
        return self.values.astype("<i2").tobytes()


def make_update(
    before: NDArray[np.int32],
    after: Params,
    scheme: Scheme,
    *,
    codec: Codec | None = None,
    residual: NDArray[np.float32] | None = None,
) -> Update:
    """Quantise what was learnt from the model ``before`` (int32[d]) to the parameters ``after``.

    ``after`` is the trained parameter tree, or its vector (float[d]). What is longer than the
    scheme allows is scaled down to fit. With a ``codec`` the values are such that it writes them
    exactly, and what the last update held back (``residual``, float32[d]; none at first) is added.

    Raises:
        NotFinite: a parameter is NaN or infinite.
        ArchitectureMismatch: the model and the parameters, or the residual, differ in size.
    """
    vector, _ = flatten(after)
    if vector.shape != before.shape:
        raise ArchitectureMismatch(f"{vector.size} parameters cannot follow {before.size}")
    delta = difference(before, vector, frac_bits=scheme.frac_bits)
    if codec is None:
        fitted = fit_norm(delta, scheme.max_norm_squared, scheme.update_bits, scheme.qmax)
        values = quantise_delta(fitted, scheme.update_bits, scheme.qmax)
        return Update(values, update_root(values))
    held = np.zeros(delta.shape, np.float32) if residual is None else residual
    block, left = ErrorFeedback(codec).quantise_block(delta[None], held[None], scheme)
    return Update(block[0], update_root(block[0]), codec, left[0])


def read_update(data: bytes, size: int | None = None) -> NDArray[np.int16]:
    """The values (int16[d]) of an update's bytes, encoded or not; of ``size`` values, if given.

    Raises:
        LearningError: not what ``to_bytes`` writes.
        ArchitectureMismatch: it has other than ``size`` values.
    """
    if is_encoded(data):
        return decode(data, read_header(data).size if size is None else size)
    if not data or len(data) % 2:
        raise LearningError(f"{len(data)} bytes are no update")
    if size is not None and len(data) != 2 * size:
        raise ArchitectureMismatch(f"{len(data)} bytes are no update of {size:,} values")
    return np.frombuffer(data, "<i2").astype(np.int16)
