from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class DemandOpenArgs(typing.TypedDict):
    chunk: int
    of_selection: bool


layout = borsh.CStruct("chunk" / borsh.U32, "of_selection" / borsh.Bool)


class DemandOpenAccounts(typing.TypedDict):
    challenger: Pubkey
    federation: Pubkey
    round: Pubkey
    submission: typing.Optional[Pubkey]
    challenge: Pubkey
    stake_mint: Pubkey
    stake_vault: Pubkey
    challenger_tokens: Pubkey
    token_program_id: Pubkey


def demand_open(
    args: DemandOpenArgs,
    accounts: DemandOpenAccounts,
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
    identifier = b">2;\xceU\xfc&\x1a"
    encoded_args = layout.build(
        {
            "chunk": args["chunk"],
            "of_selection": args["of_selection"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
