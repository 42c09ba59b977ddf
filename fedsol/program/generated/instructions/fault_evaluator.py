from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class FaultEvaluatorAccounts(typing.TypedDict):
    finder: Pubkey
    federation: Pubkey
    round: Pubkey
    participant: Pubkey
    evaluation: Pubkey
    stake_mint: Pubkey
    stake_vault: Pubkey
    treasury_vault: Pubkey
    finder_tokens: Pubkey
    last_aggregator: typing.Optional[Pubkey]
    token_program_id: Pubkey


def fault_evaluator(
    accounts: FaultEvaluatorAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["finder"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["evaluation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["stake_mint"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["stake_vault"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["treasury_vault"], is_signer=False, is_writable=True
        ),
        AccountMeta(
            pubkey=accounts["finder_tokens"], is_signer=False, is_writable=True
        ),
        AccountMeta(
            pubkey=accounts["last_aggregator"], is_signer=False, is_writable=True
        )
        if accounts["last_aggregator"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
        AccountMeta(
            pubkey=accounts["token_program_id"], is_signer=False, is_writable=False
        ),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xe8\x1f\x8e\x8f\xd8F\x82\x8d"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
