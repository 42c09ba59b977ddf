from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class ChallengeCloseAccounts(typing.TypedDict):
    federation: Pubkey
    challenge: Pubkey
    challenger: Pubkey
    challenger_tokens: Pubkey
    stake_mint: Pubkey
    stake_vault: Pubkey
    treasury_vault: Pubkey
    token_program_id: Pubkey


def challenge_close(
    accounts: ChallengeCloseAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["challenge"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["challenger"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["challenger_tokens"], is_signer=False, is_writable=True
        ),
        AccountMeta(pubkey=accounts["stake_mint"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["stake_vault"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["treasury_vault"], is_signer=False, is_writable=True
        ),
        AccountMeta(
            pubkey=accounts["token_program_id"], is_signer=False, is_writable=False
        ),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"H\xd9'\xe1\x9bK\xf5@"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
