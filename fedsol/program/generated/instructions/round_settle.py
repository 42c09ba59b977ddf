from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class RoundSettleAccounts(typing.TypedDict):
    federation: Pubkey
    round: Pubkey
    aggregator: Pubkey


def round_settle(
    accounts: RoundSettleAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["aggregator"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x08y\xe0\x9c\x0f\xe7\xc9d"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
