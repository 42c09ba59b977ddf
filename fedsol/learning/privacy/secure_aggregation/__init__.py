"""Secure aggregation: a server that learns the sum of updates and no single one.

``plan`` says who masks with whom; ``member`` and ``server`` are the two sides, ``messages`` what
they say; ``rehearsal`` is a round in one process. Underneath: ``channels`` (X25519), ``derivation``
(BLAKE2b), ``sealing`` (AES-GCM), ``masks`` (AES key streams), ``shamir`` (secret sharing) over a
``field``. Needs the extra ``privacy``.
"""

from fedsol.learning.privacy.secure_aggregation.channels import Channels, new_key, public_key
from fedsol.learning.privacy.secure_aggregation.member import Member
from fedsol.learning.privacy.secure_aggregation.messages import (
    Advertisement,
    Agreement,
    EncryptedShares,
    MaskedUpdate,
    RevealedShares,
)
from fedsol.learning.privacy.secure_aggregation.plan import Plan, suggest
from fedsol.learning.privacy.secure_aggregation.rehearsal import (
    Rehearsal,
    masked_sum,
    new_channels,
)
from fedsol.learning.privacy.secure_aggregation.server import Server

__all__ = [
    "Advertisement",
    "Agreement",
    "Channels",
    "EncryptedShares",
    "MaskedUpdate",
    "Member",
    "Plan",
    "Rehearsal",
    "RevealedShares",
    "Server",
    "masked_sum",
    "new_channels",
    "new_key",
    "public_key",
    "suggest",
]
