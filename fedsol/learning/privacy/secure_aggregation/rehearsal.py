"""A whole masked round in one process, as bytes over no wire: for simulations, tests and figures."""

from collections.abc import Collection, Sequence

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


def masked_sum(
    plan: Plan,
    channels: dict[int, Channels],
    updates: NDArray[np.int16],
    *,
    dropped: Collection[int] = (),
    weights: Sequence[int] | None = None,
) -> NDArray[np.int64]:
    """The exact sum (int64[d]) of the updates of who did not drop out, by the whole protocol.

    ``updates`` is int16[n, d] in the order of ``plan.members``; ``dropped`` are members that share
    their keys and then send nothing. Every message goes through its bytes.

    Raises:
        TooFewSurvivors, UnmaskingRefused: too many dropped out.
    """
    server = Server(plan)
    members = {number: Member(plan, channels[number]) for number in plan.members}
    for one in members.values():
        server.receive_advertisement(Advertisement.from_bytes(one.advertise().to_bytes()))
    for number, one in members.items():
        shares = one.share(server.advertisements(number))
        server.receive_shares(EncryptedShares.from_bytes(shares.to_bytes()))
    for row, (number, one) in enumerate(members.items()):
        if number not in dropped:
            weight = 1 if weights is None else weights[row]
            masked = one.mask(server.ciphertexts(number), updates[row], weight)
            server.receive_masked(MaskedUpdate.from_bytes(masked.to_bytes()))
    alive = [members[number] for number in plan.members if number in server.survivors]
    story = server.sharers, server.survivors
    agreed = [Agreement.from_bytes(one.agree(*story).to_bytes()) for one in alive]
    revealed = [one.unmask(agreed).to_bytes() for one in alive]
    return server.finish(RevealedShares.from_bytes(one) for one in revealed)
