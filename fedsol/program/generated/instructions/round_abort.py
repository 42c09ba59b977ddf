from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class RoundAbortAccounts(typing.TypedDict):
    federation: Pubkey
    round: Pubkey


def round_abort(
    accounts: RoundAbortAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xc7:\x06\x88n\xb4\\\x1c"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
