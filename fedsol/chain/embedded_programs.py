"""Programs that clusters run and LiteSVM does not bring along yet."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from fedsol.errors import ConfigError

_FILE = "spl_p_token-1.0.0-rc.1.so"
_SHA256 = "8190d3f7ceb6cb7a7a8d8924bff89f9f611e15ce1f806f2b6237f3311a98f697"


@cache
def p_token() -> bytes:
    """The token program that clusters run since SIMD-0266: same accounts, a fraction of the compute units.

    The file is Agave 4.0.0's (crate ``solana-program-binaries`` 4.0.0, Apache-2.0), unchanged.

    Raises:
        ConfigError: the installed file is another one.
    """
    elf = (files(__package__) / "programs" / _FILE).read_bytes()
    if sha256(elf).hexdigest() != _SHA256:
        raise ConfigError(
            f"{_FILE} is not the file that came with fedsol", hint="Install fedsol again."
        )
    return elf
