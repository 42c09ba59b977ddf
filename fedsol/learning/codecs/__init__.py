"""Update codecs: fewer bytes for the same round, roots and proofs unchanged.

``dense`` (int16), ``int8`` (a power of two per chunk), ``top_k`` (the largest values, as int8) and
``two_bit``; ``error_feedback`` gives back later what a codec rounds away. ``header`` is how an
encoded update says what it is, ``chunks`` the division that all share with the Merkle tree. The
format is specified in docs/codecs.md.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError, LearningError
from fedsol.learning.codecs.base import Codec
from fedsol.learning.codecs.dense import Dense
from fedsol.learning.codecs.error_feedback import ErrorFeedback, compensate, residual_after
from fedsol.learning.codecs.header import is_encoded, read_header
from fedsol.learning.codecs.int8 import Int8
from fedsol.learning.codecs.top_k import TopK
from fedsol.learning.codecs.two_bit import TwoBit

CODECS: dict[str, type[Codec]] = {kind.name: kind for kind in (Dense, Int8, TopK, TwoBit)}
"""Codec classes by name."""

_READERS: dict[int, Codec] = {kind.code: kind() for kind in CODECS.values()}


def codec(name: str, **settings: Any) -> Codec:
    """The codec of that name: ``codec("top_k", k=0.01)``.

    Raises:
        ConfigError: no such codec or setting, or a setting is out of its bounds.
    """
    if name not in CODECS:
        raise ConfigError(f"no codec {name!r}", hint=f"The codecs are {', '.join(CODECS)}.")
    try:
        return CODECS[name](**settings)
    except TypeError as error:
        raise ConfigError(f"{name}: {error}") from error


def parse_codec(text: str) -> Codec:
    """The codec that a text names: ``int8``, or ``top_k=0.02`` for another share than 1 %.

    Raises:
        ConfigError: as :func:`codec`, or the share is no number.
    """
    name, equals, share = text.partition("=")
    if not equals:
        return codec(name)
    try:
        return codec(name, k=float(share))
    except ValueError as error:
        raise ConfigError(f"{text!r} names no codec", hint="Write it like top_k=0.02.") from error


def decode(data: bytes, size: int) -> NDArray[np.int16]:
    """The values (int16[size]) of an encoded update, by whichever codec its header names.

    Raises:
        LearningError: not the bytes that a codec of this version writes.
        ArchitectureMismatch: it has other than ``size`` values.
    """
    code = read_header(data).code
    if code not in _READERS:
        raise LearningError(
            f"an update encoded by codec {code}, unknown to this fedsol",
            hint="Upgrade fedsol, or fetch another copy.",
        )
    return _READERS[code].decode(data, size)


__all__ = [
    "CODECS",
    "Codec",
    "Dense",
    "ErrorFeedback",
    "Int8",
    "TopK",
    "TwoBit",
    "codec",
    "compensate",
    "decode",
    "is_encoded",
    "parse_codec",
    "read_header",
    "residual_after",
]
