from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray
from ..program_id import PROGRAM_ID


class RoundShareArgs(typing.TypedDict):
    shares: list[int]


layout = borsh.CStruct("shares" / ByteArray(32))


class RoundShareAccounts(typing.TypedDict):
    owner: Pubkey
    federation: Pubkey
    round: Pubkey
    participant: Pubkey
    submission: Pubkey


def round_share(
    args: RoundShareArgs,
    accounts: RoundShareAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b'\xa9"\xf0\x7f\xe1#\xb3p'
    encoded_args = layout.build(
        {
            "shares": args["shares"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
