"""Updates as artifacts, plain or encoded: what roles and auditors read, and what they publish."""

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from fedsol.artifacts import artifact_hash, decode_update, encode_update
from fedsol.errors import ArchitectureMismatch, ArtifactCorrupt, LearningError
from fedsol.learning.codecs import CODECS, decode, is_encoded
from fedsol.learning.update import Update


def write_update(update: Update) -> bytes:
    """An update's artifact: as its codec writes it, or as the plain artifact of its values."""
    if update.codec is not None:
        return update.to_bytes()
    return encode_update(np.asarray(update.values))


def read_update(data: bytes, size: int) -> NDArray[np.int16]:
    """The values (int16[size]) of an update's artifact.

    Raises:
        ArtifactCorrupt: neither a plain artifact nor what a codec writes.
        ArchitectureMismatch: it has other than ``size`` values.
    """
    if not is_encoded(data):
        values: NDArray[np.int16] = decode_update(data, size=size).values
        return values
    try:
        return decode(data, size)
    except ArchitectureMismatch:
        raise
    except LearningError as error:
        raise ArtifactCorrupt(str(error), hint=error.hint or None) from error


def find_artifact(values: NDArray[np.int16], digest: bytes) -> bytes:
    """The artifact of these values that has this hash; if none has, the plain one.

    A codec writes values in one way only, so that whoever knows the values can publish what their
    author did not.
    """
    plain = encode_update(values)
    if artifact_hash(plain) != digest:
        for kind in CODECS.values():
            with suppress(LearningError):
                data = kind().encode(values)
                if artifact_hash(data) == digest:
                    return data
    return plain
