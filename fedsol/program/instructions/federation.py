"""Federations: create, fund, pause, close."""

from dataclasses import dataclass

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from fedsol.program import addresses as at
from fedsol.program.addresses import FederationRef, Token
from fedsol.program.generated import instructions as raw
from fedsol.program.generated.types.federation_create_args import FederationCreateArgs
from fedsol.program.params import Params


@dataclass(frozen=True, kw_only=True)
class NewFederation:
    """What a federation starts with; hashes and roots are 32 bytes."""

    name: str
    genesis: bytes
    architecture_hash: bytes
    agreement_hash: bytes
    model_root: bytes
    model_artifact: bytes
    parameter_count: int
    params: Params


def federation_create(
    creator: Pubkey, new: NewFederation, *, stake: Token, reward: Token
) -> Instruction:
    """Creates a federation with its three vaults. Signs: creator, who pays the rent."""
    federation = at.federation_address(creator, new.name)
    args = FederationCreateArgs(
        name=new.name,
        genesis=list(new.genesis),
        architecture_hash=list(new.architecture_hash),
        agreement_hash=list(new.agreement_hash),
        model_root=list(new.model_root),
        model_artifact=list(new.model_artifact),
        parameter_count=new.parameter_count,
        params=new.params.raw(),
    )
    return raw.federation_create(
        {"args": args},
        {
            "creator": creator,
            "federation": federation,
            "stake_mint": stake.mint,
            "reward_mint": reward.mint,
            "stake_vault": at.stake_vault_address(federation),
            "reward_vault": at.reward_vault_address(federation),
            "treasury_vault": at.treasury_vault_address(federation),
            "stake_token_program": stake.program,
            "reward_token_program": reward.program,
        },
    )


def federation_fund(
    federation: FederationRef, funder: Pubkey, amount: int, *, tokens: Pubkey | None = None
) -> Instruction:
    """Adds to what rounds may pay. Signs: funder. ``amount`` in token units."""
    return raw.federation_fund(
        {"amount": amount},
        {
            "funder": funder,
            "federation": federation.address,
            "reward_mint": federation.reward.mint,
            "reward_vault": at.reward_vault_address(federation.address),
            "funder_tokens": tokens or at.token_address(funder, federation.reward),
            "token_program_id": federation.reward.program,
        },
    )


def federation_pause(federation: FederationRef, paused: bool) -> Instruction:
    """Closes or reopens entry; never the way out. Signs: creator."""
    return raw.federation_pause(
        {"paused": paused}, {"creator": federation.creator, "federation": federation.address}
    )


def federation_close(federation: FederationRef) -> Instruction:
    """Closes an empty federation; what nobody is owed goes to the creator. Signs: creator."""
    return raw.federation_close(
        {
            "creator": federation.creator,
            "federation": federation.address,
            "stake_mint": federation.stake.mint,
            "reward_mint": federation.reward.mint,
            "stake_vault": at.stake_vault_address(federation.address),
            "reward_vault": at.reward_vault_address(federation.address),
            "treasury_vault": at.treasury_vault_address(federation.address),
            "stake_to": at.token_address(federation.creator, federation.stake),
            "reward_to": at.token_address(federation.creator, federation.reward),
            "stake_token_program": federation.stake.program,
            "reward_token_program": federation.reward.program,
        }
    )
