from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class DemandAnswerArgs(typing.TypedDict):
    args: types.demand_answer_args.DemandAnswerArgs


layout = borsh.CStruct("args" / types.demand_answer_args.DemandAnswerArgs.layout)


class DemandAnswerAccounts(typing.TypedDict):
    answerer: Pubkey
    participant: Pubkey
    round: Pubkey
    challenge: Pubkey
    submission: typing.Optional[Pubkey]


def demand_answer(
    args: DemandAnswerArgs,
    accounts: DemandAnswerAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["answerer"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["challenge"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=False)
        if accounts["submission"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"L\xfe\x14A\xb5k\xab\x9d"
    encoded_args = layout.build(
        {
            "args": args["args"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
