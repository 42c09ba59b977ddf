from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class ParticipantRegisterArgs(typing.TypedDict):
    args: types.participant_register_args.ParticipantRegisterArgs


layout = borsh.CStruct(
    "args" / types.participant_register_args.ParticipantRegisterArgs.layout
)


class ParticipantRegisterAccounts(typing.TypedDict):
    owner: Pubkey
    federation: Pubkey
    participant: Pubkey


def participant_register(
    args: ParticipantRegisterArgs,
    accounts: ParticipantRegisterAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["owner"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"6\x0e\rDT\xa5\xe7\xbe"
    encoded_args = layout.build(
        {
            "args": args["args"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
