"""Masked rounds as a chain tells them: who takes part, who shared, and what the masks come off with.

What members, aggregators and auditors alike make of the same facts. Nothing here reads or sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from solders.pubkey import Pubkey

from fedsol.errors import ConfigError
from fedsol.learning import Scale, model_tree
from fedsol.learning.aggregation import step
from fedsol.learning.merkle import CHUNK_BYTES
from fedsol.learning.privacy.errors import InvalidMessage
from fedsol.learning.privacy.secure_aggregation import (
    Advertisement,
    EncryptedShares,
    MaskedUpdate,
    Plan,
    Server,
    board_plan,
    words_of,
)
from fedsol.program.generated.types.aggregation_rule import Masked
from fedsol.program.generated.types.params import Params

_BLOCK = 1 << 16


@dataclass(frozen=True)
class Board:
    """A round's plan; each participant's number in it, and the channel keys by number."""

    plan: Plan
    numbers: Mapping[Pubkey, int]
    keys: Mapping[int, bytes]

    @property
    def advertisements(self) -> list[Advertisement]:
        """What each member has told by its commitment: its channel key, fresh in every round."""
        return [Advertisement(number, key) for number, key in self.keys.items()]


def board(
    genesis: bytes,
    federation: Pubkey,
    number: int,
    roster: Mapping[Pubkey, bytes],
    params: Params,
    parameter_count: int,
) -> Board:
    """The board of a round; ``roster`` has the commitment of everybody who committed in it.

    Raises TooFewSurvivors if these are too few to mask.
    """
    made = board_plan(
        genesis + bytes(federation) + number.to_bytes(8, "little"),
        {bytes(participant): key for participant, key in roster.items()},
        size=parameter_count,
        qmax=params.qmax,
        threshold_bps=_threshold_bps(params),
        capacity=params.max_submissions,
    )
    numbers = {Pubkey.from_bytes(one): place for one, place in made.numbers.items()}
    return Board(made.plan, numbers, made.keys)


def _threshold_bps(params: Params) -> int:
    if not isinstance(params.rule, Masked):
        raise ConfigError(f"a round under the rule {params.rule.kind} is not masked")
    return params.rule.value["threshold_bps"]


def read_bundle(data: bytes, sender: int) -> EncryptedShares | None:
    """A member's shares out of what it has stored; None if that is something else."""
    try:
        bundle = EncryptedShares.from_bytes(data)
    except InvalidMessage:
        return None
    return bundle if bundle.sender == sender else None


def server(
    board: Board, bundles: Mapping[Pubkey, bytes], words: Mapping[Pubkey, NDArray[np.int16]]
) -> Server:
    """The round's server once all has come.

    ``bundles`` are what those who shared have stored, ``words`` the masked updates (int16[d] or
    int16[2d]) of the survivors.

    Raises:
        InvalidMessage: somebody's shares are none, or an update is of somebody who has none here.
    """
    made = Server(board.plan)
    for one in board.advertisements:
        made.receive_advertisement(one)
    for participant, data in bundles.items():
        bundle = read_bundle(data, board.numbers[participant])
        if bundle is None:
            raise InvalidMessage(f"what {participant} stored are no shares of this round")
        made.receive_shares(bundle)
    for participant, values in words.items():
        made.receive_masked(MaskedUpdate(board.numbers[participant], words_of(values)))
    return made


def without_copies(roots: Mapping[Pubkey, tuple[int, bytes]]) -> set[Pubkey]:
    """Whose masked updates count, by participant with index and root: of equal ones the first.

    Nothing binds a masked update to its author before it is shown, so that a copy is nobody's proven
    fault. If the copy was first, masks do not cancel, and :func:`check_sum` refuses what comes out.
    """
    first: dict[bytes, Pubkey] = {}
    for participant, (_, root) in sorted(roots.items(), key=lambda one: one[1][0]):
        first.setdefault(root, participant)
    return set(first.values())


def check_sum(total: NDArray[np.int64], survivors: int, params: Params) -> None:
    """Refuse a sum (int64[d]) that updates within the federation's bounds cannot have.

    Of a single update nobody can check anything; so much of the sum everybody can: no coordinate is
    beyond ``survivors * qmax``, and its norm is at most ``survivors`` times that of an update.

    Raises InvalidMessage.
    """
    furthest = max(int(total.max(initial=0)), -int(total.min(initial=0)))
    if furthest > survivors * params.qmax:
        raise InvalidMessage(
            f"a coordinate of the sum is {furthest:,}: {survivors} updates within"
            f" {params.qmax:,} cannot make it; somebody has masked more"
        )
    # Of at most 2**23 each, by the check above: a block's squares stay below 2**63.
    blocks = (total[start : start + _BLOCK] for start in range(0, total.size, _BLOCK))
    squares = sum(int(np.dot(block, block)) for block in blocks)
    if squares > survivors**2 * params.max_norm_squared:
        raise InvalidMessage(
            f"the sum of {survivors} updates is longer than so many can be; somebody's is"
        )


def new_model(
    base: NDArray[np.int32],
    total: NDArray[np.int64],
    survivors: int,
    params: Params,
    scale: Scale,
) -> NDArray[np.int32]:
    """The next model (int32[d]) after the sum (int64[d]) of so many updates: their mean, exactly.

    Raises InvalidMessage for a sum that :func:`check_sum` refuses: whoever makes a model looks.
    """
    check_sum(total, survivors, params)
    return step(base, total, survivors, scale)


def opening_root(data: bytes) -> bytes:
    """The Merkle root (32 bytes) of an opening's bytes, padded with zeros to whole chunks."""
    padded = data + bytes(-len(data) % CHUNK_BYTES)
    return model_tree(np.frombuffer(padded, np.int32)).record
