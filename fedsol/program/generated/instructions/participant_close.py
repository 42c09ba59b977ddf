from __future__ import annotations
import typing
from solders.pubkey import Pubkey
from solders.instruction import Instruction, AccountMeta
from ..program_id import PROGRAM_ID


class ParticipantCloseAccounts(typing.TypedDict):
    closer: Pubkey
    federation: Pubkey
    participant: Pubkey
    owner: Pubkey


def participant_close(
    accounts: ParticipantCloseAccounts,
    program_id: Pubkey = PROGRAM_ID,
    remaining_accounts: typing.Optional[typing.List[AccountMeta]] = None,
) -> Instruction:
    keys: list[AccountMeta] = [
        AccountMeta(pubkey=accounts["closer"], is_signer=True, is_writable=False),
        AccountMeta(pubkey=accounts["federation"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["participant"], is_signer=False, is_writable=True),
        AccountMeta(pubkey=accounts["owner"], is_signer=False, is_writable=True),
    ]
    if remaining_accounts is not None:
        keys += remaining_accounts
    identifier = b"\xd1\x8c\xc7\xa8\xb9\x11\x01w"
    encoded_args = b""
    data = identifier + encoded_args
    return Instruction(program_id, data, keys)
