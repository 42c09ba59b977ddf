"""Rounds, in the order of their phases."""

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.program import addresses as at
from fedsol.program.commitment import Update as UpdateHashes
from fedsol.program.generated import instructions as raw
from fedsol.program.generated.instructions.round_reveal import RoundRevealAccounts
from fedsol.program.generated.types.round_aggregate_args import RoundAggregateArgs
from fedsol.program.generated.types.round_reveal_args import RoundRevealArgs
from fedsol.program.generated.types.selection import Selection
from fedsol.program.generated.types.update import Update


def round_open(
    federation: Pubkey, opener: Pubkey, number: int, *, participant: Pubkey | None = None
) -> Instruction:
    """Opens round ``number``, the federation's newest plus one. Signs: opener, who pays the rent.

    ``participant`` is the opener's own; the creator may leave it out.
    """
    return raw.round_open(
        {
            "opener": opener,
            "federation": federation,
            "participant": participant,
            "round": at.round_address(federation, number),
        }
    )


def round_commit(federation: Pubkey, number: int, owner: Pubkey, commitment: bytes) -> Instruction:
    """Binds the owner to an update that nobody has seen. Signs: owner, who pays the rent."""
    return raw.round_commit(
        {"commitment": list(commitment)},
        _own(federation, number, owner),
    )


def round_join(federation: Pubkey, number: int, owner: Pubkey, channel_key: bytes) -> Instruction:
    """Joins a masked round with a key for this round alone. Signs: owner, who pays the rent."""
    return raw.round_join(
        {"channel_key": list(channel_key)},
        _own(federation, number, owner),
    )


def round_share(federation: Pubkey, number: int, owner: Pubkey, shares: bytes) -> Instruction:
    """Binds a member of a masked round to its shares, stored under this hash. Signs: owner."""
    return raw.round_share(
        {"shares": list(shares)},
        _own(federation, number, owner),
    )


def round_reveal(
    federation: Pubkey, number: int, owner: Pubkey, update: UpdateHashes, salt: bytes
) -> Instruction:
    """Shows what was committed. Signs: owner.

    In a masked round ``update`` is the masked one, and ``salt`` the channel key.
    """
    shown = Update(
        root=list(update.root), norm_squared=update.norm_squared, artifact=list(update.artifact)
    )
    return raw.round_reveal(
        {"args": RoundRevealArgs(update=shown, salt=list(salt))},
        _own(federation, number, owner),
    )


def round_advance(federation: Pubkey, number: int) -> Instruction:
    """Moves a round to the phase that is due. Nobody signs."""
    return raw.round_advance(
        {
            "federation": federation,
            "round": at.round_address(federation, number),
            "slot_hashes": at.SLOT_HASHES,
        }
    )


def round_aggregate(
    federation: Pubkey,
    number: int,
    owner: Pubkey,
    *,
    model_root: bytes,
    model_artifact: bytes,
    accepted: int | None = None,
    selection: tuple[bytes, bytes] | None = None,
) -> Instruction:
    """Posts the new model with a bond. Signs: owner.

    ``accepted`` is how many submissions it combines: if one of them falls before this lands, it is
    refused. Without it the owner answers for whatever is accepted then. ``selection`` is root and
    artifact of which of them count, exactly where the rule selects.
    """
    chosen = Selection(root=list(selection[0]), artifact=list(selection[1])) if selection else None
    args = RoundAggregateArgs(
        new_model_root=list(model_root),
        new_model_artifact=list(model_artifact),
        accepted=accepted,
        selection=chosen,
    )
    return raw.round_aggregate(
        {"args": args},
        {
            "owner": owner,
            "federation": federation,
            "round": at.round_address(federation, number),
            "participant": at.participant_address(federation, owner),
        },
    )


def round_object(federation: Pubkey, number: int, owner: Pubkey, aggregator: Pubkey) -> Instruction:
    """Turns the aggregate of a masked round down. Signs: owner, whose submission is accepted.

    ``aggregator`` is the participant that posted it.
    """
    return raw.round_object({**_own(federation, number, owner), "aggregator": aggregator})


def round_settle(federation: Pubkey, number: int, aggregator: Pubkey) -> Instruction:
    """Ends a round well; ``aggregator`` is the participant that the round names. Nobody signs."""
    return raw.round_settle(
        {
            "federation": federation,
            "round": at.round_address(federation, number),
            "aggregator": aggregator,
        }
    )


def round_abort(federation: Pubkey, number: int) -> Instruction:
    """Ends a round that cannot succeed. Nobody signs."""
    return raw.round_abort(
        {"federation": federation, "round": at.round_address(federation, number)}
    )


def submission_close(federation: Pubkey, number: int, owner: Pubkey) -> Instruction:
    """Closes a submission whose duties have ended; its rent goes to its owner. Nobody signs."""
    round_ = at.round_address(federation, number)
    participant = at.participant_address(federation, owner)
    return raw.submission_close(
        {
            "federation": federation,
            "round": round_,
            "participant": participant,
            "submission": at.submission_address(round_, participant),
            "owner": owner,
        }
    )


def round_close(federation: Pubkey, number: int, payer: Pubkey) -> Instruction:
    """Closes a round whose duties have ended; its rent goes to ``payer``, who opened it.

    Nobody signs.
    """
    return raw.round_close(
        {
            "federation": federation,
            "round": at.round_address(federation, number),
            "payer": payer,
        }
    )


def _own(federation: Pubkey, number: int, owner: Pubkey) -> RoundRevealAccounts:
    """The accounts of somebody who acts for its own submission."""
    round_ = at.round_address(federation, number)
    participant = at.participant_address(federation, owner)
    return {
        "owner": owner,
        "federation": federation,
        "round": round_,
        "participant": participant,
        "submission": at.submission_address(round_, participant),
    }
