from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray
from ..program_id import PROGRAM_ID


class RoundJoinArgs(typing.TypedDict):
    channel_key: list[int]


layout = borsh.CStruct("channel_key" / ByteArray(32))


class RoundJoinAccounts(typing.TypedDict):
    owner: Pubkey
    federation: Pubkey
    round: Pubkey
    participant: Pubkey
    submission: Pubkey


def round_join(
    args: RoundJoinArgs,
    accounts: RoundJoinAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x80\x9c\xcc\xb2\\s\xfc\xeb"
    encoded_args = layout.build(
        {
            "channel_key": args["channel_key"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
