"""Scoring: evaluators commit and show scores, plants are revealed, submissions get their medians."""

from collections.abc import Sequence

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from fedsol.program import addresses as at
from fedsol.program.addresses import FederationRef
from fedsol.program.generated import instructions as raw
from fedsol.program.generated.types.audit_reveal_args import AuditRevealArgs
from fedsol.program.generated.types.score_reveal_args import ScoreRevealArgs


def score_commit(
    federation: Pubkey,
    number: int,
    owner: Pubkey,
    commitment: bytes,
    *,
    displaced: Pubkey | None = None,
) -> Instruction:
    """Binds the owner to scores that nobody has seen. Signs: owner, who pays the rent.

    ``displaced`` is the evaluation with the highest ticket, needed when all seats are taken.
    """
    round_ = at.round_address(federation, number)
    participant = at.participant_address(federation, owner)
    return raw.score_commit(
        {"commitment": list(commitment)},
        {
            "owner": owner,
            "federation": federation,
            "round": round_,
            "participant": participant,
            "evaluation": at.evaluation_address(round_, participant),
            "displaced": displaced,
        },
    )


def score_reveal(
    federation: Pubkey,
    number: int,
    owner: Pubkey,
    scores: Sequence[int],
    *,
    start: int = 0,
    salt: bytes | None = None,
) -> Instruction:
    """Shows scores in basis points, from submission ``start`` on. Signs: owner.

    About 400 fit one transaction; ``salt`` (32 bytes) comes with the last of them.
    """
    round_ = at.round_address(federation, number)
    participant = at.participant_address(federation, owner)
    shown = ScoreRevealArgs(
        from_=start, scores=list(scores), salt=None if salt is None else list(salt)
    )
    return raw.score_reveal(
        {"args": shown},
        {
            "owner": owner,
            "federation": federation,
            "round": round_,
            "participant": participant,
            "evaluation": at.evaluation_address(round_, participant),
        },
    )


def audit_arm(federation: Pubkey, owner: Pubkey, commitment: bytes) -> Instruction:
    """Arms a trainer to plant an audit update, should a later beacon pick it. Signs: owner."""
    return raw.audit_arm(
        {"commitment": list(commitment)},
        {
            "owner": owner,
            "federation": federation,
            "participant": at.participant_address(federation, owner),
        },
    )


def audit_reveal(
    federation: Pubkey, number: int, owner: Pubkey, secret: bytes, amplitude: int
) -> Instruction:
    """Tells that the owner's submission was planted. Signs: owner."""
    round_ = at.round_address(federation, number)
    participant = at.participant_address(federation, owner)
    return raw.audit_reveal(
        {"args": AuditRevealArgs(secret=list(secret), amplitude=amplitude)},
        {
            "owner": owner,
            "federation": federation,
            "round": round_,
            "participant": participant,
            "submission": at.submission_address(round_, participant),
        },
    )


def submission_score(
    federation: Pubkey, number: int, participant: Pubkey, evaluators: Sequence[Pubkey]
) -> Instruction:
    """Gives a participant's submission the median of its scores. Nobody signs.

    ``evaluators`` are the participants of every evaluation that was shown, by place.
    """
    round_ = at.round_address(federation, number)
    shown = [at.evaluation_address(round_, one) for one in evaluators]
    return raw.submission_score(
        {"round": round_, "submission": at.submission_address(round_, participant)},
        remaining_accounts=[AccountMeta(one, is_signer=False, is_writable=True) for one in shown],
    )


def fault_evaluator(
    federation: FederationRef,
    number: int,
    finder: Pubkey,
    participant: Pubkey,
    *,
    last_aggregator: Pubkey | None = None,
    tokens: Pubkey | None = None,
) -> Instruction:
    """Slashes an evaluator that was silent, far from the others, or missed a plant.

    Signs: finder, who gets a part.
    """
    round_ = at.round_address(federation.address, number)
    return raw.fault_evaluator(
        {
            "finder": finder,
            "federation": federation.address,
            "round": round_,
            "participant": participant,
            "evaluation": at.evaluation_address(round_, participant),
            "stake_mint": federation.stake.mint,
            "stake_vault": at.stake_vault_address(federation.address),
            "treasury_vault": at.treasury_vault_address(federation.address),
            "finder_tokens": tokens or at.token_address(finder, federation.stake),
            "last_aggregator": last_aggregator,
            "token_program_id": federation.stake.program,
        }
    )


def evaluation_claim(
    federation: FederationRef, number: int, owner: Pubkey, *, tokens: Pubkey | None = None
) -> Instruction:
    """Pulls the owner's share as an evaluator of a settled round. Signs: owner."""
    round_ = at.round_address(federation.address, number)
    participant = at.participant_address(federation.address, owner)
    return raw.evaluation_claim(
        {
            "owner": owner,
            "federation": federation.address,
            "round": round_,
            "participant": participant,
            "evaluation": at.evaluation_address(round_, participant),
            "reward_mint": federation.reward.mint,
            "reward_vault": at.reward_vault_address(federation.address),
            "owner_tokens": tokens or at.token_address(owner, federation.reward),
            "token_program_id": federation.reward.program,
        }
    )


def evaluation_close(federation: Pubkey, number: int, owner: Pubkey) -> Instruction:
    """Closes an evaluation whose duties have ended; its rent goes to its owner. Nobody signs."""
    round_ = at.round_address(federation, number)
    participant = at.participant_address(federation, owner)
    return raw.evaluation_close(
        {
            "federation": federation,
            "round": round_,
            "participant": participant,
            "evaluation": at.evaluation_address(round_, participant),
            "owner": owner,
        }
    )
