"""What is freed stays with the process, and is not asked of the system again."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
from fedsol.chain.allocating import keep_freed_memory
if {keeps}:
    keep_freed_memory()
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for turn in range(11):
    if turn == 1:
        before = faults()
    [bytearray(b"1") * (24 << 20) for _ in range(3)]
print((faults() - before) * resource.getpagesize() >> 20)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told")
def test_memory_that_was_freed_is_used_again() -> None:
    def asked_for(keeps: bool) -> int:
        command = [sys.executable, "-c", PROGRAM.format(keeps=keeps)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert asked_for(keeps=True) < 10 < 500 < asked_for(keeps=False)
