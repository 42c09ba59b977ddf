"""Making calls of a world's program, and sending them."""

from __future__ import annotations

from solders.instruction import Instruction

from fedsol.chain.records import MAX_COMPUTE_UNITS, Landed
from fedsol.sandbox import Sandbox
from tests.program.call import Call
from tests.program.hidden import Hidden
from tests.program.naming import key_of


class Calling(Hidden):
    """What every instruction of a world is made and sent with."""

    sandbox: Sandbox
    simulate: bool

    def call(self, name: str, instruction: Instruction, *signers: str) -> Call:
        """A call of this world's program."""
        keys = tuple(key_of(signer) for signer in signers)
        return Call(self, name, instruction, keys)  # type: ignore[arg-type]

    async def send(self, *calls: Call, simulate: bool | None = None, payer: str = "bank") -> Landed:
        """Sends calls as one transaction."""
        signers = {one.pubkey(): one for call in calls for one in call.signers}
        simulate = self.simulate if simulate is None else simulate
        return await self.sandbox.chain.send(
            [call.instruction for call in calls],
            list(signers.values()),
            payer=key_of(payer),
            simulate=simulate,
            compute_limit=None if simulate else MAX_COMPUTE_UNITS,
        )
