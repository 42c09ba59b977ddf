"""Secure aggregation: a server that learns the sum of updates and no single one.

``plan`` says who masks with whom; ``member`` and ``server`` are the two sides, ``messages`` what
they say; ``rehearsal`` is a round in one process, ``board`` plans one on a chain. Underneath:
``channels`` (X25519), ``derivation`` (BLAKE2b), ``drawing`` (randomness), ``sealing`` (AES-GCM),
``masks`` (AES key streams), ``shamir`` (secret sharing) over a ``field``, and ``recovery`` where
shares are wrong. Needs the extra ``privacy``.
"""

from fedsol.learning.privacy.secure_aggregation.board import (
    BoardPlan,
    board_plan,
    halves_of,
    word_halves,
    words_of,
)
from fedsol.learning.privacy.secure_aggregation.channels import (
    Channels,
    is_public_key,
    new_key,
    public_key,
)
from fedsol.learning.privacy.secure_aggregation.member import Member
from fedsol.learning.privacy.secure_aggregation.messages import (
    Advertisement,
    Agreement,
    EncryptedShares,
    MaskedUpdate,
    Opening,
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
    "BoardPlan",
    "Channels",
    "EncryptedShares",
    "MaskedUpdate",
    "Member",
    "Opening",
    "Plan",
    "Rehearsal",
    "RevealedShares",
    "Server",
    "board_plan",
    "halves_of",
    "is_public_key",
    "masked_sum",
    "new_channels",
    "new_key",
    "public_key",
    "suggest",
    "word_halves",
    "words_of",
]
