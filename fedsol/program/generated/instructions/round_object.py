from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class RoundObjectAccounts(typing.TypedDict):
    owner: Pubkey
    federation: Pubkey
    round: Pubkey
    participant: Pubkey
    submission: Pubkey
    aggregator: Pubkey


def round_object(
    accounts: RoundObjectAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["aggregator"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xb5\xf6\xb0J\x0c\x1f\xfal"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
