from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class ChallengeResolveAccounts(typing.TypedDict):
    federation: Pubkey
    round: Pubkey
    challenge: Pubkey
    accused: Pubkey
    submission: typing.Optional[Pubkey]
    original: typing.Optional[Pubkey]
    aggregator: typing.Optional[Pubkey]
    last_aggregator: typing.Optional[Pubkey]


def challenge_resolve(
    accounts: ChallengeResolveAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["challenge"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["accused"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=True)
        if accounts["submission"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["original"], is_signer=False, is_writable=False)
        if accounts["original"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["aggregator"], is_signer=False, is_writable=True)
        if accounts["aggregator"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
        AccountMeta(
            pubkey=accounts["last_aggregator"], is_signer=False, is_writable=True
        )
        if accounts["last_aggregator"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"y\xc3\xebL\xc0\xfawR"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
