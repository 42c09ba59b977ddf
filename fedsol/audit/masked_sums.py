"""Takes the masks off a round's sum once more, from the record and the stored bytes alone.

Who took part, whose shares are which, what was masked and what opens it: all of it is named in the
events. Single updates stay hidden from an audit as from everybody, and so do their norms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.artifacts import ArtifactStore
from fedsol.audit.ledger import Aggregate, Ledger, Round
from fedsol.audit.verdicts import scale_of
from fedsol.errors import AuditError
from fedsol.learning.privacy.secure_aggregation import Opening
from fedsol.masked import (
    Board,
    board,
    new_model,
    opening_root,
    server,
    without_copies,
)
from fedsol.program.params import masked

Words = Mapping[Pubkey, NDArray[np.int16]]


@dataclass(frozen=True)
class Unmasked:
    """The model (int32[d]) that an opened sum makes, and how many updates are in it."""

    model: NDArray[np.int32]
    survivors: int


async def unmask(
    ledger: Ledger,
    artifacts: ArtifactStore,
    round_: Round,
    posted: Aggregate,
    words: Words,
    base: NDArray[np.int32],
) -> Unmasked:
    """The model that an aggregate has to be: the exact mean of what its opening lets out.

    ``words`` are the masked updates (int16[update_length]) of all that are accepted, ``base`` is the
    model before (int32[d]). Of equal updates only the first is in the sum, and none whose author has
    no channel key.

    Raises FedsolError: a bundle or the opening cannot be had, or is not what it has to be; or the sum
    is one that no updates within the federation's bounds have.
    """
    rules = _rules(ledger)
    made = _board(ledger, round_, rules)
    bundles = await _bundles(artifacts, round_, made)
    shown = {one.participant: (one.index or 0, one.root) for one in posted.accepted}
    counting = without_copies({who: one for who, one in shown.items() if who in bundles})
    counted = {who: one for who, one in words.items() if who in counting}
    if posted.selection is None:
        raise AuditError("nothing was posted that opens the masked sum")
    root, artifact = posted.selection
    data = await artifacts.get(artifact)
    if opening_root(data) != root:
        raise AuditError("the stored opening does not have the root that was posted")
    total = server(made, bundles, counted).total(Opening.from_bytes(data))
    model = new_model(base, total, len(counted), rules, scale_of(ledger.params))
    return Unmasked(model, len(counted))


def _rules(ledger: Ledger) -> Any:
    """The federation's rules, as far as masks and bounds go by them."""
    recorded = ledger.params
    return SimpleNamespace(
        rule=masked(recorded.rule.threshold_bps),
        qmax=recorded.qmax,
        max_submissions=recorded.max_submissions,
        max_norm_squared=recorded.max_norm_squared,
    )


def _board(ledger: Ledger, round_: Round, rules: Any) -> Board:
    """The round's board: everybody who committed, each with its channel key."""
    created = ledger.created.data
    roster = {who: one.commitment for who, one in round_.submissions.items()}
    return board(
        ledger.genesis, created.federation, round_.number, roster, rules, created.parameter_count
    )


async def _bundles(artifacts: ArtifactStore, round_: Round, made: Board) -> dict[Pubkey, bytes]:
    """What each member has shared; of who has no channel key there is nothing to be read."""
    return {
        who: await artifacts.get(one.shares)
        for who, one in round_.submissions.items()
        if any(one.shares) and who in made.numbers
    }
