from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray
from ..program_id import PROGRAM_ID


class ScoreCommitArgs(typing.TypedDict):
    commitment: list[int]


layout = borsh.CStruct("commitment" / ByteArray(32))


class ScoreCommitAccounts(typing.TypedDict):
    owner: Pubkey
    federation: Pubkey
    round: Pubkey
    participant: Pubkey
    evaluation: Pubkey
    displaced: typing.Optional[Pubkey]


def score_commit(
    args: ScoreCommitArgs,
    accounts: ScoreCommitAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["evaluation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["displaced"], is_signer=False, is_writable=True)
        if accounts["displaced"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xd50n\x18\x00\xad\xa9p"
    encoded_args = layout.build(
        {
            "commitment": args["commitment"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
