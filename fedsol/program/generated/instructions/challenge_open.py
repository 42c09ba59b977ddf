from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class ChallengeOpenArgs(typing.TypedDict):
    kind: types.challenge_kind.ChallengeKindKind


layout = borsh.CStruct("kind" / types.challenge_kind.layout)


class ChallengeOpenAccounts(typing.TypedDict):
    challenger: Pubkey
    federation: Pubkey
    round: Pubkey
    submission: typing.Optional[Pubkey]
    challenge: Pubkey
    stake_mint: Pubkey
    stake_vault: Pubkey
    challenger_tokens: Pubkey
    token_program_id: Pubkey


def challenge_open(
    args: ChallengeOpenArgs,
    accounts: ChallengeOpenAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["challenger"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["round"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["submission"], is_signer=False, is_writable=True)
        if accounts["submission"]
        else AccountMeta(pubkey=program_id, is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["challenge"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["stake_mint"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["stake_vault"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["challenger_tokens"], is_signer=False, is_writable=True
        ),
        AccountMeta(
            pubkey=accounts["token_program_id"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"h|l\xfcR\xd2=\xc6"
    encoded_args = layout.build(
        {
            "kind": args["kind"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
