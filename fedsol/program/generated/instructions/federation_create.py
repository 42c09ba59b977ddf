from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.system_program import ID as SYS_PROGRAM_ID
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from .. import types
from ..program_id import PROGRAM_ID


class FederationCreateArgs(typing.TypedDict):
    args: types.federation_create_args.FederationCreateArgs


layout = borsh.CStruct(
    "args" / types.federation_create_args.FederationCreateArgs.layout
)


class FederationCreateAccounts(typing.TypedDict):
    creator: Pubkey
    stake_mint: Pubkey
    reward_mint: Pubkey
    federation: Pubkey
    stake_vault: Pubkey
    reward_vault: Pubkey
    treasury_vault: Pubkey
    stake_token_program: Pubkey
    reward_token_program: Pubkey


def federation_create(
    args: FederationCreateArgs,
    accounts: FederationCreateAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["creator"], is_signer=True, is_writable=True),
        AccountMeta(pubkey=accounts["stake_mint"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["reward_mint"], is_signer=False, is_writable=False),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["stake_vault"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["reward_vault"], is_signer=False, is_writable=True),
        AccountMeta(
            pubkey=accounts["treasury_vault"], is_signer=False, is_writable=True
        ),
        AccountMeta(
            pubkey=accounts["stake_token_program"], is_signer=False, is_writable=False
        ),
        AccountMeta(
            pubkey=accounts["reward_token_program"], is_signer=False, is_writable=False
        ),
        AccountMeta(pubkey=SYS_PROGRAM_ID, is_signer=False, is_writable=False),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xccz\x99\x0b\x9b\x1f\xaa\xfd"
    encoded_args = layout.build(
        {
            "args": args["args"].to_encodable(),
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
