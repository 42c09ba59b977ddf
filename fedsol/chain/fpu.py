"""Undoes what LiteSVM's machine code does to the processor's x87 registers.

On x86-64 the compiled program uses MMX registers, which are the x87 ones, and does not hand them back; until
somebody does, every ``long double`` operation of the process yields NaN (SciPy's import fails on it). The
instruction for it is EMMS (Intel SDM, volume 2), which no C library function executes.
"""

import ctypes
import mmap
import platform
from collections.abc import Callable

_EMMS_RET = b"\x0f\x77\xc3"


def _find() -> Callable[[], object]:
    if platform.machine() not in ("x86_64", "AMD64"):
        return lambda: None
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except OSError:  # a hardened system: long doubles are rare, programs still run
        return lambda: None
    page.write(_EMMS_RET)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    function = ctypes.CFUNCTYPE(None)(address)
    _kept.append(page)
    return function


_kept: list[mmap.mmap] = []
clear_float_registers = _find()
"""Hands the x87 registers back; does nothing on other processors."""
