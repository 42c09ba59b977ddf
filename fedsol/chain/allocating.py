"""Has the C library keep the memory that LiteSVM frees.

LiteSVM, as built into solders 0.26, writes down every step of a program: megabytes for one transaction, which
glibc would take from the system and give back each time. That costs a fifth of the time.
"""

import ctypes
import platform

# mallopt(3): what is smaller comes out of the heap; so much may lie free at its end.
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1
_LARGEST, _KEPT = 32 << 20, 256 << 20


def keep_freed_memory() -> None:
    """Sets it for the whole process, for good; with another C library nothing changes."""
    if platform.libc_ver()[0] != "glibc":
        return
    mallopt = ctypes.CDLL(None).mallopt
    mallopt(_M_MMAP_THRESHOLD, _LARGEST)
    mallopt(_M_TRIM_THRESHOLD, _KEPT)
