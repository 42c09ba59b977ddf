from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from fedsol.program.byte_array import ByteArray
from ..program_id import PROGRAM_ID


class AuditArmArgs(typing.TypedDict):
    commitment: list[int]


layout = borsh.CStruct("commitment" / ByteArray(32))


class AuditArmAccounts(typing.TypedDict):
    owner: Pubkey
    federation: Pubkey
    participant: Pubkey


def audit_arm(
    args: AuditArmArgs,
    accounts: AuditArmAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\x86\xf4\xa2\x13\x98!\xa16"
    encoded_args = layout.build(
        {
            "commitment": args["commitment"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
