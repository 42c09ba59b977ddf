"""A whole masked round in one process, as bytes over no wire: for simulations, tests and figures."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fedsol.learning.privacy.secure_aggregation.channels import Channels, new_key, public_key
from fedsol.learning.privacy.secure_aggregation.member import Member
from fedsol.learning.privacy.secure_aggregation.messages import (
    Advertisement,
    Agreement,
    EncryptedShares,
    MaskedUpdate,
    RevealedShares,
)
from fedsol.learning.privacy.secure_aggregation.plan import Plan
from fedsol.learning.privacy.secure_aggregation.server import Server


def new_channels(members: Sequence[int]) -> dict[int, Channels]:
    """Channels among members with fresh keys; keep them for all rounds."""
    private = {member: new_key() for member in members}
    roster = {member: public_key(key) for member, key in private.items()}
    return {member: Channels(member, key, roster) for member, key in private.items()}


class Rehearsal:
    """One round of members and server, each message through its bytes.

    Everybody in the plan has shared its keys when this is made. Who then calls no :meth:`mask` has
    dropped out at the dearest moment: its masks are in the others' updates, and must be recovered.
    Updates are summed as they come, and none is kept.
    """

    def __init__(self, plan: Plan, channels: Mapping[int, Channels]) -> None:
        self.server = Server(plan)
        self._members = {number: Member(plan, channels[number]) for number in plan.members}
        for one in self._members.values():
            told = Advertisement.from_bytes(one.advertise().to_bytes())
            self.server.receive_advertisement(told)
        for number, one in self._members.items():
            shares = one.share(self.server.advertisements(number))
            self.server.receive_shares(EncryptedShares.from_bytes(shares.to_bytes()))

    def mask(self, member: int, update: NDArray[np.int16], weight: int = 1) -> None:
        """A member masks its update (int16[d]), and the server adds it."""
        masked = self._members[member].mask(self.server.ciphertexts(member), update, weight)
        self.server.receive_masked(MaskedUpdate.from_bytes(masked.to_bytes()))

    def unmask(self) -> NDArray[np.int64]:
        """The exact sum (int64[d]) of what was masked.

        Raises:
            TooFewSurvivors, UnmaskingRefused: too many dropped out; nothing can be read.
        """
        alive = [self._members[number] for number in sorted(self.server.survivors)]
        story = self.server.sharers, self.server.survivors
        agreed = [Agreement.from_bytes(one.agree(*story).to_bytes()) for one in alive]
        revealed = [one.unmask(agreed).to_bytes() for one in alive]
        return self.server.finish(RevealedShares.from_bytes(one) for one in revealed)


def masked_sum(
    plan: Plan,
    channels: Mapping[int, Channels],
    updates: NDArray[np.int16],
    *,
    dropped: Collection[int] = (),
    weights: Sequence[int] | None = None,
) -> NDArray[np.int64]:
    """The exact sum (int64[d]) of the updates of who did not drop out, by the whole protocol.

    ``updates`` is int16[n, d] in the order of ``plan.members``; ``dropped`` are members that share
    their keys and then send nothing.

    Raises:
        TooFewSurvivors, UnmaskingRefused: too many dropped out.
    """
    round_ = Rehearsal(plan, channels)
    for row, number in enumerate(plan.members):
        if number not in dropped:
            round_.mask(number, updates[row], 1 if weights is None else weights[row])
    return round_.unmask()
