"""Money: stake, slashes and rewards. Amounts in token units."""

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.program import addresses as at
from fedsol.program.addresses import FederationRef
from fedsol.program.generated import instructions as raw


def stake_deposit(
    federation: FederationRef, owner: Pubkey, amount: int, *, tokens: Pubkey | None = None
) -> Instruction:
    """Adds stake. Signs: owner."""
    return raw.stake_deposit(
        {"amount": amount},
        {
            "owner": owner,
            "federation": federation.address,
            "participant": at.participant_address(federation.address, owner),
            "stake_mint": federation.stake.mint,
            "stake_vault": at.stake_vault_address(federation.address),
            "owner_tokens": tokens or at.token_address(owner, federation.stake),
            "token_program_id": federation.stake.program,
        },
    )


def stake_unbond(
    federation: Pubkey, owner: Pubkey, amount: int, *, last_aggregator: Pubkey | None = None
) -> Instruction:
    """Sends stake into the unbonding queue. Signs: owner.

    ``last_aggregator`` (a participant) is needed when the owner thereby leaves the middle of the
    list of aggregators.
    """
    return raw.stake_unbond(
        {"amount": amount},
        {
            "owner": owner,
            "federation": federation,
            "participant": at.participant_address(federation, owner),
            "last_aggregator": last_aggregator,
        },
    )


def stake_withdraw(
    federation: FederationRef, owner: Pubkey, *, tokens: Pubkey | None = None
) -> Instruction:
    """Takes out every matured entry of the unbonding queue. Signs: owner."""
    return raw.stake_withdraw(
        {
            "owner": owner,
            "federation": federation.address,
            "participant": at.participant_address(federation.address, owner),
            "stake_mint": federation.stake.mint,
            "stake_vault": at.stake_vault_address(federation.address),
            "owner_tokens": tokens or at.token_address(owner, federation.stake),
            "token_program_id": federation.stake.program,
        }
    )


def fault_no_reveal(
    federation: FederationRef,
    number: int,
    finder: Pubkey,
    participant: Pubkey,
    *,
    last_aggregator: Pubkey | None = None,
    tokens: Pubkey | None = None,
) -> Instruction:
    """Slashes a participant that committed in a round and did not reveal.

    Signs: finder, who gets a part.
    """
    round_ = at.round_address(federation.address, number)
    return raw.fault_no_reveal(
        {
            "finder": finder,
            "federation": federation.address,
            "round": round_,
            "participant": participant,
            "submission": at.submission_address(round_, participant),
            "stake_mint": federation.stake.mint,
            "stake_vault": at.stake_vault_address(federation.address),
            "treasury_vault": at.treasury_vault_address(federation.address),
            "finder_tokens": tokens or at.token_address(finder, federation.stake),
            "last_aggregator": last_aggregator,
            "token_program_id": federation.stake.program,
        }
    )


def reward_claim(
    federation: FederationRef, number: int, owner: Pubkey, *, tokens: Pubkey | None = None
) -> Instruction:
    """Pulls the owner's share of a settled round. Signs: owner."""
    round_ = at.round_address(federation.address, number)
    participant = at.participant_address(federation.address, owner)
    return raw.reward_claim(
        {
            "owner": owner,
            "federation": federation.address,
            "round": round_,
            "participant": participant,
            "submission": at.submission_address(round_, participant),
            "reward_mint": federation.reward.mint,
            "reward_vault": at.reward_vault_address(federation.address),
            "owner_tokens": tokens or at.token_address(owner, federation.reward),
            "token_program_id": federation.reward.program,
        }
    )
