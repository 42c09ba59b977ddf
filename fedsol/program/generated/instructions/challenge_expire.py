from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class ChallengeExpireAccounts(typing.TypedDict):
    federation: Pubkey
    round: Pubkey
    challenge: Pubkey
    accused: typing.Optional[Pubkey]
    submission: typing.Optional[Pubkey]


def challenge_expire(
    accounts: ChallengeExpireAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["challenge"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["accused"], is_signer=False, is_writable=True)
        if accounts["accused"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=True)
        if accounts["submission"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x1aF\x07L\xb4\xd1\x1f\x85"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
