from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class ChallengeMeasureArgs(typing.TypedDict):
    args: types.measure_args.MeasureArgs


layout = borsh.CStruct("args" / types.measure_args.MeasureArgs.layout)


class ChallengeMeasureAccounts(typing.TypedDict):
    challenger: Pubkey
    challenge: Pubkey
    first: typing.Optional[Pubkey]
    second: typing.Optional[Pubkey]


def challenge_measure(
    args: ChallengeMeasureArgs,
    accounts: ChallengeMeasureAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["challenger"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["challenge"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["first"], is_signer=False, is_writable=False)
        if accounts["first"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["second"], is_signer=False, is_writable=False)
        if accounts["second"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b'\xc1\x00H\xd6\xb7\xb7\xb6"'
    encoded_args = layout.build(
        {
            "args": args["args"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
