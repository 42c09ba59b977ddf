from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class FederationCloseAccounts(typing.TypedDict):
    creator: Pubkey
    federation: Pubkey
    stake_mint: Pubkey
    reward_mint: Pubkey
    stake_vault: Pubkey
    reward_vault: Pubkey
    treasury_vault: Pubkey
    stake_to: Pubkey
    reward_to: Pubkey
    stake_token_program: Pubkey
    reward_token_program: Pubkey


def federation_close(
    accounts: FederationCloseAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["creator"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["stake_mint"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["reward_mint"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["stake_vault"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["reward_vault"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["treasury_vault"], is_signer=False, is_writable=True
        ),
        AccountMeta(pubkey=accounts["stake_to"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["reward_to"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["stake_token_program"], is_signer=False, is_writable=False
        ),
        AccountMeta(
            pubkey=accounts["reward_token_program"], is_signer=False, is_writable=False
        ),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"j\xd2\xe8\xb8\x1e\x91\x07\xdf"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
