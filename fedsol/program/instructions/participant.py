"""People: join a federation and leave it."""

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.program import addresses as at
from fedsol.program.generated import instructions as raw
from fedsol.program.generated.types.participant_register_args import ParticipantRegisterArgs

TRAINER = 1
EVALUATOR = 2
AGGREGATOR = 4


def participant_register(
    federation: Pubkey, owner: Pubkey, *, agreement: bytes, roles: int
) -> Instruction:
    """Joins by signing the agreement's hash (32 bytes) and taking role bits. Signs: owner."""
    return raw.participant_register(
        {"args": ParticipantRegisterArgs(agreement=list(agreement), roles=roles)},
        {
            "owner": owner,
            "federation": federation,
            "participant": at.participant_address(federation, owner),
        },
    )


def participant_close(
    federation: Pubkey, owner: Pubkey, *, closer: Pubkey | None = None
) -> Instruction:
    """Leaves for good; the rent comes back to the owner. Signs: closer.

    The closer is the owner, or anybody while the federation is paused.
    """
    return raw.participant_close(
        {
            "closer": closer or owner,
            "federation": federation,
            "participant": at.participant_address(federation, owner),
            "owner": owner,
        }
    )
