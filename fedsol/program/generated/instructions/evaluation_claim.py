from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class EvaluationClaimAccounts(typing.TypedDict):
    owner: Pubkey
    federation: Pubkey
    round: Pubkey
    participant: Pubkey
    evaluation: Pubkey
    reward_mint: Pubkey
    reward_vault: Pubkey
    owner_tokens: Pubkey
    token_program_id: Pubkey


def evaluation_claim(
    accounts: EvaluationClaimAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["evaluation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["reward_mint"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["reward_vault"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["owner_tokens"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["token_program_id"], is_signer=False, is_writable=False
        ),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"X\\\xd63\xe3\xc7\xa9p"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
