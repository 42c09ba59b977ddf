"""Running a transaction on the embedded chain leaves the process's arithmetic as it was."""

import numpy as np

from fedsol.chain import Chain
from fedsol.sandbox import embedded


async def test_long_doubles_are_numbers_after_a_program_has_run() -> None:
    async with embedded() as sandbox:
        assert isinstance(sandbox.chain, Chain)
        await sandbox.wallet(stake=1)
        assert np.ldexp(np.longdouble(1), 128) == np.longdouble(2) ** 128
