from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class SubmissionScoreAccounts(typing.TypedDict):
    round: Pubkey
    submission: Pubkey


def submission_score(
    accounts: SubmissionScoreAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\r5\xa1\xd1\x80\x0e\x16u"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
