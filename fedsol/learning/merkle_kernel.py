"""Many SHA-256 digests at once: the inner loop of the Merkle trees, compiled by numba.

Two compressions of one block, and the loops over messages around them:

- ``sha_ni``: the processor's SHA instructions, four messages interleaved. One message alone waits
  for the latency of each instruction; four keep the unit busy, which is why this beats one long
  hash.
- ``plain``: 32-bit integer arithmetic, on any machine.

Everything here is compiled with ``nogil``, so threads run side by side, and ``cache``, so that only
the first process on a machine pays for compiling. Import this module late: numba takes a while.
"""

import sys
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.extending import intrinsic

# FIPS 180-4, sections 4.2.2 and 5.3.3: fractional parts of the roots of the first primes.
_PRIMES = [p for p in range(2, 312) if all(p % d for d in range(2, p))]


def _root_bits(prime: int, power: int) -> int:
    """The first 32 fractional bits of the ``power``-th root of ``prime``, by integer bisection."""
    low, high = 0, prime << 32
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**power <= prime << 32 * power else (low, middle)
    return low & 0xFFFFFFFF


ROUND_CONSTANTS = np.array([_root_bits(p, 3) for p in _PRIMES], dtype=np.uint32)
INITIAL = np.array([_root_bits(p, 2) for p in _PRIMES[:8]], dtype=np.uint32)
# The SHA instructions keep the state a..h as two registers, lowest lane first: F E B A, H G D C.
STREAMS = 4
"""Messages that are hashed side by side: the rows of a call are a multiple of it."""
_LANES = np.array([5, 4, 1, 0, 7, 6, 3, 2])
_INITIAL_LANES = INITIAL[_LANES]

_WORD = ir.IntType(32)
_QUAD = ir.VectorType(_WORD, 4)
_BYTES = ir.VectorType(ir.IntType(8), 16)


def _quad(*words: int) -> Any:
    return ir.Constant(_QUAD, list(words))


class _Stream:
    """The code of one block's compression, four rounds at a time (Intel SHA extensions, 2013)."""

    def __init__(self, builder: Any, state: Any, block: Any) -> None:
        self.builder, self.state = builder, state
        self.messages = [self._load(block, 16 * i, _BYTES) for i in range(4)]
        swap = [4 * i + 3 - j for i in range(4) for j in range(4)]
        self.messages = [builder.bitcast(self._shuffle(m, m, swap), _QUAD) for m in self.messages]
        self.start = (self._load(state, 0, _QUAD), self._load(state, 16, _QUAD))
        self.first, self.second = self.start

    def _pointer(self, base: Any, offset: int, kind: Any) -> Any:
        address = self.builder.add(base, ir.Constant(base.type, offset))
        return self.builder.inttoptr(address, kind.as_pointer())

    def _load(self, base: Any, offset: int, kind: Any) -> Any:
        return self.builder.load(self._pointer(base, offset, kind), align=1)

    def _shuffle(self, left: Any, right: Any, lanes: list[int]) -> Any:
        mask = ir.Constant(ir.VectorType(_WORD, len(lanes)), lanes)
        return self.builder.shuffle_vector(left, right, mask)

    def _call(self, name: str, *arguments: Any) -> Any:
        kind = ir.FunctionType(_QUAD, [_QUAD] * len(arguments))
        module = self.builder.module
        function = module.globals.get(name) or ir.Function(module, kind, name)
        return self.builder.call(function, arguments)

    def four_rounds(self, step: int) -> None:
        """Rounds ``4 · step`` to ``4 · step + 3``; the message schedule is extended on the way."""
        add = self.builder.add
        if step >= 4:
            m = self.messages
            w = self._call("llvm.x86.sha256msg1", m[-4], m[-3])
            w = add(w, self._shuffle(m[-2], m[-1], [1, 2, 3, 4]))
            m.append(self._call("llvm.x86.sha256msg2", w, m[-1]))
        constants = [int(k) for k in ROUND_CONSTANTS[4 * step : 4 * step + 4]]
        w = add(self.messages[step], _quad(*constants))
        self.second = self._call("llvm.x86.sha256rnds2", self.second, self.first, w)
        w = self._shuffle(w, w, [2, 3, 2, 3])
        self.first = self._call("llvm.x86.sha256rnds2", self.first, self.second, w)

    def store(self) -> None:
        """Add the block's result to the state in memory."""
        for i, value in enumerate((self.first, self.second)):
            pointer = self._pointer(self.state, 16 * i, _QUAD)
            self.builder.store(self.builder.add(value, self.start[i]), pointer, align=1)


def _clear_upper_halves(builder: Any) -> None:
    # The SHA instructions have no VEX form. After 256-bit code each of them waits to merge the
    # registers' upper halves, which makes some processors a hundred times slower.
    if llvm.get_host_cpu_features().get("avx", False):
        name, module = "llvm.x86.avx.vzeroupper", builder.module
        kind = ir.FunctionType(ir.VoidType(), [])
        builder.call(module.globals.get(name) or ir.Function(module, kind, name), [])


@intrinsic
def _compress_four(
    _context: Any, states: Any, blocks: Any, stride: Any
) -> tuple[Any, Callable[..., Any]]:
    """Compress one block into each of four states, given addresses.

    ``states`` are 32 bytes apart, ``blocks`` are ``stride`` bytes apart.
    """

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        state, block, stride = arguments
        _clear_upper_halves(builder)
        streams = []
        for _ in range(STREAMS):
            streams.append(_Stream(builder, state, block))
            state = builder.add(state, ir.Constant(state.type, 32))
            block = builder.add(block, stride)
        for step in range(16):
            for stream in streams:
                stream.four_rounds(step)
        for stream in streams:
            stream.store()
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, types.intp), generate


@njit(inline="always")
def _swapped(x: Any) -> Any:
    mask = np.uint32(0xFF00)
    high = (x << np.uint32(24)) | ((x & mask) << np.uint32(8))
    return high | ((x >> np.uint32(8)) & mask) | (x >> np.uint32(24))


@njit(nogil=True, cache=True)
def sha_ni(messages: Any, out: Any) -> None:
    """SHA-256 of each row of ``messages`` (uint8[4 · n, 64 · k], padded) into ``out``.

    ``out`` is uint32[4 · n, 8]; its bytes are the digests.
    """
    count, width = messages.shape
    states = np.empty((STREAMS, 8), np.uint32)
    address, base = states.ctypes.data, messages.ctypes.data
    for row in range(0, count, STREAMS):
        for i in range(STREAMS):
            states[i] = _INITIAL_LANES
        for start in range(0, width, 64):
            _compress_four(  # type: ignore[call-arg]  # numba passes the context itself
                address, base + row * width + start, width
            )
        for i in range(STREAMS):
            for j in range(8):
                out[row + i, _LANES[j]] = _swapped(states[i, j])


@njit(inline="always")
def _rotate(x: Any, n: Any) -> Any:
    return np.uint32((x >> np.uint32(n)) | (x << np.uint32(32 - n)))


@njit(nogil=True, cache=True)
def _schedule(block: Any, w: Any) -> None:
    for t in range(16):
        word = np.uint32(0)
        for i in range(4):
            word = np.uint32((word << np.uint32(8)) | np.uint32(block[4 * t + i]))
        w[t] = word
    for t in range(16, 64):
        x, y = w[t - 15], w[t - 2]
        low = _rotate(x, 7) ^ _rotate(x, 18) ^ (x >> np.uint32(3))
        high = _rotate(y, 17) ^ _rotate(y, 19) ^ (y >> np.uint32(10))
        w[t] = np.uint32(w[t - 16] + low + w[t - 7] + high)


@njit(nogil=True, cache=True)
def _compress(state: Any, w: Any) -> None:
    """One block, as in FIPS 180-4, section 6.2.2; every sum is cut to 32 bits."""
    a, b, c, d, e, f, g, h = state
    for t in range(64):
        big = _rotate(e, 6) ^ _rotate(e, 11) ^ _rotate(e, 25)
        one = np.uint32(h + big + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[t] + w[t])
        big = _rotate(a, 2) ^ _rotate(a, 13) ^ _rotate(a, 22)
        two = np.uint32(big + ((a & b) ^ (a & c) ^ (b & c)))
        h, g, f, e, d, c, b, a = g, f, e, np.uint32(d + one), c, b, a, np.uint32(one + two)
    for i, value in enumerate((a, b, c, d, e, f, g, h)):
        state[i] += value


@njit(nogil=True, cache=True)
def plain(messages: Any, out: Any) -> None:
    """The same as :func:`sha_ni`, in 32-bit integer arithmetic."""
    w = np.empty(64, np.uint32)
    state = np.empty(8, np.uint32)
    for row in range(messages.shape[0]):
        state[:] = INITIAL
        for start in range(0, messages.shape[1], 64):
            _schedule(messages[row, start : start + 64], w)
            _compress(state, w)
        for i in range(8):
            out[row, i] = _swapped(state[i])


def _setting(name: str) -> Any:
    return getattr(config, name)  # numba makes these from the environment, unknown to type checkers


def has_sha_instructions() -> bool:
    """Whether numba compiles for this processor as it is, and it has the SHA extensions."""
    if _setting("CPU_NAME") is not None or _setting("CPU_FEATURES") is not None:
        return False  # told to compile for another processor, which may lack them
    try:
        return bool(llvm.get_host_cpu_features().get("sha", False)) and sys.byteorder == "little"
    except RuntimeError:  # LLVM does not know this processor's features
        return False


_digest = sha_ni if has_sha_instructions() else plain


@njit(nogil=True, cache=True)
def hash_rows(head: int, first: int, body: Any, out: Any) -> None:
    """``sha256(head ‖ le32(first + i) ‖ body[i])`` into the first 32 bytes of each ``out[i]``.

    ``body`` is uint8[n, m], ``out`` uint8[n, ≥ 32]. A negative ``first`` leaves the number out.
    """
    start = 1 if first < 0 else 5
    count, width = body.shape
    length = start + width
    messages = np.zeros((STREAMS, (length + 9 + 63) // 64 * 64), np.uint8)
    digests = np.empty((STREAMS, 8), np.uint32)
    # SHA-256's padding (FIPS 180-4, section 5.1.1) is the same for all.
    messages[:, 0], messages[:, length] = head, 0x80
    messages[:, -1], messages[:, -2] = 8 * length & 0xFF, 8 * length >> 8
    for row in range(0, count, STREAMS):
        rows = min(STREAMS, count - row)  # what is left of older messages is hashed and not used
        for i in range(rows):
            for j in range(1, start):
                messages[i, j] = (first + row + i) >> (8 * j - 8) & 0xFF
            for j in range(width):
                messages[i, start + j] = body[row + i, j]
        _digest(messages, digests)
        bytes_of = digests.view(np.uint8)
        for i in range(rows):
            for j in range(32):
                out[row + i, j] = bytes_of[i, j]


@njit(nogil=True, cache=True)
def square_sums(values: Any, out: Any) -> None:
    """Σ q² of each row of ``values`` (int16[n, 128]) into ``out`` (uint64[n])."""
    for row in range(values.shape[0]):
        total = np.int64(0)
        # By index: over an iterator LLVM makes no vectors of this.
        for i in range(values.shape[1]):
            wide = np.int64(values[row, i])
            total += wide * wide
        out[row] = np.uint64(total)


def compiles() -> bool:
    """Whether numba may compile at all (``NUMBA_DISABLE_JIT`` is not set)."""
    return not _setting("DISABLE_JIT")
