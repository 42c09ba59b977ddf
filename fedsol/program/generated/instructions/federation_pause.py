from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
import borsh_construct as borsh
from ..program_id import PROGRAM_ID


class FederationPauseArgs(typing.TypedDict):
    paused: bool


layout = borsh.CStruct("paused" / borsh.Bool)


class FederationPauseAccounts(typing.TypedDict):
    creator: Pubkey
    federation: Pubkey


def federation_pause(
    args: FederationPauseArgs,
    accounts: FederationPauseAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["creator"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"h\xd0\xbf\xdd\xf2\xe6f\xab"
    encoded_args = layout.build(
        {
            "paused": args["paused"],
        }
    )
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
