from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class SubmissionCloseAccounts(typing.TypedDict):
    federation: Pubkey
    round: Pubkey
    participant: Pubkey
    submission: Pubkey
    owner: Pubkey


def submission_close(
    accounts: SubmissionCloseAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["owner"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"!\xees\xa5+3ei"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
