"""Hash many equally long messages: the fastest way that this machine has.

The back ends, best first: ``numba`` (see :mod:`.merkle_kernel`) and ``hashlib``, which needs
nothing. They give the same bytes; which one runs only changes how long it takes.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fedsol.errors import ConfigError

Bytes = NDArray[np.uint8]

_LEAST = 8192  # messages that are worth a thread: most of a millisecond


@dataclass(frozen=True)
class Backend:
    """One way to hash: ``hash_rows(head, first, body, out)`` and ``square_sums(values, out)``.

    ``hash_rows`` writes ``sha256(head ‖ le32(first + i) ‖ body[i])`` to the first 32 bytes of each
    ``out[i]``; a negative ``first`` leaves the number out. ``body`` is uint8[n, m], ``out``
    uint8[n, k]. ``square_sums`` writes Σ q² of each row of ``values`` (int16[n, m]) to ``out``
    (uint64[n]).
    """

    name: str
    hash_rows: Callable[[int, int, Bytes, Bytes], None]
    square_sums: Callable[[NDArray[np.int16], NDArray[np.uint64]], None]


def _hashlib_rows(head: int, first: int, body: Bytes, out: Bytes) -> None:
    for i, row in enumerate(body):
        number = b"" if first < 0 else (first + i).to_bytes(4, "little")
        digest = hashlib.sha256(bytes([head]) + number + row.tobytes()).digest()
        out[i, :32] = np.frombuffer(digest, np.uint8)


def _numpy_square_sums(values: NDArray[np.int16], out: NDArray[np.uint64]) -> None:
    wide = values.astype(np.int64)
    out[:] = np.einsum("ij,ij->i", wide, wide).astype(np.uint64)


@cache
def backends() -> dict[str, Backend]:
    """Every back end that works here, by name, best first."""
    found: dict[str, Backend] = {}
    try:
        from fedsol.learning import merkle_kernel as kernel

        if kernel.compiles():
            found["numba"] = Backend("numba", kernel.hash_rows, kernel.square_sums)
    except (ImportError, RuntimeError):
        pass  # no numba for this machine, or no folder in which it may keep what it compiles
    found["hashlib"] = Backend("hashlib", _hashlib_rows, _numpy_square_sums)
    return found


def backend(name: str | None = None) -> Backend:
    """The back end of that name, or the best one.

    Raises:
        ConfigError: this machine has no back end of that name.
    """
    found = backends()
    if name is None:
        return next(iter(found.values()))
    if name not in found:
        raise ConfigError(f"no SHA-256 back end {name!r} here: there are {', '.join(found)}")
    return found[name]


def split_work(work: Callable[[int, int], None], count: int, threads: int) -> None:
    """Call ``work(start, stop)`` for ranges that make up ``0..count``, on ``threads`` at most."""
    workers = min(threads, -(-count // _LEAST))
    if workers <= 1:
        return work(0, count)
    edges = [count * i // workers for i in range(workers + 1)]
    with ThreadPoolExecutor(workers - 1) as pool:
        others = pool.map(work, edges[:-2], edges[1:-1])
        work(edges[-2], count)  # this thread works too, instead of waiting
        list(others)
    return None
