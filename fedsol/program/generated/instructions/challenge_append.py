from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class ChallengeAppendArgs(typing.TypedDict):
    args: types.evidence_args.EvidenceArgs


layout = borsh.CStruct("args" / types.evidence_args.EvidenceArgs.layout)


class ChallengeAppendAccounts(typing.TypedDict):
    challenger: Pubkey
    challenge: Pubkey
    submission: typing.Optional[Pubkey]


def challenge_append(
    args: ChallengeAppendArgs,
    accounts: ChallengeAppendAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["challenger"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["challenge"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=False)
        if accounts["submission"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\t']\xc2n\xb9\x16\xd5"
    encoded_args = layout.build(
        {
            "args": args["args"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
