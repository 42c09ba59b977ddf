from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class RoundAdvanceAccounts(typing.TypedDict):
    federation: Pubkey
    round: Pubkey
    slot_hashes: Pubkey


def round_advance(
    accounts: RoundAdvanceAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["slot_hashes"], is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"o\xb6R@\xf4\x0b\xfb\x88"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
